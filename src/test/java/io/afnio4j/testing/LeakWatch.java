package io.afnio4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/**
 * Sees whether anything of Netty's memory is lost. A buffer that is lost on purpose, which the log shows as a leak,
 * proves that the detector would have seen others.
 */
public final class LeakWatch implements AutoCloseable {

    private static final String ON_PURPOSE = "lost on purpose";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

    public LeakWatch() {
        ByteBufUtil.setLeakListener((type, records) -> leaks.add(records));
    }

    public void assertNothingLost() {
        loseABuffer();
        StepVerifier.create(Flux.interval(Duration.ofMillis(10))
                        .doOnNext(tick -> collectGarbage())
                        .takeUntil(tick -> leaks.stream().anyMatch(leak -> leak.contains(ON_PURPOSE)))
                        .then())
                .expectComplete()
                .verify(LIMIT);
        assertThat(leaks).allSatisfy(leak -> assertThat(leak).contains(ON_PURPOSE));
    }

    private static void loseABuffer() {
        ByteBuf lost = ByteBufAllocator.DEFAULT.buffer();
        assertThat(lost.touch(ON_PURPOSE).refCnt()).isEqualTo(1);
    }

    private static void collectGarbage() {
        System.gc();
        // The detector reports when the next buffer is made.
        assertThat(ByteBufAllocator.DEFAULT.buffer().release()).isTrue();
    }

    @Override
    public void close() {
        ByteBufUtil.setLeakListener(null);
    }
}
