package io.afnio4j.observe;

import io.afnio4j.error.RetriableException;
import io.afnio4j.model.ExchangeListener;
import io.afnio4j.model.Usage;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** One call and its observation. What comes last in a race, such as a cancel that crosses the answer, isn't seen. */
class ObservedCall<C extends CallObservationContext<?>> implements ExchangeListener {

    private static final GenAiConvention CONVENTION = new GenAiConvention();

    final C seen;
    private final Observation observation;
    private final AtomicBoolean over = new AtomicBoolean();

    /** Starts the observation. */
    ObservedCall(C seen, ContextView caller, ObservationRegistry registry) {
        this.seen = seen;
        this.observation = Parents.under(caller, Observation.createNotStarted(null, CONVENTION, () -> seen, registry))
                .start();
    }

    @Override
    public final Context in(Context context) {
        return Parents.put(ExchangeListener.super.in(context), observation);
    }

    final void answered() {
        end(CallObservationContext.Outcome.ANSWERED);
    }

    final void failed(Throwable failure) {
        if (seen.usage().equals(Usage.NONE)) {
            seen.used(Usage.spentOn(failure));
        }
        observation.error(failure);
        end(CallObservationContext.Outcome.FAILED);
    }

    private void end(CallObservationContext.Outcome outcome) {
        seen.ended(outcome);
        stop();
    }

    final void stop() {
        if (over.compareAndSet(false, true)) {
            observation.stop();
        }
    }

    @Override
    public void onRetry(long attempt, Duration delay, RetriableException failure) {
        observation.event(Observation.Event.of(
                "afnio4j.retry", "retry after " + failure.getClass().getSimpleName()));
    }
}
