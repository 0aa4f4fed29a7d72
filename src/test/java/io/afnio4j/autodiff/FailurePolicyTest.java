package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.fail;
import static io.afnio4j.autodiff.Passes.feedback;
import static io.afnio4j.autodiff.Passes.gradTexts;
import static io.afnio4j.autodiff.Passes.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.context.CallOff;
import io.afnio4j.error.CalledOffException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** What becomes of the rest of a pass when a node fails for good. */
class FailurePolicyTest {

    private final Variable a = new Variable("a", "a", true);
    private final Variable b = new Variable("b", "b", true);
    private final Probe broken = Probe.failing("broken", new IllegalStateException("lost"));

    @Test
    void cancelsTheSiblingsThatAreOnTheirWay() {
        TestPublisher<Void> slow = TestPublisher.create();
        Sinks.Empty<Void> signal = Sinks.empty();
        Variable root = Probe.passing("r")
                .apply(
                        Probe.waiting("slow", slow.mono()).apply(a),
                        Probe.waiting("broken", signal.asMono()).apply(b));

        StepVerifier.create(root.backward(options(FailurePolicy.CANCEL_STARTED)))
                .then(() -> slow.assertSubscribers(1))
                .then(() ->
                        signal.tryEmitError(new IllegalStateException("lost")).orThrow())
                .expectErrorSatisfies(error -> assertThat(((BackwardException) error).failures())
                        .extracting(BackwardException.Failure::variable)
                        .containsExactly("broken"))
                .verify(Passes.LIMIT);
        slow.assertCancelled();
        assertThat(a.grad()).isEmpty();
    }

    @Test
    void runsAllThatDoesNotDependOnTheFailureAndChangesNothing() {
        Probe beside = Probe.passing("beside");
        Probe below = Probe.passing("below");
        Probe otherBroken = Probe.failing("other", new IllegalStateException("gone"));
        Variable root = Probe.passing("r")
                .apply(
                        broken.apply(below.apply(a)),
                        beside.apply(Probe.passing("deeper").apply(b)),
                        otherBroken.apply(b));
        BackwardException failed = fail(root.backward(options(FailurePolicy.RUN_ALL)));

        assertThat(failed.failures())
                .extracting(BackwardException.Failure::node)
                .containsExactly("brokenBackward0", "otherBackward0");
        assertThat(failed).hasMessageContaining("No gradient was changed");
        assertThat(beside.visits).hasValue(1);
        assertThat(below.visits).hasValue(0);
        assertThat(b.grad()).isEmpty();
    }

    @Test
    void namesThreeFailedNodesAndLeavesTheOthersToTheList() {
        Probe[] nodes = new Probe[4];
        Arrays.setAll(nodes, i -> Probe.failing("f" + i, new IllegalStateException("lost " + i)));
        Variable three = Probe.passing("r").apply(nodes[0].apply(a), nodes[1].apply(a), nodes[2].apply(a));
        Variable four = Probe.passing("r").apply(three, nodes[3].apply(a));

        assertThat(fail(three.backward(options(FailurePolicy.RUN_ALL))))
                .hasMessageStartingWith(
                        "The backward pass failed at 3 nodes: f0Backward0 of \"f0\" (lost 0), f1Backward0 of \"f1\" (lost 1),"
                                + " f2Backward0 of \"f2\" (lost 2). No gradient was changed");
        BackwardException failed = fail(four.backward(options(FailurePolicy.RUN_ALL)));
        assertThat(failed)
                .hasMessageStartingWith(
                        "The backward pass failed at 4 nodes: f0Backward0 of \"f0\" (lost 0), f1Backward0 of \"f1\" (lost 1),"
                                + " f2Backward0 of \"f2\" (lost 2) and 1 more. No gradient was changed");
        assertThat(failed.failures()).hasSize(4);
    }

