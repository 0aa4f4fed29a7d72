package io.afnio4j.model.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ChatModel;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.OpenAiTestSupport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * Nothing of Netty's memory is lost, however a call ends. A buffer that is lost on purpose, which the log shows as a leak, proves that the
 * detector would have seen others.
 */
class BufferLeakTest extends OpenAiTestSupport {

    private static final String ON_PURPOSE = "lost on purpose";

    private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void listen() {
        ByteBufUtil.setLeakListener((type, records) -> leaks.add(records));
    }

    @AfterEach
    void stopListening() {
        ByteBufUtil.setLeakListener(null);
    }

    @Test
    void losesNoBufferHoweverACallEnds() {
        String stop = Completions.word("Hello") + Completions.stop();
        for (Answer answer : new Answer[] {
            Completions.answer("yes"),
            Answer.gzipped(Completions.saying("x".repeat(100_000))),
            Answer.json(500, "x".repeat(100_000)),
            Answer.ok("{\"choices\":" + "x".repeat(100_000)),
            Answer.events(stop, Completions.done()),
            Answer.unfinishedEvents(stop).then(Answer.close()),
            Answer.events(stop, "data: {\n\n", stop),
            Answer.raw("HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n{\"a\"").then(Answer.reset())
        }) {
            ChatModel model = client(serve(answer));
            settle(model.chat(HELLO));
            settle(model.stream(HELLO).collectList());
            settle(model.stream(HELLO).next());
            settle(model.chat(HELLO).timeout(Duration.ofMillis(1)));
        }

        loseABuffer();

        StepVerifier.create(Flux.interval(Duration.ofMillis(10))
                        .doOnNext(tick -> collectGarbage())
                        .takeUntil(tick -> leaks.stream().anyMatch(leak -> leak.contains(ON_PURPOSE)))
                        .then())
                .expectComplete()
                .verify(LIMIT);
        assertThat(leaks).allSatisfy(leak -> assertThat(leak).contains(ON_PURPOSE));
    }

    private static void settle(Mono<?> call) {
        StepVerifier.create(call.onErrorComplete().then()).expectComplete().verify(LIMIT);
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
}
