/**
 * The client for OpenAI and for all who speak its chat protocol: local servers, gateways, other providers. A request
 * becomes JSON ({@code RequestJson}); what comes back is read whole ({@code AnswerReader}) or event by event
 * ({@code ChunkReader}). How it travels is {@code model.http}'s business.
 */
@NullMarked
package io.afnio4j.model.openai;

import org.jspecify.annotations.NullMarked;
