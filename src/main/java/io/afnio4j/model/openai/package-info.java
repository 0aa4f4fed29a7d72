/**
 * The client for OpenAI and for all who speak its chat protocol: local servers, gateways, other providers. A request
 * becomes JSON ({@code RequestJson}), travels over a pool of kept connections ({@code OpenAiChatModel}), and comes back
 * whole ({@code AnswerReader}) or as a stream of events ({@code SseDecoder}, {@code ChunkReader}). What goes wrong is
 * named by what a caller can do about it: {@code StatusErrors} for what the provider says, {@code TransportErrors} for
 * what the network does. Each request is sent once; waiting and retrying belong to others.
 */
@NullMarked
package io.afnio4j.model.openai;

import org.jspecify.annotations.NullMarked;
