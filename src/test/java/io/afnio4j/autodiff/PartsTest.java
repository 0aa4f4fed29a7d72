package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.fail;
import static io.afnio4j.autodiff.Passes.feedback;
import static io.afnio4j.autodiff.Passes.gradTexts;
import static io.afnio4j.autodiff.Passes.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.Together;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** A function of one's own that asks several questions at once, some of which fail. */
class PartsTest {

    private static final BackwardOptions PARTLY =
            BackwardOptions.DEFAULTS.onFailure(FailurePolicy.COMMIT_PARTLY).gradient(feedback("G"));

    private final Variable a = new Variable("a", "a", true);
    private final Variable b = new Variable("b", "b", true);

    /** Asks one question for each input, and gives what it was answered and {@code more}. */
    private static Probe asking(List<Mono<String>> answers, Variable... more) {
        return Probe.of(
                "f",
                (context, gradients) -> Mono.deferContextual(subscription -> {
                    Parts parts = Parts.of(context, subscription);
                    List<Mono<String>> asked = new ArrayList<>();
                    for (int input = 0; input < answers.size(); input++) {
                        asked.add(parts.ask(input, 0, answers.get(input), ""));
                    }
                    Mono<List<@Nullable Variable>> made = Together.asTheRuleSays(asked)
                            .map(texts -> {
                                List<@Nullable Variable> said = new ArrayList<>();
                                texts.forEach(text -> said.add(text.isEmpty() ? null : feedback(text)));
                                said.addAll(Arrays.asList(more));
                                return said;
                            });
                    return parts.gradients(answers.size(), made);
                }));
    }

    private static <T> Mono<T> lost(String message) {
        return Mono.error(new IllegalStateException(message));
    }

    @Test
    void whatWasAnsweredGoesOnAndTheRestIsNamedByItsVariable() {
        BackwardException failed =
                fail(asking(List.of(lost("gone"), Mono.just("B"))).apply(a, b).backward(PARTLY));

        assertThat(gradTexts(a)).isEmpty();
        assertThat(gradTexts(b)).containsExactly("B");
        assertThat(failed)
                .hasMessageStartingWith(
                        "The backward pass failed at one node: fBackward0 of \"f\" (feedback to \"a\": gone). The");
    }

    @Test
    void failuresAreTheSameInWhateverOrderTheyCome() {
        Sinks.One<String> first = Sinks.one();
        Probe f = asking(List.of(first.asMono(), lost("second")));
        StepVerifier.create(f.apply(a, b).backward(PARTLY))
                .then(() ->
                        first.tryEmitError(new IllegalStateException("first")).orThrow())
                .expectErrorSatisfies(error -> {
                    BackwardException.Failure failure =
                            ((BackwardException) error).failures().get(0);
                    assertThat(failure.parts())
                            .extracting(part -> part.variable() + " " + part.sample() + " "
                                    + part.cause().getMessage())
                            .containsExactly("a null first", "b null second");
                    assertThat(failure.cause()).hasMessage("first");
                    assertThat(failure.cause().getSuppressed()).hasSize(1);
                })
                .verify(Passes.LIMIT);
    }

    @Test
    void hooksSeeWhatIsLeft() {
        Variable output = asking(List.of(lost("gone"), Mono.just("B"))).apply(a, b);
        List<@Nullable Variable> seen = new ArrayList<>();
        Node node = output.gradFn();
        assertThat(node).isNotNull();
        var unused = node.registerHook(seen::addAll);

        var failed = fail(output.backward(PARTLY));

        assertThat(failed.failures()).hasSize(1);
        assertThat(seen).hasSize(2);
        assertThat(seen.get(0)).isNull();
    }

    @Test
    void gradientsThatDoNotFitFailTheNodeOnce() {
        BackwardException failed = fail(asking(List.of(lost("gone"), Mono.just("B")), feedback("one too many"))
                .apply(a, b)
                .backward(PARTLY));

        assertThat(failed.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.cause())
                        .hasMessageContaining("must give one gradient per input, 2 in all, but gave 3"));
        assertThat(gradTexts(b)).isEmpty();
    }

    @Test
    void aPassInsideOfOneThatCommitsPartlyDoesNotDoSoItself() {
        Variable inside = asking(List.of(lost("gone"), Mono.just("B"))).apply(a, b);
        Variable outside = new Variable("o", "o", true);
        Probe outer = Probe.of(
                "outer",
                (context, gradients) -> inside.backward(feedback("G"))
                        .onErrorComplete(BackwardException.class)
                        .thenReturn(Probe.toAll(context, gradients)));

        run(outer.apply(outside).backward(PARTLY));

        assertThat(gradTexts(b)).isEmpty();
        assertThat(gradTexts(outside)).containsExactly("G");
    }
}
