package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.fail;
import static io.afnio4j.autodiff.Passes.feedback;
import static io.afnio4j.autodiff.Passes.gradTexts;
import static io.afnio4j.autodiff.Passes.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** A pass that can't succeed: it ends, says all that went wrong, and keeps what it has. */
class EngineFailureTest {

    private final Variable a = new Variable("a", "a", true);
    private final Variable b = new Variable("b", "b", true);

    @Test
    void namesTheNodeThatFailedAndWhy() {
        IllegalStateException cause = new IllegalStateException("no answer");
        BackwardException failed = fail(Probe.failing("f", cause).apply(a).backward());

        assertThat(failed)
                .hasMessage("The backward pass failed at one node: fBackward0 of \"f\" (no answer)."
                        + " No gradient was changed; run the pass again to ask only for what is missing.")
                .hasCause(cause);
        assertThat(failed.failures()).containsExactly(new BackwardException.Failure("fBackward0", "f", cause));
    }

    @Test
    void endsAlsoWhereAClassIsMissingOrARecursionDoesNotEnd() {
        for (Error error : List.of(new NoClassDefFoundError("Gone"), new StackOverflowError())) {
            Sinks.Empty<Void> signal = Sinks.empty();
            Probe throwing = Probe.of("f", (context, gradients) -> {
                throw error;
            });
            StepVerifier.create(Probe.waiting("r", signal.asMono())
                            .apply(throwing.apply(a))
                            .backward())
                    .then(() -> signal.tryEmitEmpty().orThrow())
                    .expectErrorSatisfies(failed -> assertThat(failed).hasCause(error))
                    .verify(Passes.LIMIT);
        }
    }

