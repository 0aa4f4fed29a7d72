/**
 * What a language model is to afnio4j: a {@link io.afnio4j.model.ChatModel} that answers a {@link io.afnio4j.model.ChatRequest}
 * with a {@link io.afnio4j.model.ChatResponse}, at a {@link io.afnio4j.model.Usage} and a {@link io.afnio4j.model.Cost}. No
 * HTTP here and no policy: the clients live one room per provider ({@code model.openai}), the decorators that decide when and how often to
 * call in {@code model.limit}, the test doubles in {@code model.script}.
 */
@NullMarked
package io.afnio4j.model;

import org.jspecify.annotations.NullMarked;
