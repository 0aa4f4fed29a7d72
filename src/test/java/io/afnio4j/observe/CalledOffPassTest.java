package io.afnio4j.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardException;
import io.afnio4j.autodiff.BackwardListener;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.FailurePolicy;
import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.PureFunction;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.CalledOffException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * A pass that commits partly, and in which nothing failed but what was called off from outside, ends once and as
 * failed.
 */
@SuppressWarnings("NullAway") // on JDK 17 it reads no nullness inside type arguments from class files
class CalledOffPassTest {

    private static void run(BackwardListener listener) {
        PureFunction calledOff = new PureFunction() {
            @Override
            protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
                return List.of(new Variable("made"));
            }

            @Override
            protected Mono<List<@Nullable Variable>> backward(
                    FunctionContext context, List<@Nullable Variable> gradients) {
                return Mono.<List<@Nullable Variable>>error(new CalledOffException())
                        .hide();
            }
        };
        BackwardOptions partly = BackwardOptions.DEFAULTS.listener(listener).onFailure(FailurePolicy.COMMIT_PARTLY);
        StepVerifier.create(calledOff.apply(new Variable("a", "a", true)).backward(partly))
                .expectError(BackwardException.class)
                .verify(Duration.ofSeconds(5));
    }

    @Test
    void isTimedOnce() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        run(PassMeters.of(registry));

        assertThat(registry.get(Meters.PASS.meterName())
                        .tag("outcome", "failed")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get(Meters.PASS.meterName())
                        .tag("outcome", "succeeded")
                        .timer()
                        .count())
                .isZero();
    }

    @Test
    void isObservedOnce() {
        List<String> stopped = new ArrayList<>();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }

            @Override
            public void onStop(Observation.Context context) {
                stopped.add(context.getContextualName() + ": "
                        + context.getLowCardinalityKeyValue("afnio4j.outcome").getValue());
            }
        });
        run(Observations.in(registry).passes());

        assertThat(stopped).containsExactly("FunctionBackward0: skipped", "backward pass: failed");
    }
}