    @Test
    void endsAlsoWhereAPublisherThrowsInsteadOfTelling() {
        IllegalStateException thrown = new IllegalStateException("against the rules");
        Mono<List<@Nullable Variable>> lawless = new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super List<@Nullable Variable>> actual) {
                throw thrown;
            }
        };

        assertThat(fail(Probe.of("f", (context, gradients) -> lawless).apply(a).backward()))
                .hasCause(thrown);
    }

    @Test
    void letsNodesInFlightFinishButStartsNoFurtherOne() {
        Sinks.Empty<Void> broken = Sinks.empty();
        Sinks.Empty<Void> slow = Sinks.empty();
        Probe next = Probe.passing("next");
        Variable root = Probe.passing("r")
                .apply(
                        Probe.waiting("broken", broken.asMono()).apply(a),
                        Probe.waiting("slow", slow.asMono()).apply(next.apply(b)));
        AtomicReference<Boolean> ended = new AtomicReference<>(false);

        StepVerifier.create(root.backward().doOnTerminate(() -> ended.set(true)))
                .then(() ->
                        broken.tryEmitError(new IllegalStateException("lost")).orThrow())
                .then(() -> assertThat(ended).hasValue(false))
                .then(() -> slow.tryEmitEmpty().orThrow())
                .expectErrorSatisfies(
                        error -> assertThat(error).hasMessageContaining("brokenBackward0 of \"broken\" (lost)"))
                .verify(Passes.LIMIT);
        assertThat(next.visits).hasValue(0);
        assertThat(a.grad()).isEmpty();
        assertThat(b.grad()).isEmpty();
    }

    @Test
    void listsAllFailuresInGraphOrderWhoeverFailedFirst() {
        Sinks.Empty<Void> first = Sinks.empty();
        Sinks.Empty<Void> second = Sinks.empty();
        Variable root = Probe.passing("r")
                .apply(
                        Probe.waiting("f", first.asMono()).apply(a),
                        Probe.waiting("g", second.asMono()).apply(a));

        StepVerifier.create(root.backward())
                .then(() ->
                        second.tryEmitError(new IllegalStateException("second")).orThrow())
                .then(() ->
                        first.tryEmitError(new IllegalStateException("first")).orThrow())
                .expectErrorSatisfies(error -> {
                    assertThat(((BackwardException) error).failures())
                            .extracting(BackwardException.Failure::node)
                            .containsExactly("fBackward0", "gBackward0");
                    assertThat(error)
                            .hasMessageContaining(
                                    "2 nodes: fBackward0 of \"f\" (first), gBackward0 of \"g\" (second). No");
                    assertThat(error.getCause()).hasMessage("first");
                    assertThat(error.getSuppressed()).hasSize(1);
                })
                .verify(Passes.LIMIT);
    }

    @Test
    void elidesMoreThanThreeFailuresInTheMessageOnly() {
        Sinks.Empty<Void> signal = Sinks.empty();
        Variable[] calls = new Variable[5];
        for (int i = 0; i < calls.length; i++) {
            calls[i] = Probe.waiting("f" + i, signal.asMono()).apply(a);
        }

        StepVerifier.create(Probe.passing("r").apply(calls).backward())
                .then(() -> signal.tryEmitError(new IllegalStateException()).orThrow())
                .expectErrorSatisfies(error -> {
                    assertThat(error)
                            .hasMessageContaining(
                                    "f2Backward0 of \"f2\" (IllegalStateException) and 2 more. No gradient");
                    assertThat(((BackwardException) error).failures()).hasSize(5);
                })
                .verify(Passes.LIMIT);
    }

    @Test
    void aSecondPassAsksOnlyForWhatIsMissing() {
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger askedBroken = new AtomicInteger();
        Probe good = asking(asked, Mono.just("good"));
        Probe broken = asking(
                askedBroken,
                Mono.defer(() ->
                        askedBroken.get() == 1 ? Mono.error(new IllegalStateException("lost")) : Mono.just("late")));
        Variable root = Probe.passing("r").apply(good.apply(a), broken.apply(b));

        assertThat(fail(root.backward()).failures()).hasSize(1);
        run(root.backward());

        assertThat(asked).hasValue(1);
        assertThat(askedBroken).hasValue(2);
        assertThat(gradTexts(a)).containsExactly("good");
        assertThat(gradTexts(b)).containsExactly("late");
    }

    @Test
    void afterASuccessARetainedGraphAsksAnew() {
        AtomicInteger asked = new AtomicInteger();
        Variable root = asking(asked, Mono.just("good")).apply(a);
        BackwardOptions keep = BackwardOptions.DEFAULTS.retainGraph(true);
        run(root.backward(keep));
        run(root.backward(keep));

        assertThat(asked).hasValue(2);
    }

    @Test
    void aFunctionThatThrowsFailsLikeOneThatSignals() {
        Probe throwing = Probe.of("f", (context, gradients) -> {
            throw new IllegalStateException("thrown");
        });

        assertThat(fail(throwing.apply(a).backward())).hasMessageContaining("fBackward0 of \"f\" (thrown)");
    }

    @Test
    @SuppressWarnings("NullAway") // a function that breaks its promise
    void aFunctionThatReturnsNoMonoFails() {
        Probe nothing = Probe.of("f", (context, gradients) -> null);

        assertThat(fail(nothing.apply(a).backward()))
                .hasMessageContaining("fBackward0 of \"f\" (backward returned null");
    }

    @Test
    void anEmptyMonoFailsWhetherItAnswersAtOnceOrLater() {
        for (Mono<List<@Nullable Variable>> empty : List.<Mono<List<@Nullable Variable>>>of(
                Mono.empty(), Mono.<List<@Nullable Variable>>empty().hide())) {
            Probe silent = Probe.of("f", (context, gradients) -> empty);

            assertThat(fail(silent.apply(a).backward()))
                    .hasMessageContaining("fBackward0 must give one gradient per input, 1 in all, but gave none.");
        }
    }

    @Test
    void aJoinThatFailsIsAFailureOfItsNode() {
        Variable n = new Variable(1, "n", true);
        Probe huge = Probe.of(
                "huge", (context, gradients) -> Mono.just(List.of(new Variable(Long.MAX_VALUE, "feedback to n"))));
        Variable middle = n.plus(new Variable(0, ""));
        Variable root = Probe.passing("r").apply(huge.apply(middle), huge.apply(middle));

        assertThat(fail(root.backward()))
                .hasMessageContaining("AddBackward0 of \"n and \" (The sum of")
                .hasMessageContaining("too large");
    }

    @Test
    void aGraphThatAnotherPassGaveUpMeanwhileIsAFailureThatSaysWhatBothNeed() {
        Sinks.Empty<Void> signal = Sinks.empty();
        Variable root =
                Probe.passing("r").apply(Probe.waiting("f", signal.asMono()).apply(a));

        StepVerifier.create(Mono.whenDelayError(root.backward(feedback("first")), root.backward(feedback("second"))))
                .then(() -> signal.tryEmitEmpty().orThrow())
                .expectErrorSatisfies(
                        error -> assertThat(error)
                                .isInstanceOf(BackwardException.class)
                                .hasMessage(
                                        "The backward pass failed at one node: fBackward0 of \"f\" (Another backward pass has been through"
                                                + " this graph meanwhile and has given up its saved values.). No gradient was changed; another"
                                                + " pass went through the graph meanwhile and gave it up, so this one can't be run again. Passes"
                                                + " that run at the same time over one graph each need BackwardOptions.retainGraph(true)."))
                .verify(Passes.LIMIT);
        assertThat(gradTexts(a)).containsExactly("first");
    }

    private static Probe asking(AtomicInteger count, Mono<String> answer) {
        return Probe.of(
                "ask",
                (context, gradients) -> context.once("question", Mono.defer(() -> {
                            count.incrementAndGet();
                            return answer;
                        }))
                        .map(text -> List.of(feedback(text))));
    }
}
