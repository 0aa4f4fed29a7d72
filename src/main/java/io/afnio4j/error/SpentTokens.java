package io.afnio4j.error;

/**
 * The tokens of a call that failed although the provider had answered, and so is charged for. Numbers only: this room
 * lies beneath the one that knows what usage and prices are.
 *
 * @param prompt tokens read, cached ones included
 * @param cached the part of the prompt that the provider had in its cache
 * @param cacheWrite the part of the prompt that the provider put into its cache
 * @param completion tokens written, reasoning included
 * @param reasoning the part of the completion that was thought and not said
 */
public record SpentTokens(long prompt, long cached, long cacheWrite, long completion, long reasoning) {}
