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

    private final AtomicReference<Spent> unsaid = new AtomicReference<>(Spent.NOTHING);

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
        add(new Spent(
                usage.promptTokens(),
                usage.cachedTokens(),
                usage.cacheWriteTokens(),
                usage.completionTokens(),
                usage.reasoningTokens(),
                cost == null ? null : cost.dollars()));
    }

    private void add(Spent more) {
        var unused = unsaid.accumulateAndGet(more, Spent::plus);
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
        add(other.unsaid.getAndSet(Spent.NOTHING));
    }

    /** Says what came for a variable, and what the calls have cost since this was last said. */
    void announce(String variableRole, @Nullable Variable variable, Variable gradient) {
        BackwardListener.tell(
                subscription,
                new BackwardEvent.FeedbackReceived(
                        variableRole, variable, sample, gradient, unsaid.getAndSet(Spent.NOTHING)));
    }
}
