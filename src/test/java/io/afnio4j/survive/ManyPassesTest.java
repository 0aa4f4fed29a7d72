package io.afnio4j.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.ModelClient;
import io.afnio4j.testing.LoopbackServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
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

    private static List<Program> programs() {
        return IntStream.range(0, PASSES)
                .mapToObj(i -> Program.of("pass " + i, 3, 2))
                .toList();
    }

    @Test
    void twoHundredAtOnceFromEightThreadsHaveTheResultsThatEachHasAlone() {
        List<Program> alone = programs();
        List<Program> together = programs();
        Scheduler threads = Schedulers.newParallel("passes", THREADS);
        try (LoopbackServer provider = LoopbackServer.reacting(
                        request -> Provider.after(ThreadLocalRandom.current().nextInt(3), () -> {}, request));
                ModelClient model = ModelClient.of("openai/gpt-4o", Provider.options(provider.baseUrl(), PASSES))) {
            alone.forEach(program -> Provider.now(program.backward(model)));
            StepVerifier.create(Flux.fromIterable(together)
                            .parallel(THREADS)
                            .runOn(threads)
                            .flatMap(program -> program.backward(model))
                            .then())
                    .expectComplete()
                    .verify(Duration.ofSeconds(50));
            assertThat(provider.requests()).hasSize(2 * PASSES * 6);
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
