package io.afnio4j.model;

import io.afnio4j.context.Phase;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Hard limits on what a client, or several with a {@link SharedBudget}, may use, in total and by what its calls are
 * made for. Room is reserved before a call and settled after it; a call without room fails with
 * {@link io.afnio4j.error.BudgetExceededException} and isn't sent.
 *
 * <p>The limits are hard where each answer has a limit: {@link CompletionOptions#maxCompletionTokens}, a
 * {@linkplain ClientOptions.Builder#bodyField field} of the client, or the limit that the client itself sends, as
 * Anthropic's does (8,192). Where nothing limits answers, each is reserved as {@value TokenEstimator#DEFAULT_ANSWER}
 * tokens: nobody knows how long it gets, and a reservation of all that a model can write would refuse most calls while
 * little is spent. Then a limit can be passed, once, by as much as the answers in flight at that moment are longer than
 * that; what they used counts, and no call follows. Prompts are estimated, rather too high than too low: images, and
 * other fields than messages, tools and formats, may be more than was estimated.
 *
 * <pre>{@code
 * Budget budget = Budget.of(Allowance.NONE.dollars("5"))
 *         .with(Phase.JUDGE, Allowance.NONE.calls(1_000));
 * }</pre>
 *
 * @param total the limits on all calls together
 * @param phases further limits on the calls of a phase
 */
public record Budget(Allowance total, Map<Phase, Allowance> phases) {

    /** No limit at all. */
    public static final Budget NONE = new Budget(Allowance.NONE, Map.of());

    public Budget {
        Map<Phase, Allowance> copy = new EnumMap<>(Phase.class);
        copy.putAll(phases);
        phases = Collections.unmodifiableMap(copy);
    }

    /**
     * Limits on all calls together.
     *
     * @param total the limits
     * @return the budget
     */
    public static Budget of(Allowance total) {
        return new Budget(total, Map.of());
    }

    /**
     * Limits the calls of one phase as well.
     *
     * @param phase the phase
     * @param allowance its limits
     * @return a copy with these limits
     */
    public Budget with(Phase phase, Allowance allowance) {
        Map<Phase, Allowance> copy = new EnumMap<>(Phase.class);
        copy.putAll(phases);
        copy.put(phase, allowance);
        return new Budget(total, copy);
    }

    /**
     * The limits on the calls of one phase, beside those on the total.
     *
     * @param phase the phase
     * @return {@link Allowance#NONE} where it has none
     */
    public Allowance of(Phase phase) {
        return phases.getOrDefault(phase, Allowance.NONE);
    }
}