    @Test
    void commitsWhatCameAsIfTheFailedNodeHadNothingToSay() {
        Variable shared = Probe.telling("shared", Mono.empty()).apply(b);
        Variable root = Probe.passing("r")
                .apply(
                        broken.apply(a, shared),
                        Probe.telling("beside", Mono.empty()).apply(shared));
        BackwardException failed =
                fail(root.backward(options(FailurePolicy.COMMIT_PARTLY).gradient(feedback("G"))));

        assertThat(failed).hasMessageContaining("The gradients that don't depend on it are in place");
        assertThat(a.grad()).isEmpty();
        assertThat(gradTexts(b)).containsExactly("shared0(beside0(G))");
    }

    @Test
    void putsNothingInPlaceThatAHookOfItsLeafHasRefused() {
        a.registerHook(gradient -> {
            throw new IllegalStateException("unwanted");
        });
        BackwardException failed = fail(Probe.passing("r")
                .apply(a, b)
                .backward(options(FailurePolicy.COMMIT_PARTLY).gradient(feedback("G"))));

        assertThat(failed).hasMessageContaining("AccumulateGrad of \"a\" (unwanted)");
        assertThat(a.grad()).isEmpty();
        assertThat(gradTexts(b)).containsExactly("G");
    }

    @Test
    void keepsTheGraphAfterAPartialCommit() {
        AtomicBoolean mended = new AtomicBoolean();
        Probe once = Probe.of(
                "once",
                (context, gradients) -> mended.get()
                        ? Mono.just(Probe.toAll(context, gradients))
                        : Mono.error(new IllegalStateException("lost")));
        Variable root = Probe.passing("r").apply(once.apply(a), b);
        assertThat(fail(root.backward(options(FailurePolicy.COMMIT_PARTLY).gradient(feedback("G")))))
                .hasMessageContaining("once");
        assertThat(a.grad()).isEmpty();

        mended.set(true);
        b.clearGrad();
        run(root.backward(feedback("G")));

        assertThat(gradTexts(a)).containsExactly("G");
        assertThat(gradTexts(b)).containsExactly("G");
    }

    @Test
    void callsOffWhatStillWaitsForItsTurnElsewhere() {
        Sinks.Empty<Void> turn = Sinks.empty();
        AtomicBoolean sent = new AtomicBoolean();
        Probe queueing = Probe.of(
                "queueing",
                (context, gradients) -> turn.asMono()
                        .then(Mono.<List<@Nullable Variable>>deferContextual(subscription -> {
                            if (CallOff.isCalledOff(subscription)) {
                                return Mono.error(new CalledOffException());
                            }
                            sent.set(true);
                            return Mono.just(Probe.toAll(context, gradients));
                        })));
        Variable root = Probe.passing("r").apply(queueing.apply(a), broken.apply(b));

        StepVerifier.create(root.backward())
                .then(() -> turn.tryEmitEmpty().orThrow())
                .expectErrorSatisfies(error -> assertThat(((BackwardException) error).failures())
                        .extracting(BackwardException.Failure::node)
                        .containsExactly("brokenBackward0"))
                .verify(Passes.LIMIT);
        assertThat(sent).isFalse();
    }

    @Test
    void callsNothingOffWhereAllIsToRun() {
        Sinks.Empty<Void> turn = Sinks.empty();
        AtomicBoolean calledOff = new AtomicBoolean(true);
        Probe queueing = Probe.of(
                "queueing",
                (context, gradients) -> turn.asMono()
                        .then(Mono.<List<@Nullable Variable>>deferContextual(subscription -> {
                            calledOff.set(CallOff.isCalledOff(subscription));
                            return Mono.just(Probe.toAll(context, gradients));
                        })));
        Variable root = Probe.passing("r").apply(queueing.apply(a), broken.apply(b));

        StepVerifier.create(root.backward(options(FailurePolicy.RUN_ALL)))
                .then(() -> turn.tryEmitEmpty().orThrow())
                .expectError(BackwardException.class)
                .verify(Passes.LIMIT);
        assertThat(calledOff).isFalse();
    }

    private static BackwardOptions options(FailurePolicy policy) {
        return BackwardOptions.DEFAULTS.onFailure(policy);
    }
}
