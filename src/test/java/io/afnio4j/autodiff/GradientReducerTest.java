package io.afnio4j.autodiff;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class GradientReducerTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Variable leaf = new Parameter("leaf", "leaf");
    private final Variable middle = leaf.map(text -> text, "middle"); // what follows meets here
    private final List<List<String>> asked = new ArrayList<>();

    private static Variable says(Variable input, Object feedback) {
        return Probe.of("Say", (context, gradients) -> Mono.just(List.of(new Variable(feedback, "feedback to said"))))
                .apply(input);
    }

    private Mono<Void> backward(GradientReducer reducer, Variable... roots) {
        return Engine.backward(List.of(roots), List.of(), BackwardOptions.DEFAULTS)
                .contextWrite(reducer::in);
    }

    private Mono<List<Variable>> together(List<Variable> gradients, GradientReducer.Answers answers) {
        List<String> texts = gradients.stream().map(Variable::text).toList();
        return answers.once(texts, Mono.fromSupplier(() -> {
            asked.add(texts);
            return List.of(new CondensedGradient(
                    texts.stream().collect(Collectors.joining("+")),
                    gradients.get(0).role(),
                    gradients));
        }));
    }

    @Test
    void itIsAskedWhereSeveralConsumersHaveSomethingToSay() {
        now(backward(this::together, says(middle, "a"), says(middle, " "), says(middle, "b")));

        assertThat(asked).containsExactly(List.of("a", "b"));
        assertThat(leaf.grad()).extracting(Variable::text).containsExactly("a+b");
        assertThat(CondensedGradient.sourcesOf(leaf.grad().get(0)))
                .extracting(Variable::text)
                .containsExactly("a", "b");
    }

    @Test
    void oneThatThrowsEndsThePass() {
        IllegalStateException thrown = new IllegalStateException("no idea");
        BackwardException failed = Passes.fail(backward(
                (gradients, answers) -> {
                    throw thrown;
                },
                says(middle, "a"),
                says(middle, "b")));

        assertThat(failed).hasCause(thrown);
    }

    @Test
    void oneVoiceIsLeftAloneAndLeavesKeepTheirEntries() {
        Variable other = new Parameter("other", "other leaf");

        now(backward(this::together, says(middle, "a"), says(other, "x"), says(other, "y")));

        assertThat(asked).isEmpty();
        assertThat(other.grad()).extracting(Variable::text).containsExactly("x", "y");
    }

    @Test
    void whatItReturnsUnchangedIsJoinedAsAlways() {
        now(backward(
                (gradients, answers) -> Mono.just(gradients), says(middle, "a"), says(middle, "a"), says(middle, "b")));

        assertThat(leaf.grad()).extracting(Variable::text).containsExactly("<ITEM>a</ITEM><ITEM>b</ITEM>");
        assertThat(CondensedGradient.sourcesOf(leaf.grad().get(0))).isEmpty();
    }

    @Test
    void severalReducedTextsAreJoinedAndKeepTheirSources() {
        GradientReducer pairs = (gradients, answers) -> Mono.just(
                List.of(new CondensedGradient("ab", "feedback to said", gradients.subList(0, 2)), gradients.get(2)));

        now(backward(pairs, says(middle, "a"), says(middle, "b"), says(middle, "c")));

        assertThat(leaf.grad().get(0).text()).isEqualTo("<ITEM>ab</ITEM><ITEM>c</ITEM>");
        assertThat(CondensedGradient.sourcesOf(leaf.grad().get(0)))
                .extracting(Variable::text)
                .containsExactly("a", "b", "c");
    }

    @Test
    void feedbackThatWasPassedOnIsReducedBeneathItsLine() {
        now(backward(
                this::together, says(middle.upper(), "a"), says(middle.upper().upper(), "b")));

        assertThat(asked).containsExactly(List.of("a", "b"));
        Variable gradient = leaf.grad().get(0);
        assertThat(gradient.text())
                .contains("made from leaf and other variables")
                .endsWith("a+b");
        assertThat(CondensedGradient.sourcesOf(gradient))
                .extracting(Variable::text)
                .containsExactly("a", "b");
    }

    @Test
    void eachSampleOfABatchIsReducedByItself() {
        Variable batch = new Parameter(List.of("x", "y", "z"), "batch");
        Variable said = batch.map(text -> text, "said");

        now(backward(this::together, says(said, List.of("a", "", "c")), says(said, List.of("b", "", ""))));

        assertThat(asked).containsExactly(List.of("a", "b"));
        assertThat(batch.grad().get(0).data()).isEqualTo(List.of("a+b", "", "c"));
        assertThat(CondensedGradient.sourcesOf(batch.grad().get(0))).hasSize(2);
    }

    @Test
    void numbersNeverReachIt() {
        Variable score = new Parameter(1, "score");
        Variable said = score.plus(new Variable(0, "nothing"));
        Variable twice = says(said, 1L);
        Variable thrice = says(said, 2L);

        now(Engine.backward(List.of(twice, thrice), List.of(), BackwardOptions.DEFAULTS)
                .contextWrite(((GradientReducer) this::together)::in));

        assertThat(asked).isEmpty();
        assertThat(score.grad().get(0).data()).isEqualTo(3L);
    }

    @Test
    void aFailedPassKeepsWhatWasReducedAndReportsTheNode() {
        AtomicBoolean down = new AtomicBoolean(true);
        Variable batch = new Parameter(List.of("x", "y"), "batch");
        Variable said = batch.map(text -> text, "said");
        GradientReducer flaky =
                (gradients, answers) -> down.get() && gradients.get(0).text().equals("c")
                        ? Mono.error(new IllegalStateException("The model is down."))
                        : together(gradients, answers);
        Variable one = says(said, List.of("a", "c"));
        Variable two = says(said, List.of("b", "d"));

        StepVerifier.create(backward(flaky, one, two))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(BackwardException.class)
                        .hasMessageContaining("Backward0 of \"said\" (The model is down.)"))
                .verify(LIMIT);
        assertThat(batch.grad()).isEmpty();
        down.set(false);
        now(backward(flaky, one, two));

        assertThat(asked).containsExactly(List.of("a", "b"), List.of("c", "d"));
        assertThat(batch.grad().get(0).data()).isEqualTo(List.of("a+b", "c+d"));
    }

    @Test
    void cancellingThePassCancelsIt() {
        AtomicBoolean cancelled = new AtomicBoolean();
        GradientReducer slow =
                (gradients, answers) -> Mono.<List<Variable>>never().doOnCancel(() -> cancelled.set(true));

        backward(slow, says(middle, "a"), says(middle, "b")).subscribe().dispose();

        assertThat(cancelled).isTrue();
        assertThat(leaf.grad()).isEmpty();
    }

    @Test
    void whatItGivesIsLookedAtAndItIsNamedWhereThatIsNoFeedback() {
        assertRefused((gradients, answers) -> Mono.empty(), "an empty Mono");
        assertRefused((gradients, answers) -> null, "null instead of a Mono");
        assertRefused((gradients, answers) -> Mono.just(List.of()), "an empty list");
        assertRefused((gradients, answers) -> Mono.just(Collections.singletonList(null)), "a list with null in it");
        assertRefused(
                (gradients, answers) -> Mono.just(List.of(new Variable(List.of("a", "b"), "feedback"))),
                "a list of 2 texts among its gradients");
        assertRefused(
                (gradients, answers) -> Mono.just(List.of(gradients.get(0), new Variable(1, "feedback"))),
                "a scalar number among its gradients");
    }

    private void assertRefused(GradientReducer reducer, String came) {
        Variable batch = new Parameter(List.of("x", "y"), "batch");
        Variable said = batch.map(text -> text, "said");
        Variable[] scalars = {says(middle, "a"), says(middle, "b")};
        Variable[] lists = {says(said, List.of("a", "c")), says(said, List.of("b", ""))};
        for (Variable[] roots : List.of(scalars, lists)) {
            StepVerifier.create(backward(new Named(reducer), roots))
                    .expectErrorSatisfies(error -> assertThat(error)
                            .isInstanceOf(BackwardException.class)
                            .hasMessageContaining("Backward0 of \"" + (roots == scalars ? "middle" : "said")
                                    + "\" (The reducer Named must give a list of one scalar text or more"
                                    + " as feedback to said, but gave " + came + ".)")
                            .hasCauseInstanceOf(IllegalStateException.class))
                    .verify(LIMIT);
        }
        assertThat(leaf.grad()).isEmpty();
        assertThat(batch.grad()).isEmpty();
    }

    private record Named(GradientReducer reducer) implements GradientReducer {

        @Override
        public Mono<List<Variable>> reduce(List<Variable> gradients, Answers answers) {
            return reducer.reduce(gradients, answers);
        }
    }
}
