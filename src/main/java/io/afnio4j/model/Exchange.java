package io.afnio4j.model;

import io.afnio4j.context.Phase;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt at a call came to.
 *
 * @param phase what it was made for
 * @param outcome how it ended
 * @param usage its tokens; {@link Usage#NONE} where the provider charges nothing
 * @param assumed whether the tokens are an estimate at the upper end, because the provider's count never came: the
 *     answer was lost, or wasn't waited for, or holds no usage
 * @param cost what the tokens cost, null where the model's price isn't known
 * @param took from the moment it was sent until it ended
 */
public record Exchange(
        Phase phase,
        Outcome outcome,
        Usage usage,
        boolean assumed,
        @Nullable Cost cost,
        Duration took) {

    /** How an exchange ended. */
    public enum Outcome {
        /** With an answer. */
        ANSWERED,
        /** With an error. */
        FAILED,
        /** The caller didn't wait for its end. */
        CANCELLED
    }
}
