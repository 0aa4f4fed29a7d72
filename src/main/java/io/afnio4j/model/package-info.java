/**
 * What a language model is to afnio4j. No HTTP here and no policy: each provider's client has a room of its own
 * ({@code model.openai}), the decorators that decide when and how often to call are in {@code model.limit}, the test
 * doubles in {@code model.script}.
 *
 * <ul>
 *   <li><b>Asking.</b> A {@link ChatModel} answers a {@link ChatRequest}, which is {@link ChatMessage}s and
 *       {@link CompletionOptions}, with a {@link ChatResponse}, or with {@link ChatChunk}s. An {@link EmbeddingModel}
 *       makes {@link Embeddings} of texts.
 *   <li><b>A client.</b> A {@link ModelPath} names it and {@link ClientOptions} describe it: {@link ConnectionOptions},
 *       {@link Limits}, {@link Budget}, {@link AnswerCache}. The {@link BackwardClient} is the one that a backward pass
 *       asks.
 *   <li><b>What it costs.</b> A {@link Price}, of {@link Prices} or one's own, makes a {@link Cost} of {@link Usage}.
 *       {@link UsageMeter} counts, {@link SharedBudget} limits.
 *   <li><b>What fits.</b> {@link TokenEstimator} and {@link AnswerLimit} say how long question and answer are,
 *       {@link ContextWindow} what a model can take.
 *   <li><b>Watching.</b> A {@link CallListener} hears of calls and their words, an {@link ExchangeListener} of each
 *       attempt at one, and {@link RateLimits} are what providers say.
 *   <li><b>Models of one's own.</b> A {@link ModelProvider} makes them, a {@link ChatModelDecorator} stands before
 *       others, {@link MeteredChatModel} counts any. Functions that ask do it by {@link CallWatch}, and many calls are
 *       made by {@link PaidCalls}.
 *   <li><b>Files.</b> {@link ExchangeJson} and {@link JsonLines} write requests and answers.
 * </ul>
 */
@NullMarked
package io.afnio4j.model;

import org.jspecify.annotations.NullMarked;
