package io.afnio4j.model;

/**
 * A model's answer.
 *
 * @param text what it said
 * @param finishReason why it stopped
 * @param usage the tokens that were counted, {@link Usage#NONE} where the provider reports none
 * @param model the model that answered, as the provider names it
 */
public record ChatResponse(String text, FinishReason finishReason, Usage usage, String model) {}
