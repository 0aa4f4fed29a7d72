package io.afnio4j.model;

import io.afnio4j.context.Phase;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a call of a chat completion, a judge or an optimizer. A call that is cancelled ends
 * without a word.
 */
public sealed interface CallEvent {

    /**
     * Which call it is.
     *
     * @return what it is made for
     */
    Call call();

    /**
     * A call, as those who watch know it.
     *
     * @param phase what it is made for
     * @param role the role of what it brings: of the answer in a forward pass, of the parameter when an optimizer asks
     * @param sample the place in the batch, from 0
     */
    record Call(Phase phase, String role, int sample) {}

    /**
     * The call is about to join its model's queue.
     *
     * @param call which one
     */
    record Started(Call call) implements CallEvent {}

    /**
     * A few more words of the answer have come. {@link Answered} says them again as a whole; where a stream broke off,
     * they may come twice.
     *
     * @param call which one
     * @param text the words
     */
    record Token(Call call, String text) implements CallEvent {}

    /**
     * An attempt failed, and the call is going to be sent again.
     *
     * @param call which one
     * @param attempt which attempt failed, from 1; 0 where nothing was sent yet
     * @param cause why
     * @param delay how long until the next attempt queues
     */
    record Retried(Call call, long attempt, Throwable cause, Duration delay) implements CallEvent {}

    /**
     * The answer is there.
     *
     * @param call which one
     * @param text the answer
     * @param usage the tokens of all its attempts; {@link Usage#NONE} where it lay in a cache
     * @param cost what they cost, null where the price isn't known
     */
    record Answered(
            Call call, String text, Usage usage, @Nullable Cost cost) implements CallEvent {}

    /**
     * The call failed for good.
     *
     * @param call which one
     * @param cause why
     * @param usage the tokens that are charged all the same
     * @param cost what they cost, null where the price isn't known
     */
    record Failed(
            Call call,
            Throwable cause,
            Usage usage,
            @Nullable Cost cost) implements CallEvent {}
}
