package io.afnio4j.model.http;

import io.afnio4j.model.ChatModel;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LeakWatch;
import io.afnio4j.testing.OpenAiTestSupport;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Nothing of Netty's memory is lost, however a call ends. */
class BufferLeakTest extends OpenAiTestSupport {

    @Test
    void losesNoBufferHoweverACallEnds() {
        String stop = Completions.word("Hello") + Completions.stop();
        try (LeakWatch watch = new LeakWatch()) {
            for (Answer answer : new Answer[] {
                Completions.answer("yes"),
                Answer.gzipped(Completions.saying("x".repeat(100_000))),
                Answer.json(500, "x".repeat(100_000)),
                Answer.ok("{\"choices\":" + "x".repeat(100_000)),
                Answer.events(stop, Completions.done()),
                Answer.unfinishedEvents(stop).then(Answer.close()),
                Answer.events(stop, "data: {\n\n", stop),
                Answer.raw("HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n{\"a\"")
                        .then(Answer.reset())
            }) {
                ChatModel model = client(serve(answer));
                settle(model.chat(HELLO));
                settle(model.stream(HELLO).collectList());
                settle(model.stream(HELLO).next());
                settle(model.chat(HELLO).timeout(Duration.ofMillis(1)));
            }
            watch.assertNothingLost();
        }
    }

    private static void settle(Mono<?> call) {
        StepVerifier.create(call.onErrorComplete().then()).expectComplete().verify(LIMIT);
    }
}
