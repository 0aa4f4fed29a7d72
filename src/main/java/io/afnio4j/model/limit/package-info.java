/**
 * When and how often a model is called: decorators of {@link io.afnio4j.model.ChatModel}. {@link Resilience} lays them
 * around a client in the order that works; a client for embeddings goes through the same ones. Nothing here holds a
 * thread while it waits, nothing starts before a subscription, and a cancelled call gives back what it held: its place
 * in the queue, its permit, its reservation of money.
 *
 * <ul>
 *   <li><b>The queue.</b> {@code AdmissionChatModel} gives each attempt a {@code Turn} at an {@code Admission}.
 *       {@code Places} decides who goes: by the {@code WaitingLine}, by how many may be in flight
 *       ({@code Concurrency}), and by the limits per minute ({@code Rates}: {@code MinuteLimit}, {@code Quota},
 *       {@code Forecast}, {@code Pause}).
 *   <li><b>Trying again.</b> {@code RetryingChatModel} by its {@code RetryPolicy}, {@code BreakerChatModel},
 *       {@code TimeoutChatModel}, {@code Hedging}, and {@link FallbackChatModel}, which goes over to another model.
 *   <li><b>Money.</b> {@code BudgetChatModel}.
 *   <li><b>What is kept.</b> {@code CachingChatModel} over a {@link MemoryCache}, a {@link DiskCache} or a
 *       {@link Journal}; {@link CachingEmbeddingModel} keeps vectors.
 *   <li><b>Watching.</b> A {@link Monitored} client tells its {@link ClientLoad}, and a {@link ResilienceListener} what
 *       happens.
 * </ul>
 *
 * <p>This is the only room that imports Resilience4j, and only its core: its operators for Reactor refuse callers,
 * share state between subscriptions and break cancellation.
 */
@NullMarked
package io.afnio4j.model.limit;

import org.jspecify.annotations.NullMarked;
