/**
 * How fast afnio4j is, next to what the machine itself can do: waiting against the critical path, scheduling against a
 * dependency counter written by hand, the rendering of prompts, and how texts grow.
 * {@link io.afnio4j.benchmarks.Report} runs all of it and prints one table of goals and figures; JMH measures.
 */
@NullMarked
package io.afnio4j.benchmarks;

import org.jspecify.annotations.NullMarked;
