package io.afnio4j.train;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.error.AfnioException;
import io.afnio4j.model.CallEvent;
import io.afnio4j.model.Cost;
import io.afnio4j.model.Usage;
import io.afnio4j.optim.Update;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened while a {@link Trainer} was at work. A step tells, in this order: that it started, the calls
 * of the program and of its judge, how it was judged, what happened on the way back, the calls of the optimizer, each
 * new value, how far the validation split is judged where a gate asks for it, whether the new values are kept, and that
 * it is over. Within one of these, events are in order of arrival.
 */
public sealed interface TrainingEvent {

    /**
     * The work begins.
     *
     * @param steps how many steps it will take, one per batch and epoch; {@link Integer#MAX_VALUE} for more than that
     */
    record Started(int steps) implements TrainingEvent {}

    /**
     * The work goes on from a checkpoint.
     *
     * @param epoch the epoch under way, from 1
     * @param step how many steps are done
     */
    record Resumed(int epoch, int step) implements TrainingEvent {}

    /**
     * A step begins: the program is about to be run on a batch.
     *
     * @param step which step, from 1
     */
    record StepStarted(int step) implements TrainingEvent {}

    /**
     * Something happened to a call of the program, of its judge or of the optimizer; {@link CallEvent.Call#phase()}
     * says of whom. Calls on the way back are told of by {@link Backward}.
     *
     * @param step which step, from 1
     * @param event what happened
     */
    record Calling(int step, CallEvent event) implements TrainingEvent {}

    /**
     * The program was run on a batch and judged.
     *
     * @param step which step, from 1
     * @param metrics how it did
     */
    record Judged(int step, Metrics metrics) implements TrainingEvent {}

    /**
     * Something happened on the way back.
     *
     * @param step which step, from 1
     * @param event what happened
     */
    record Backward(int step, BackwardEvent event) implements TrainingEvent {}

    /**
     * The optimizer gave a parameter a new value. Where there is a gate, it has not yet let it pass.
     *
     * @param step which step, from 1
     * @param update the parameter, its text before and after
     */
    record Rewritten(int step, Update update) implements TrainingEvent {}

    /**
     * The optimizer's model gave no new value that could be used, and all parameters stay as they were.
     *
     * @param step which step, from 1
     * @param cause what was wrong with its last answer
     */
    record NotRewritten(int step, AfnioException cause) implements TrainingEvent {}

    /**
     * Parameters were rewritten and the new values are kept.
     *
     * @param step which step, from 1
     * @param updates the new values
     * @param gain how much the gate's metric rose; 0 without a gate
     */
    record Accepted(int step, List<Update> updates, double gain) implements TrainingEvent {}

    /**
     * Parameters were rewritten, the gate's metric did not rise, and the old values are back.
     *
     * @param step which step, from 1
     * @param updates the values that were tried
     * @param gain how much the gate's metric changed: 0 or less, or NaN where it was no number
     */
    record Rejected(int step, List<Update> updates, double gain) implements TrainingEvent {}

    /**
     * A step is over.
     *
     * @param step which step, from 1
     * @param metrics how the program did on its batch; {@link Metrics#NONE} where the batch was skipped
     */
    record StepFinished(int step, Metrics metrics) implements TrainingEvent {}

    /**
     * The validation split is being judged: it begins, a call of it has ended, or a batch of it is judged. All sums are
     * of this judging, so its last event has them whole.
     *
     * @param step after which step, 0 before the first
     * @param judged how many samples are judged
     * @param samples how many samples the split has
     * @param calls how many calls have ended
     * @param usage their tokens
     * @param cost what they cost, null where the price of one isn't known
     */
    record Validating(
            int step,
            long judged,
            long samples,
            long calls,
            Usage usage,
            @Nullable Cost cost) implements TrainingEvent {}

    /**
     * The validation split was judged.
     *
     * @param metrics how the program does on it
     */
    record Validated(Metrics metrics) implements TrainingEvent {}

    /**
     * An epoch is over.
     *
     * @param epoch which epoch, from 1
     * @param training how the program did on the batches as they came
     */
    record EpochFinished(int epoch, Metrics training) implements TrainingEvent {}
}
