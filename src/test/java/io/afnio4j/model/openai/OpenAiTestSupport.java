package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A client and a scripted server for one test each, closed after it. */
abstract class OpenAiTestSupport {

    static final Duration LIMIT = Duration.ofSeconds(60);
    static final ChatRequest HELLO = ChatRequest.of(ChatMessage.user("Hello"));
    static final String KEY = "sk-test-4f9a8b7c6d5e";

    private @Nullable LoopbackServer server;
    private @Nullable ChatModel model;

    @AfterEach
    void closeBoth() {
        if (model != null) {
            model.close();
        }
        if (server != null) {
            server.close();
        }
    }

    final LoopbackServer serve(Answer... script) {
        server = LoopbackServer.answering(script);
        return server;
    }

    final ChatModel client(LoopbackServer of) {
        return client(of, options -> options);
    }

    final ChatModel client(LoopbackServer of, UnaryOperator<ClientOptions.Builder> more) {
        return client(more.apply(ClientOptions.builder().baseUrl(of.baseUrl()).apiKey(KEY))
                .build());
    }

    final ChatModel client(ClientOptions options) {
        model = new OpenAiProvider(() -> null).create("gpt-4o", options);
        return model;
    }

    /** What a client says when the server answers so. */
    final ChatResponse answerTo(Answer... script) {
        return get(client(serve(script)).chat(HELLO));
    }

    /** The failure that a client reports when the server answers so. */
    final Throwable failureOf(Answer... script) {
        return failureOf(client(serve(script)).chat(HELLO));
    }

    static Throwable failureOf(Mono<?> call) {
        Throwable[] failure = new Throwable[1];
        StepVerifier.create(call).consumeErrorWith(error -> failure[0] = error).verify(LIMIT);
        assertThat(failure[0]).isNotNull();
        return failure[0];
    }

    static void run(Mono<?> call) {
        StepVerifier.create(call).expectNextCount(1).expectComplete().verify(LIMIT);
    }

    static <T> T get(Mono<T> call) {
        return Objects.requireNonNull(call.block(LIMIT));
    }
}
