package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.context.Priority;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.Limits;
import io.afnio4j.model.script.ScriptedChatModel;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The laws of the door under real threads, which meet in it. They are reactive threads: BlockHound sees to it that none
 * is held.
 */
class AdmissionHammerTest {

    private static final int THREADS = 4;
    private static final int CALLS = 5_000;
    private static final int PLACES = 3;

    private final Scheduler threads = Schedulers.newParallel("hammer", THREADS);
    private final CountDownLatch ended = new CountDownLatch(THREADS * CALLS);

    private final ScriptedChatModel wire = ScriptedChatModel.builder()
            .responding(request -> switch (Math.floorMod(
                    ManualChatModel.textOf(request).hashCode(), 4)) {
                case 0 -> Mono.just(ManualChatModel.response("at once"));
                case 1 -> Mono.error(new UnavailableException("down", null));
                case 2 ->
                    Mono.fromCallable(() -> ManualChatModel.response("elsewhere"))
                            .subscribeOn(threads);
                default -> Mono.delay(Duration.ofNanos(50_000), threads).thenReturn(ManualChatModel.response("later"));
            })
            .build();

    @AfterEach
    void stop() {
        threads.dispose();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2_000_000_000})
    void neverLetsTooManyInNeverLosesACallerAndNeverLeaksAPlace(int perMinute) throws InterruptedException {
        Limits options = Limits.builder()
                .maxConcurrency(PLACES)
                .requestsPerMinute(perMinute)
                .build();
        AdmissionChatModel door = new AdmissionChatModel(wire, options, threads);
        for (int thread = 0; thread < THREADS; thread++) {
            SplittableRandom chance = new SplittableRandom(thread);
            threads.schedule(() -> hammer(door, chance));
        }

        assertThat(ended.await(60, TimeUnit.SECONDS))
                .as("every caller hears an end; %s haven't", ended.getCount())
                .isTrue();
        assertThat(wire.mostInFlight()).isLessThanOrEqualTo(PLACES);
        // A cancelled call hears its end at once; its place may come back a moment later, from another thread.
        threads.disposeGracefully().block(Duration.ofSeconds(60));
        assertThat(door.inFlight()).isZero();
        assertThat(door.queued()).isZero();
    }

    private void hammer(AdmissionChatModel door, SplittableRandom chance) {
        for (int call = 0; call < CALLS; call++) {
            int priority = chance.nextInt(5);
            Disposable subscription = Mono.from(
                            chance.nextBoolean() ? door.chat(ask("call " + call)) : door.stream(ask("call " + call)))
                    .contextWrite(context -> Priority.put(context, priority))
                    .doFinally(end -> ended.countDown())
                    .subscribe(answer -> {}, failure -> {});
            switch (chance.nextInt(4)) {
                case 0 -> subscription.dispose();
                case 1 -> threads.schedule(subscription::dispose);
                default -> {}
            }
        }
    }
}
