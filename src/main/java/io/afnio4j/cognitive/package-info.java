/**
 * Programs made of parts. A {@link Module} owns parameters, buffers, chats, models and other modules, by name, so that
 * all of them can be listed, saved and loaded together. {@link Sequential}, {@link ModuleList} and {@link ModuleMap}
 * hold several; {@link ChatModule} and {@link JudgeModule} are ready to be used; {@link Functional} has all functions
 * in one place.
 */
@NullMarked
package io.afnio4j.cognitive;

import org.jspecify.annotations.NullMarked;
