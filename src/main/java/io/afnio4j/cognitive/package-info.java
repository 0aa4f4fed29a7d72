/**
 * Programs made of parts. A {@link io.afnio4j.cognitive.Module} owns parameters, buffers, chats, models and other modules, by name, so that all of
 * them can be listed, saved and loaded together. {@link io.afnio4j.cognitive.Sequential}, {@link io.afnio4j.cognitive.ModuleList} and
 * {@link io.afnio4j.cognitive.ModuleMap} hold several; {@link io.afnio4j.cognitive.ChatModule} and {@link io.afnio4j.cognitive.JudgeModule} are ready to be
 * used; {@link io.afnio4j.cognitive.Functional} has all functions in one place.
 */
@NullMarked
package io.afnio4j.cognitive;

import org.jspecify.annotations.NullMarked;
