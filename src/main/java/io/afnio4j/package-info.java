/**
 * afnio4j optimises programs that are made of calls to language models, by feedback in words. This page is the map of
 * the house, floor by floor; a room uses only rooms on floors further down.
 *
 * <ul>
 *   <li>{@link Afnio}, {@link ModelClient}, {@link EmbeddingClient}: the front door
 *   <li>{@link io.afnio4j.observe}: numbers and spans, by Micrometer
 *   <li>{@link io.afnio4j.train}: the loop over epochs and batches
 *   <li>{@link io.afnio4j.optim}: new values for parameters; {@link io.afnio4j.cognitive}: programs made of parts
 *   <li>{@link io.afnio4j.ops}: functions that ask a model or judge; {@link io.afnio4j.data}: batches;
 *       {@link io.afnio4j.serial}: what is saved; {@link io.afnio4j.picture}: graphs and passes as pictures;
 *       {@link io.afnio4j.model.openai}, {@link io.afnio4j.model.anthropic} and {@link io.afnio4j.model.gemini}: the
 *       providers
 *   <li>{@link io.afnio4j.autodiff}: variables, the graph, the engine; {@link io.afnio4j.model.limit}: when and how
 *       often a model is called; {@link io.afnio4j.model.http}: what all providers share;
 *       {@link io.afnio4j.model.structured}: answers as records; {@link io.afnio4j.model.script}: models for tests
 *   <li>{@link io.afnio4j.model}: what a model is; {@link io.afnio4j.prompt}: all wording
 *   <li>{@link io.afnio4j.error}, {@link io.afnio4j.context}, {@link io.afnio4j.file}: the ground
 * </ul>
 */
@NullMarked
package io.afnio4j;

import org.jspecify.annotations.NullMarked;
