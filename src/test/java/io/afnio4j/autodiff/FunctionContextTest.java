package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.afnio4j.context.Forgetting;
import io.afnio4j.testing.Contract;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class FunctionContextTest {

    private final Variable watched = new Variable("question", "question", true);
    private final Variable constant = new Variable("constant", "constant");
    private final FunctionContext context = new FunctionContext(List.of(watched, constant));

    @Test
    @Contract("Function: context")
    void keepsInputsAsForwardSawThem() {
        watched.data("rewritten");
        watched.role("renamed");

        assertThat(context.input(0)).isEqualTo(new Value("question", "question"));
        assertThat(context.inputs()).isEqualTo(2);
        assertThat(context.needsInputGrad(0)).isTrue();
        assertThat(context.needsInputGrad(1)).isFalse();
    }

    @Test
    @Contract("Function: context")
    void keepsOutputsAsForwardMadeThem() {
        Variable output = new Variable("answer", "answer");
        context.outputs(List.of(output));
        output.data("parsed");

        assertThat(context.output(0).data()).isEqualTo("answer");
    }

    @Test
    @Contract("Function: context")
    void givesBackWhatWasSaved() {
        context.save("evaluation");

        assertThat(context.saved(String.class)).isEqualTo("evaluation");
        assertThatIllegalStateException()
                .isThrownBy(() -> context.saved(Integer.class))
                .withMessage("Forward saved no Integer.");
    }

    @Test
    void saysThatItWasGivenUp() {
        context.save("evaluation");
        context.release();

        assertThatIllegalStateException().isThrownBy(() -> context.input(0)).withMessageContaining("retainGraph");
        assertThatIllegalStateException()
                .isThrownBy(() -> context.saved(String.class))
                .withMessageContaining("retainGraph");
    }

    @Test
    void asksOncePerQuestionUntilItForgets() {
        AtomicInteger asked = new AtomicInteger();
        Mono<Integer> ask = Mono.fromSupplier(asked::incrementAndGet);

        expect(context.once("first", ask), 1);
        expect(context.once("first", ask), 1);
        expect(context.once("second", ask), 2);
        context.forget();
        expect(context.once("first", ask), 3);
    }

    @Test
    void keepsNoFailure() {
        AtomicInteger asked = new AtomicInteger();
        Mono<Integer> ask = Mono.fromCallable(() -> {
            if (asked.incrementAndGet() == 1) {
                throw new IllegalStateException("lost");
            }
            return asked.get();
        });

        StepVerifier.create(context.once("first", ask))
                .expectErrorMessage("lost")
                .verify(Passes.LIMIT);
        expect(context.once("first", ask), 2);
    }

    @Test
    void aQuestionThatCannotBeKeptFailsInsteadOfHanging() {
        IllegalStateException broken = new IllegalStateException("a broken hashCode");
        Object question = new Object() {
            @Override
            public int hashCode() {
                throw broken;
            }

            @Override
            public boolean equals(Object other) {
                return this == other;
            }
        };
        expect(context.once("first", Mono.just(1)), 1);

        StepVerifier.create(context.once(question, Mono.just(2)))
                .expectErrorMatches(broken::equals)
                .verify(Passes.LIMIT);
    }

    @Test
    void relaysNothingWhereNothingIsNeededOrSaid() {
        assertThat(context.relay(1, Passes.feedback("x"))).isNull();
        assertThat(context.relay(0, null)).isNull();
        assertThat(context.relay(0, new Variable(2, "n")))
                .hasToString("variable(2, role=feedback to question, requires_grad=false)");
    }

    @Test
    void anInputNeedsNoGradientInAPassThatDoesNotServeIt() {
        Variable other = new Variable("other", "other", true);
        List<List<Boolean>> needed = new ArrayList<>();
        Variable root = Probe.of("f", (seen, gradients) -> {
                    needed.add(IntStream.range(0, seen.inputs())
                            .mapToObj(seen::needsInputGrad)
                            .toList());
                    return Mono.just(Probe.toAll(seen, gradients));
                })
                .apply(watched, other, constant);
        BackwardOptions retained = BackwardOptions.DEFAULTS.retainGraph(true);

        Passes.run(root.backward(retained.inputs(other)));
        Passes.run(root.backward(retained.inputs(watched).createGraph(true)));
        Passes.run(root.backward(retained));

        assertThat(needed)
                .containsExactly(List.of(false, true, false), List.of(true, false, false), List.of(true, true, false));
    }

    @Test
    @Contract("Function: forward")
    void functionsMustReturnNewVariables() {
        assertThatIllegalStateException()
                .isThrownBy(() -> new Returning(watched).apply(watched))
                .withMessageStartingWith("Returning must return new variables that don't require grad");
        assertThatIllegalStateException().isThrownBy(() -> new Returning(watched.upper()).apply(watched));
        assertThatIllegalStateException().isThrownBy(() -> new Returning(constant).apply(watched, constant));
        Variable twice = new Variable("twice", "twice");
        assertThatIllegalStateException().isThrownBy(() -> new Returning(twice, twice).apply(watched));
    }

    @Test
    void functionsNeedAnInput() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Returning(constant).applyAll(List.of()))
                .withMessage("Returning needs at least one variable.");
    }

    private static void expect(Mono<Integer> answer, int expected) {
        StepVerifier.create(answer).expectNext(expected).expectComplete().verify(Passes.LIMIT);
    }

    private static final class Returning extends PureFunction {

        private final List<Variable> outputs;

        private Returning(Variable... outputs) {
            this.outputs = List.of(outputs);
        }

        @Override
        protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
            return outputs;
        }

        @Override
        @SuppressWarnings("NullAway") // on JDK 17 it reads no nullness inside type arguments from class files
        protected Mono<List<Variable>> backward(FunctionContext context, List<Variable> gradients) {
            return Mono.just(gradients);
        }
    }

    @Test
    void forgetsAnAnswerThatWasOfNoUse() {
        AtomicInteger asked = new AtomicInteger();
        Mono<Integer> reading = Forgetting.where(
                IllegalStateException.class::isInstance,
                context.once("question", Mono.fromSupplier(asked::incrementAndGet))
                        .filter(answer -> answer > 1)
                        .switchIfEmpty(Mono.error(() -> new IllegalStateException("of no use"))));

        StepVerifier.create(reading).expectErrorMessage("of no use").verify(Passes.LIMIT);
        expect(reading, 2);
        expect(reading, 2);
    }

    @Test
    void whoGivesUpLateTakesNoAnswerOutThatHasComeSince() {
        AtomicInteger asked = new AtomicInteger();
        Mono<Integer> answer = context.once("question", Mono.fromSupplier(asked::incrementAndGet));
        Sinks.Empty<Void> late = Sinks.empty();
        Mono<Integer> first =
                Forgetting.where(failure -> true, answer.flatMap(read -> Mono.error(new IllegalStateException())));
        Mono<Integer> second = Forgetting.where(
                failure -> true, answer.flatMap(read -> late.asMono().then(Mono.error(new IllegalStateException()))));

        StepVerifier.create(second)
                .expectSubscription()
                .then(() -> StepVerifier.create(first).expectError().verify(Passes.LIMIT))
                .then(() -> expect(answer, 2))
                .then(() -> late.tryEmitEmpty().orThrow())
                .expectError()
                .verify(Passes.LIMIT);

        expect(answer, 2);
    }
}
