package io.afnio4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.openai.OpenAiProvider;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A client and a scripted server for one test each, closed after it. */
public abstract class OpenAiTestSupport {

    public static final Duration LIMIT = Duration.ofSeconds(60);
    public static final ChatRequest HELLO = ChatRequest.of(ChatMessage.user("Hello"));
    public static final String KEY = "sk-test-4f9a8b7c6d5e";

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

    protected final LoopbackServer serve(Answer... script) {
        server = LoopbackServer.answering(script);
        return server;
    }

    protected final ChatModel client(LoopbackServer of) {
        return client(of, options -> options);
    }

    protected final ChatModel client(LoopbackServer of, UnaryOperator<ClientOptions.Builder> more) {
        return client(more.apply(ClientOptions.builder().baseUrl(of.baseUrl()).apiKey(KEY))
                .build());
    }

    protected final ChatModel client(ClientOptions options) {
        model = new OpenAiProvider().create("gpt-4o", options);
        return model;
    }

    /** What a client says when the server answers so. */
    protected final ChatResponse answerTo(Answer... script) {
        return get(client(serve(script)).chat(HELLO));
    }

    /** The failure that a client reports when the server answers so. */
    protected final Throwable failureOf(Answer... script) {
        return failureOf(client(serve(script)).chat(HELLO));
    }

    public static Throwable failureOf(Mono<?> call) {
        Throwable[] failure = new Throwable[1];
        StepVerifier.create(call).consumeErrorWith(error -> failure[0] = error).verify(LIMIT);
        assertThat(failure[0]).isNotNull();
        return failure[0];
    }

    public static void run(Mono<?> call) {
        StepVerifier.create(call).expectNextCount(1).expectComplete().verify(LIMIT);
    }

    public static <T> T get(Mono<T> call) {
        return Objects.requireNonNull(call.block(LIMIT));
    }
}
