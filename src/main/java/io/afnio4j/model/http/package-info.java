/**
 * What all providers that speak JSON over HTTP share; the only room that knows Reactor Netty. {@code JsonHttp} holds
 * the pool of kept connections and sends each request once; {@code HttpChatModel} reads answers whole ({@code Bytes})
 * or as a stream of events ({@code SseDecoder}); a {@link io.afnio4j.model.http.ChatProtocol} says how one provider
 * writes requests and what its answers mean; {@link io.afnio4j.model.http.HttpProvider} is what a provider extends.
 * What goes wrong is named by what a caller can do about it: {@code StatusErrors} for what the provider says,
 * {@code TransportErrors} for what the network does, {@link io.afnio4j.model.http.Answers} for answers that are no use.
 * Waiting and retrying belong to others.
 */
@NullMarked
package io.afnio4j.model.http;

import org.jspecify.annotations.NullMarked;
