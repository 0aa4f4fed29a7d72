/**
 * The differentiable functions that ask a model or judge an answer. Each is one file with its forward and its backward side by side: what was
 * asked, and what to ask when feedback comes back. Every sentence that they send lies in {@code prompt}.
 */
@NullMarked
package io.afnio4j.ops;

import org.jspecify.annotations.NullMarked;
