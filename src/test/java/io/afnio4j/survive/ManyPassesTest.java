package io.afnio4j.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.ModelClient;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.LoopbackServer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Many passes on one client. */
class ManyPassesTest {

    private static final int PASSES = 200;
    private static final int THREADS = 8;
    private static final int CHAINS = 3; // as many calls as one pass has on their way at once

    private final AtomicInteger flying = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final Set<String> starters = ConcurrentHashMap.newKeySet();

    private Answer answer(LoopbackServer.Request request) {
        int now = flying.incrementAndGet();
        most.accumulateAndGet(now, Math::max);
        return Provider.after(ThreadLocalRandom.current().nextInt(3), flying::decrementAndGet, request);
    }

    private static List<Program> programs() {
        return IntStream.range(0, PASSES)
                .mapToObj(i -> Program.of("pass " + i, CHAINS, 2))
                .toList();
    }

    @Test
    void twoHundredAtOnceFromEightThreadsHaveTheResultsThatEachHasAlone() {
        List<Program> alone = programs();
        List<Program> together = programs();
        Scheduler threads = Schedulers.newParallel("passes", THREADS);
        try (LoopbackServer provider = LoopbackServer.reacting(this::answer);
                ModelClient model = ModelClient.of("openai/gpt-4o", Provider.options(provider.baseUrl(), PASSES))) {
            alone.forEach(program -> Provider.now(program.backward(model)));
            assertThat(most.getAndSet(0)).isLessThanOrEqualTo(CHAINS);
            StepVerifier.create(Flux.fromIterable(together)
                            .parallel(THREADS)
                            .runOn(threads)
                            .doOnNext(program ->
                                    starters.add(Thread.currentThread().getName()))
                            .flatMap(program -> program.backward(model))
                            .then())
                    .expectComplete()
                    .verify(Duration.ofSeconds(50));
            assertThat(provider.requests()).hasSize(2 * PASSES * 6);
            assertThat(most.get()).as("calls of several passes at once").isGreaterThan(CHAINS);
            assertThat(starters).hasSize(THREADS);
        } finally {
            threads.dispose();
        }
        assertThat(together)
                .extracting(Program::gradients)
                .isEqualTo(alone.stream().map(Program::gradients).toList());
        assertThat(alone.get(0).gradients())
                .hasSize(3)
                .isNotEqualTo(alone.get(1).gradients());
    }
}
