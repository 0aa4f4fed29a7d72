package io.afnio4j.survive;

import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Limits;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LoopbackServer;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A provider on this machine whose answers depend on nothing but the question. */
final class Provider {

    static final String KEY = "sk-survive-7b1c0d9e";

    private static final Duration LIMIT = Duration.ofSeconds(50);

    private Provider() {}

    /** The words that answer a request. */
    static String feedback(LoopbackServer.Request request) {
        return "feedback " + Integer.toHexString(request.body().hashCode());
    }

    /** Before the answer leaves, somebody is told: afterwards its caller might already have sent the next call. */
    static Answer after(long millis, Runnable leaves, LoopbackServer.Request request) {
        Answer answer = Completions.answer(feedback(request));
        return connection -> Mono.delay(Duration.ofMillis(millis))
                .doOnNext(over -> leaves.run())
                .thenMany(answer.on(connection));
    }

    static ClientOptions options(String baseUrl, int calls) {
        return ClientOptions.builder()
                .baseUrl(baseUrl)
                .apiKey(KEY)
                .limits(Limits.builder().maxConcurrency(calls).build())
                .build();
    }

    /** Runs a pass to its end. */
    static void now(Mono<Void> pass) {
        StepVerifier.create(pass).expectComplete().verify(LIMIT);
    }
}
