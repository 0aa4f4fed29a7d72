/**
 * When and how often a model is called: decorators of {@link io.afnio4j.model.ChatModel} that queue, pace, repeat, hedge, budget and remember
 * its calls, and go over to another model. {@link io.afnio4j.model.limit.Resilience} lays them around a client in the order that works, and
 * a client for embeddings goes through the same ones. Nothing here holds
 * a thread while it waits, nothing starts before a subscription, and a cancelled call gives back what it held: its place in
 * the queue, its permit, its reservation of money. This is the only room that imports Resilience4j, and only its core:
 * its operators for Reactor refuse callers, share state between subscriptions and break cancellation.
 */
@NullMarked
package io.afnio4j.model.limit;

import org.jspecify.annotations.NullMarked;
