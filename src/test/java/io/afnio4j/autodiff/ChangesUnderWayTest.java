package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.feedback;
import static io.afnio4j.autodiff.Passes.gradTexts;
import static io.afnio4j.autodiff.Passes.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A function's place in the graph is that of the moment in which it saw its inputs, whatever becomes of them while its
 * call is on its way.
 */
class ChangesUnderWayTest {

    private final Variable a = new Variable("a", "a", true);
    private final Variable b = new Variable("b", "b", true);
    private final Sinks.Empty<Void> answer = Sinks.empty();
    private final AtomicReference<@Nullable Variable> made = new AtomicReference<>();

    private void ask(Mono<List<Variable>> call) {
        var unused = call.subscribe(outputs -> made.set(outputs.get(0)));
    }

    private void walkBack() {
        answer.tryEmitEmpty().orThrow();
        run(Objects.requireNonNull(made.get()).backward(feedback("better")));
    }

    @Test
    void whatIsAddedInPlaceGetsNoFeedbackOnTheOldValue() {
        Variable sum = a.upper();
        ask(new Asking().applyAll(List.of(sum)));
        sum.plusAssign(b);
        walkBack();

        assertThat(a.grad()).hasSize(1);
        assertThat(b.grad()).isEmpty();
    }

    @Test
    void aListOfInputsThatIsFilledAnewChangesNothing() {
        List<Variable> batch = new ArrayList<>(List.of(a));
        ask(new Asking().applyAll(batch));
        batch.set(0, b);
        walkBack();

        assertThat(gradTexts(a)).containsExactly("better");
        assertThat(b.grad()).isEmpty();
    }

    @Test
    void norDoesOneThatIsFilledAnewBeforeTheFirstSubscription() {
        List<Variable> batch = new ArrayList<>(List.of(a));
        Mono<List<Variable>> call = new Asking().applyAll(batch);
        batch.clear();
        ask(call);
        walkBack();

        assertThat(gradTexts(a)).containsExactly("better");
    }

    /** Takes a call, and passes feedback on as it came. */
    private final class Asking extends ReactiveFunction {

        @Override
        protected Mono<List<Variable>> forward(FunctionContext context, List<Variable> inputs) {
            return answer.asMono().thenReturn(List.of(new Variable("answer")));
        }

        @Override
        protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
            return Mono.just(Probe.toAll(context, gradients));
        }
    }
}
