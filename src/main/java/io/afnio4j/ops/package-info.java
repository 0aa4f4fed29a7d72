/**
 * The differentiable functions that ask a model or judge an answer: what was asked, and what to ask when feedback comes
 * back. {@link ChatCompletion} fills the places of messages with {@link Inputs} and asks; {@code Feedback} is its way
 * back, {@code FusedFeedback} that of a client which is asked about all variables at once, {@code FeedbackGraph} that
 * of a pass which creates a graph. {@link Evaluator} judges by a function and {@link Judge} by a model; both give an
 * {@link Evaluation} and know when nothing need be said ({@code Scoring}). {@link Condenser} says much feedback in
 * fewer words. Every sentence that they send lies in {@code prompt}.
 */
@NullMarked
package io.afnio4j.ops;

import org.jspecify.annotations.NullMarked;
