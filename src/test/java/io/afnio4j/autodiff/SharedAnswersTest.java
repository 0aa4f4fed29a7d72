package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.util.context.Context;

class SharedAnswersTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Context pass = SharedAnswers.in(Context.empty(), 4, kept -> {});
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final Sinks.One<String> answer = Sinks.one();
    private final Mono<String> call =
            answer.asMono().doOnSubscribe(start -> calls.incrementAndGet()).doOnCancel(cancelled::incrementAndGet);
    private final List<String> heard = new ArrayList<>();

    private Disposable ask(String question) {
        return SharedAnswers.once(pass, question, call)
                .subscribe(heard::add, failure -> heard.add(failure.getMessage()), () -> heard.add("end"));
    }

    @Test
    void equalQuestionsAreAskedOnceAlsoWhenTheAnswerIsThere() {
        var first = ask("q");
        var second = ask("q");
        assertThat(answer.tryEmitValue("a")).isEqualTo(Sinks.EmitResult.OK);
        var late = ask("q");

        assertThat(calls).hasValue(1);
        assertThat(heard).containsExactly("a", "end", "a", "end", "a", "end");
        assertThat(List.of(first, second, late)).allMatch(Disposable::isDisposed);
    }

    @Test
    void otherQuestionsAndOtherPassesAskForThemselves() {
        var one = ask("q");
        var other = ask("another");
        var elsewhere = SharedAnswers.once(SharedAnswers.in(Context.empty(), 4, kept -> {}), "q", call)
                .subscribe();
        var outside = SharedAnswers.once(Context.empty(), "q", call).subscribe();

        assertThat(calls).hasValue(4);
        List.of(one, other, elsewhere, outside).forEach(Disposable::dispose);
    }

    @Test
    void theFailureIsForAll() {
        var first = ask("q");
        var second = ask("q");
        assertThat(answer.tryEmitError(new IllegalStateException("down"))).isEqualTo(Sinks.EmitResult.OK);
        var late = ask("q");

        assertThat(calls).hasValue(1);
        assertThat(heard).containsExactly("down", "down", "down");
        assertThat(List.of(first, second, late)).allMatch(Disposable::isDisposed);
    }

    @Test
    void anEmptyAnswerIsForAll() {
        StepVerifier.create(Mono.zip(
                                SharedAnswers.once(
                                                pass, "q", Mono.<String>empty().hide())
                                        .defaultIfEmpty("none"),
                                SharedAnswers.once(pass, "q", Mono.<String>never())
                                        .defaultIfEmpty("none"))
                        .map(Object::toString))
                .expectNext("[none,none]")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void theCallIsCancelledOnlyWhenAllWhoWaitForItHaveGone() {
        Disposable first = ask("q");
        Disposable second = ask("q");

        first.dispose();
        assertThat(cancelled).hasValue(0);
        second.dispose();
        assertThat(cancelled).hasValue(1);

        var again = ask("q");
        assertThat(calls).as("nothing is left of the call that was cancelled").hasValue(2);
        assertThat(answer.tryEmitValue("a")).isEqualTo(Sinks.EmitResult.OK);
        assertThat(heard).containsExactly("a", "end");
        assertThat(again.isDisposed()).isTrue();
    }

    @Test
    void nothingIsAskedBeforeTheSubscription() {
        Mono<String> shared = SharedAnswers.once(pass, "q", call);

        assertThat(calls).hasValue(0);
        assertThat(shared).isNotNull();
    }

    @Test
    void whatOneNodeKeptOfAFailedPassIsForAllWhoAskTheSameWhoeverOfThemIsFirst() {
        for (boolean keeperIsFirst : List.of(true, false)) {
            calls.set(0);
            Variable leaf = new Variable("a", "a", true);
            Sinks.Empty<Void> toKeeper = Sinks.empty();
            Sinks.Empty<Void> toOther = Sinks.empty();
            AtomicInteger tries = new AtomicInteger();
            Probe failingAtFirst = Probe.of(
                    "late",
                    (context, gradients) -> tries.getAndIncrement() == 0
                            ? Mono.error(new IllegalStateException("down"))
                            : toOther.asMono().thenReturn(Probe.toAll(context, gradients)));
            Probe openAtFirst = Probe.of(
                    "early",
                    (context, gradients) -> (tries.get() == 0 ? Mono.empty() : toKeeper.asMono())
                            .thenReturn(Probe.toAll(context, gradients)));
            Mono<Void> run = Probe.passing("r")
                    .apply(openAtFirst.apply(asking().apply(leaf)), failingAtFirst.apply(asking().apply(leaf)))
                    .backward(BackwardOptions.DEFAULTS.onFailure(FailurePolicy.RUN_ALL));
            assertThat(Passes.fail(run)).hasStackTraceContaining("down");

            List<Sinks.Empty<Void>> signals = keeperIsFirst ? List.of(toKeeper, toOther) : List.of(toOther, toKeeper);
            StepVerifier.create(run)
                    .then(() -> signals.forEach(signal -> signal.tryEmitEmpty().orThrow()))
                    .expectComplete()
                    .verify(LIMIT);
            assertThat(calls).hasValue(1);
            assertThat(Passes.gradTexts(leaf)).containsExactly("answer 1", "answer 1");
        }
    }

    private Probe asking() {
        Mono<String> counted = Mono.fromSupplier(() -> "answer " + calls.incrementAndGet());
        return Probe.of(
                "asking",
                (context, gradients) -> Mono.deferContextual(
                                run -> context.once("kept", SharedAnswers.once(run, "question", counted)))
                        .map(answered -> List.of(new Variable(answered))));
    }

    @Test
    void askersThatComeAndGoFromManyThreadsLoseNoAnswer() throws Exception {
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 500; round++) {
                Context own = SharedAnswers.in(Context.empty(), 4, kept -> {});
                Mono<String> slow = Mono.fromCallable(() -> "a").delayElement(Duration.ofNanos(1_000));
                AtomicInteger answers = new AtomicInteger();
                CountDownLatch done = new CountDownLatch(threads);
                for (int thread = 0; thread < threads; thread++) {
                    boolean leaves = thread % 2 == 0;
                    pool.execute(() -> {
                        Disposable waiting = SharedAnswers.once(own, "q", slow)
                                .doFinally(end -> done.countDown())
                                .subscribe(text -> answers.incrementAndGet());
                        if (leaves) {
                            waiting.dispose();
                        }
                    });
                }
                assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
                assertThat(answers.get()).isBetween(threads / 2, threads);
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
