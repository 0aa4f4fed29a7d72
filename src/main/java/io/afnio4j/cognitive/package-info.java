/**
 * Programs made of parts. A {@link io.afnio4j.cognitive.Module} owns parameters and other modules, by name, so that all of them can be listed,
 * saved and loaded together.
 */
@NullMarked
package io.afnio4j.cognitive;

import org.jspecify.annotations.NullMarked;
