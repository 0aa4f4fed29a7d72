/**
 * What a language model is to afnio4j: a {@link io.afnio4j.model.ChatModel} that answers a {@link io.afnio4j.model.ChatRequest}
 * with a {@link io.afnio4j.model.ChatResponse}, at a {@link io.afnio4j.model.Usage} and a {@link io.afnio4j.model.Cost}; an
 * {@link io.afnio4j.model.EmbeddingModel} that makes vectors of texts; the {@link io.afnio4j.model.ClientOptions} that describe a client of either, and the
 * {@link io.afnio4j.model.BackwardClient} that a pass asks. No HTTP here and no policy: each provider's client has a room of its own ({@code model.openai}), the
 * decorators that decide when and how often to call are in {@code model.limit}, the test doubles in {@code model.script}.
 */
@NullMarked
package io.afnio4j.model;

import org.jspecify.annotations.NullMarked;
