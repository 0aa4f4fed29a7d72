package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.feedback;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Deep and wide graphs, within a stack so small that any recursion over the graph breaks it. */
class EngineDepthTest {

    private static final int MILLION = 1_000_000;
    private static final long SMALL_STACK = 256 * 1024;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Variable leaf = new Variable("x", "prompt", true);

    @Test
    void aChainOfAMillionNodesTakesNoStack() throws Exception {
        Probe link = Probe.passing("link");
        withSmallStack(() -> verify(chain(link, MILLION).backward(feedback("G"))));

        assertThat(link.visits).hasValue(MILLION);
        assertThat(Passes.gradTexts(leaf)).containsExactly("G");
    }

    @Test
    void aFanInOfAMillionNodesTakesNoStack() throws Exception {
        Probe branch = Probe.passing("branch");
        withSmallStack(() -> {
            List<Variable> branches = new ArrayList<>(MILLION);
            for (int i = 0; i < MILLION; i++) {
                branches.add(branch.apply(leaf));
            }
            verify(Probe.passing("join").applyAll(branches).get(0).backward(feedback("G")));
        });

        assertThat(leaf.grad()).hasSize(MILLION);
    }

    @Test
    void aVariableThatAMillionNodesUseTakesNoStack() throws Exception {
        Probe shared = Probe.passing("shared");
        withSmallStack(() -> {
            Variable used = shared.apply(leaf);
            verify(Probe.passing("join")
                    .applyAll(Collections.nCopies(MILLION, used))
                    .get(0)
                    .backward(feedback("G")));
        });

        assertThat(shared.visits).hasValue(1);
        assertThat(leaf.grad()).hasSize(1);
    }

    @Test
    void aChainOfCallsThatAnswerOnAnotherThreadTakesNoStack() throws Exception {
        Probe link = Probe.waiting("link", Mono.empty().publishOn(Schedulers.single()));
        withSmallStack(() -> verify(chain(link, 100_000).backward(feedback("G"))));

        assertThat(Passes.gradTexts(leaf)).containsExactly("G");
    }

    @Test
    void aChainOfCallsThatAnswerWhileTheyAreSubscribedTakesNoStack() throws Exception {
        Probe link = Probe.waiting("link", Mono.empty().hide());
        withSmallStack(() -> verify(chain(link, 100_000).backward(feedback("G"))));

        assertThat(leaf.grad()).hasSize(1);
    }

    @Test
    void aChainOfCallsThatAreAnsweredByHandTakesNoStack() throws Exception {
        AtomicReference<@Nullable MonoSink<Object>> asked = new AtomicReference<>();
        Probe link = Probe.waiting("link", Mono.create(asked::set));
        withSmallStack(() -> StepVerifier.create(chain(link, 100_000).backward(feedback("G")))
                .then(() -> answerAll(asked))
                .expectComplete()
                .verify(LIMIT));

        assertThat(leaf.grad()).hasSize(1);
    }

    @Test
    void aFanInOfCallsInFlightCanBeCancelled() throws Exception {
        Probe branch = Probe.waiting("branch", Mono.never());
        withSmallStack(() -> {
            List<Variable> branches = new ArrayList<>();
            for (int i = 0; i < 100_000; i++) {
                branches.add(branch.apply(leaf));
            }
            StepVerifier.create(Probe.passing("join").applyAll(branches).get(0).backward(feedback("G")))
                    .then(() -> assertThat(branch.visits).hasValue(100_000))
                    .thenCancel()
                    .verify(LIMIT);
        });

        assertThat(leaf.grad()).isEmpty();
    }

    @Test
    void thoseWhoWaitForOneAnswerAndThoseWhoWaitForAPlaceLeaveWithoutALookAtAllOthers() throws Exception {
        Probe sharing = Probe.of(
                "sharing",
                (context, gradients) -> Mono.deferContextual(
                        pass -> SharedAnswers.once(pass, "question", Mono.<List<@Nullable Variable>>never())));
        Probe queueing = Probe.of("queueing", (context, gradients) -> context.once("question", Mono.never()));
        for (Probe branch : List.of(sharing, queueing)) {
            List<Variable> branches = new ArrayList<>();
            for (int i = 0; i < 200_000; i++) {
                branches.add(branch.apply(leaf));
            }
            BackwardOptions limited =
                    BackwardOptions.DEFAULTS.gradient(feedback("G")).maxConcurrency(1);
            Disposable pass = Probe.passing("join")
                    .applyAll(branches)
                    .get(0)
                    .backward(limited)
                    .subscribe();
            assertThat(branch.visits).hasValue(200_000);
            withSmallStack(pass::dispose);
        }
    }

    @Test
    void manyOutputsAreServedInOneSweep() throws Exception {
        Probe many = Probe.passing("many").outputs(100_000);
        withSmallStack(() -> verify(Variable.sum(many.applyAll(List.of(leaf))).backward(feedback("G"))));

        assertThat(many.visits).hasValue(1);
        assertThat(leaf.grad()).hasSize(1);
    }

    private Variable chain(Probe link, int length) {
        Variable end = leaf;
        for (int i = 0; i < length; i++) {
            end = link.apply(end);
        }
        return end;
    }

    private static void answerAll(AtomicReference<@Nullable MonoSink<Object>> asked) {
        for (MonoSink<Object> next = asked.getAndSet(null); next != null; next = asked.getAndSet(null)) {
            next.success();
        }
    }

    private static void verify(Mono<Void> pass) {
        StepVerifier.create(pass).expectComplete().verify(LIMIT);
    }

    private static void withSmallStack(Runnable work) throws Exception {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(null, work, "small stack", SMALL_STACK);
        thread.setUncaughtExceptionHandler((unused, thrown) -> failure.set(thrown));
        thread.start();
        thread.join(LIMIT.toMillis());

        assertThat(thread.isAlive()).isFalse();
        assertThat(failure.get()).isNull();
    }
}
