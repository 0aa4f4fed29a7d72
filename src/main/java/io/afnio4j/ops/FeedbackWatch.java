package io.afnio4j.ops;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardListener;
import io.afnio4j.autodiff.Spent;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.CallEvent;
import io.afnio4j.model.CallListener;
import io.afnio4j.model.Cost;
import io.afnio4j.model.Usage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** Tells those who watch a pass how the calls for one piece of feedback fare, and adds up what they cost. */
final class FeedbackWatch implements CallListener {

    private final ContextView subscription;
    private final String role;
    private final @Nullable Variable leaf;
    private final int sample;

    private final AtomicReference<Expense> unsaid = new AtomicReference<>(Expense.NONE);

    /** @param leaf whose feedback it is, null where that is no leaf */
    FeedbackWatch(ContextView subscription, String role, @Nullable Variable leaf, int sample) {
        this.subscription = subscription;
        this.role = role;
        this.leaf = leaf;
        this.sample = sample;
    }

    @Override
    public void on(CallEvent event) {
        if (event instanceof CallEvent.Token words) {
            BackwardListener.tell(subscription, new BackwardEvent.FeedbackToken(role, sample, words.text()));
        } else if (event instanceof CallEvent.Retried again) {
            BackwardListener.tell(
                    subscription,
                    new BackwardEvent.Retried(role, sample, again.attempt(), again.cause(), again.delay()));
        } else if (event instanceof CallEvent.Answered answered) {
            add(answered.usage(), answered.cost());
        } else if (event instanceof CallEvent.Failed failed) {
            add(failed.usage(), failed.cost());
        }
    }

    @Override
    public boolean watchesWords() {
        BackwardListener listener = BackwardListener.of(subscription);
        return listener != null && listener.watchesWords();
    }

    private void add(Usage usage, @Nullable Cost cost) {
        var unused = unsaid.accumulateAndGet(new Expense(usage, cost), Expense::plus);
    }

    /**
     * Watches what is asked for one piece of feedback, and tells of it when it is there.
     *
     * @param asked asks
     * @param gradient makes the feedback of what came
     */
    <T> Mono<T> around(Mono<T> asked, Function<T, Variable> gradient) {
        return asked.doOnNext(answer -> announce(role, leaf, gradient.apply(answer)))
                .contextWrite(this::in);
    }

    /** Takes over what another one has not yet said. */
    void inherit(FeedbackWatch other) {
        Expense expense = other.unsaid.getAndSet(Expense.NONE);
        add(expense.usage, expense.cost);
    }

    /** Says what came for a variable, and what the calls have cost since this was last said. */
    void announce(String variableRole, @Nullable Variable variable, Variable gradient) {
        Spent spent = unsaid.getAndSet(Expense.NONE).spent();
        BackwardListener.tell(
                subscription, new BackwardEvent.FeedbackReceived(variableRole, variable, sample, gradient, spent));
    }

    /** What calls used; a cost that isn't known makes the sum unknown. */
    private record Expense(Usage usage, @Nullable Cost cost) {

        private static final Expense NONE = new Expense(Usage.NONE, Cost.ZERO);

        private Expense plus(Expense other) {
            Cost sum = cost == null || other.cost == null ? null : cost.plus(other.cost);
            return new Expense(usage.plus(other.usage), sum);
        }

        private Spent spent() {
            return new Spent(
                    usage.promptTokens(),
                    usage.cachedTokens(),
                    usage.cacheWriteTokens(),
                    usage.completionTokens(),
                    usage.reasoningTokens(),
                    cost == null ? null : cost.dollars());
        }
    }
}
