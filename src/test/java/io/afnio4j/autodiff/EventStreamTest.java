package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Events for observers of all speeds; those that are written in small letters have little weight. */
class EventStreamTest {

    private static final int KEPT = EventStream.KEPT;

    private static Flux<String> events(Consumer<Consumer<String>> work) {
        return EventStream.of(
                tell -> Mono.fromRunnable(() -> work.accept(tell)), event -> Character.isLowerCase(event.charAt(0)));
    }

    /** What an observer gets who looks only when all is over. */
    private static List<String> seenLate(Consumer<Consumer<String>> work) {
        LateObserver<String> late = new LateObserver<>();
        events(work).subscribe(late);
        assertThat(late.seen).isEmpty();
        late.requestUnbounded();
        assertThat(late.isDisposed()).isTrue();
        return late.seen;
    }

    private static List<String> numbered(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> name + i).toList();
    }

    @Test
    void aSlowObserverGetsAllAsLongAsItIsNotTooMuch() {
        List<String> told = Stream.concat(numbered("word", KEPT - 2).stream(), Stream.of("Weighty", "word"))
                .toList();

        assertThat(seenLate(told::forEach)).isEqualTo(told);
    }

    @Test
    void wordsAreDroppedFirstTheOldestOnesBeforeTheOthers() {
        List<String> seen = seenLate(tell -> {
            tell.accept("Planned");
            numbered("word", KEPT).forEach(tell);
            numbered("Weighty", 10).forEach(tell);
            tell.accept("word last");
        });

        assertThat(seen).hasSize(KEPT).startsWith("Planned", "word12").endsWith("Weighty9", "word last");
        assertThat(seen).containsAll(numbered("Weighty", 10));
    }

    @Test
    void whereNoWordIsLeftTheOldestEventsGo() {
        List<String> seen = seenLate(tell -> {
            tell.accept("word");
            numbered("Weighty", KEPT + 3).forEach(tell);
        });

        assertThat(seen).isEqualTo(numbered("Weighty", KEPT + 3).subList(3, KEPT + 3));
    }

    @Test
    void theWorkGoesOnWhileAnObserverBlocks() {
        CountDownLatch ended = new CountDownLatch(1);
        Flux<String> watched = events(tell -> {
                    tell.accept("First");
                    tell.accept("Second");
                    ended.countDown();
                })
                .doOnNext(event ->
                        assertThat(event.equals("First") || waitFor(ended)).isTrue());

        StepVerifier.create(watched)
                .expectNext("First", "Second")
                .expectComplete()
                .verify(Passes.LIMIT);
    }

    private static boolean waitFor(CountDownLatch latch) {
        try {
            return latch.await(Passes.LIMIT.toMillis() / 2, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }

    /** As long as a test runs, all that may block has one thread. */
    private static void withOneThread(Runnable test) {
        Schedulers.Snapshot before = Schedulers.setFactoryWithSnapshot(new Schedulers.Factory() {
            @Override
            public Scheduler newBoundedElastic(int most, int queued, ThreadFactory threads, int seconds) {
                return Schedulers.Factory.super.newBoundedElastic(1, queued, threads, seconds);
            }
        });
        try {
            test.run();
        } finally {
            Schedulers.resetFrom(before);
        }
    }

    @Test
    void aSlowObserverLetsOthersHaveItsThreadBetweenTwoEvents() {
        List<String> done = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch told = new CountDownLatch(1);
        Flux<String> watched = events(tell -> {
                    List.of("First", "Second", "Third").forEach(tell);
                    told.countDown();
                })
                .doOnNext(event -> {
                    done.add(event);
                    if (event.equals("Second")) {
                        assertThat(waitFor(told)).isTrue();
                        var unused = Schedulers.boundedElastic().schedule(() -> done.add("a file is written"));
                        long since = System.nanoTime();
                        while (System.nanoTime() - since < Duration.ofMillis(2).toNanos()) {
                            Thread.onSpinWait();
                        }
                    }
                });

        withOneThread(() -> StepVerifier.create(watched.then()).expectComplete().verify(Passes.LIMIT));

        assertThat(done).containsExactly("First", "Second", "a file is written", "Third");
    }

    @Test
    void anErrorComesBehindTheEvents() {
        Flux<String> failing = EventStream.of(
                tell -> Mono.fromRunnable(() -> tell.accept("told"))
                        .then(Mono.error(new IllegalStateException("lost"))),
                event -> false);

        StepVerifier.create(failing, 0)
                .expectSubscription()
                .thenRequest(1)
                .expectNext("told")
                .expectErrorMessage("lost")
                .verify(Passes.LIMIT);
    }

    @Test
    void workThatCannotBeginFailsTheEvents() {
        StepVerifier.create(EventStream.<String>of(
                        tell -> {
                            throw new IllegalStateException("no work");
                        },
                        event -> false))
                .expectErrorMessage("no work")
                .verify(Passes.LIMIT);
    }

    @Test
    void cancellingTheEventsCancelsTheWork() {
        AtomicBoolean cancelled = new AtomicBoolean();
        Flux<String> endless = EventStream.of(
                tell -> {
                    tell.accept("begun");
                    return Mono.never().doOnCancel(() -> cancelled.set(true));
                },
                event -> false);

        StepVerifier.create(endless).expectNext("begun").thenCancel().verify(Passes.LIMIT);

        assertThat(cancelled).isTrue();
    }

    @Test
    void whoAsksForOneMoreInTheMidstOfAnEventMakesNoDeepStack() {
        StepVerifier.create(events(numbered("word", KEPT)::forEach).limitRate(1), 0)
                .expectSubscription()
                .thenRequest(Long.MAX_VALUE)
                .expectNextCount(KEPT)
                .expectComplete()
                .verify(Passes.LIMIT);
    }

    @Test
    void theWorkSeesTheContextOfWhoWatches() {
        Flux<String> work = EventStream.of(
                tell -> Mono.deferContextual(context -> {
                    tell.accept(context.get("tenant"));
                    return Mono.empty();
                }),
                event -> false);

        StepVerifier.create(work.contextWrite(context -> context.put("tenant", "blue")))
                .expectNext("blue")
                .expectComplete()
                .verify(Passes.LIMIT);
    }
}
