/**
 * What people see of afnio4j while it runs, in Micrometer's words: {@link ClientMeters} and {@link PassMeters} give
 * numbers, listed in {@link Meters}; {@link Observations} gives a span for each backward pass, node and call. The only
 * room that knows Micrometer, which is an optional dependency ({@code io.micrometer:micrometer-core}): below it,
 * listeners are plain interfaces, and nothing here is in use unless somebody binds it.
 */
@NullMarked
package io.afnio4j.observe;

import org.jspecify.annotations.NullMarked;
