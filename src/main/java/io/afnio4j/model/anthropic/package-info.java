/**
 * The client for Anthropic's Messages API. A request becomes JSON ({@code MessagesJson}); what comes back is read whole
 * ({@code MessageReader}) or event by event ({@code MessageStream}). How it travels is {@code model.http}'s business.
 */
@NullMarked
package io.afnio4j.model.anthropic;

import org.jspecify.annotations.NullMarked;
