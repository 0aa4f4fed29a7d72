package io.afnio4j.model;

/** Why a model stopped talking. */
public enum FinishReason {
    /** It had said everything. */
    STOP,
    /** It reached the token limit: the answer is cut. */
    LENGTH,
    /** A filter of the provider cut the answer. */
    CONTENT_FILTER,
    /** It wants a tool to be called. */
    TOOL_CALLS,
    /** A reason that afnio4j doesn't know, or none at all. */
    OTHER
}
