package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.ModelPath;
import io.afnio4j.model.ModelProvider;
import io.afnio4j.model.Usage;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class OpenAiChatModelTest extends OpenAiTestSupport {

    @Test
    void isFoundAsTheProviderOfOpenaiPaths() {
        ModelProvider provider = ModelPath.parse("openai/gpt-4o").resolve();

        assertThat(provider).isInstanceOf(OpenAiProvider.class);
    }

    @Test
    void answersWithTextReasonUsageAndTheModelThatAnswered() {
        ChatResponse answer = answerTo(Completions.answer("Grüße, 世界 🙂"));

        assertThat(answer)
                .isEqualTo(new ChatResponse(
                        "Grüße, 世界 🙂", FinishReason.STOP, new Usage(11, 3, 7, 2), "gpt-4o-2024-08-06"));
    }

    @Test
    void sendsKeyOrganizationAndOwnHeaders() {
        LoopbackServer server = serve(Completions.answer("yes"));

        run(client(server, options -> options.organization("org-1").header("X-Title", "test"))
                .chat(HELLO));

        LoopbackServer.Request request = server.onlyRequest();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.uri()).isEqualTo("/v1/chat/completions");
        assertThat(request.header("authorization")).isEqualTo("Bearer " + KEY);
        assertThat(request.header("openai-organization")).isEqualTo("org-1");
        assertThat(request.header("x-title")).isEqualTo("test");
        assertThat(request.header("content-type")).isEqualTo("application/json");
        assertThat(request.header("user-agent")).isEqualTo("afnio4j");
        assertThat(request.header("accept-encoding")).contains("gzip");
        assertThat(request.headers().contains("transfer-encoding")).isFalse();
    }

    @Test
    void letsTheCallersHeadersReplaceItsOwn() {
        LoopbackServer server = serve(Completions.answer("yes"));

        run(client(
                        server,
                        options -> options.header("authorization", "Basic eA==").header("User-Agent", "mine"))
                .chat(HELLO));

        assertThat(server.onlyRequest().headers().getAll("Authorization")).containsExactly("Basic eA==");
        assertThat(server.onlyRequest().headers().getAll("User-Agent")).containsExactly("mine");
    }

    @Test
    void sendsNothingBeforeItIsSubscribedAndSendsAnewForEachSubscription() {
        LoopbackServer server = serve(Completions.answer("yes"));
        Mono<ChatResponse> call =
                client(server, options -> options.maxConcurrency(1)).chat(HELLO);
        assertThat(server.connections()).isZero();

        run(call);
        run(call);

        assertThat(server.requests()).hasSize(2);
        assertThat(server.connections()).as("the connection is kept").isEqualTo(1);
    }

    @Test
    void opensNoMoreConnectionsThanCallsMayBeInFlightAndRefusesNobody() {
        LoopbackServer server = serve(Completions.answer("yes"));
        ChatModel model = client(server, options -> options.maxConcurrency(2));

        StepVerifier.create(
                        Flux.range(0, 500).flatMap(i -> model.chat(HELLO), 500).count())
                .expectNext(500L)
                .expectComplete()
                .verify(LIMIT);

        assertThat(server.requests()).hasSize(500);
        assertThat(server.connections()).isLessThanOrEqualTo(2);
    }

    @Test
    void readsAnAnswerThatIsZipped() {
        assertThat(answerTo(Answer.gzipped(Completions.saying("zipped"))).text())
                .isEqualTo("zipped");
    }

    @Test
    void readsCharactersThatTheNetworkCutInTwo() {
        byte[] body = Completions.saying("世界🙂").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        byte[][] pieces = new byte[body.length + 1][];
        pieces[0] = ("HTTP/1.1 200 OK\r\ncontent-length: " + body.length + "\r\n\r\n")
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        for (int i = 0; i < body.length; i++) {
            pieces[i + 1] = new byte[] {body[i]};
        }

        assertThat(answerTo(Answer.raw(pieces)).text()).isEqualTo("世界🙂");
    }

    @Test
    void readsAnAnswerWithHeadersOfAHundredKilobytes() {
        assertThat(answerTo(Answer.json(200, Completions.saying("yes"), "x-long: " + "h".repeat(100_000)))
                        .text())
                .isEqualTo("yes");
    }

    @Test
    void closesTheConnectionOfACallThatIsCancelled() {
        LoopbackServer server = serve(Answer.nothing());

        StepVerifier.create(client(server).chat(HELLO))
                .expectSubscription()
                .then(() -> run(server.firstRequest()))
                .thenCancel()
                .verify(LIMIT);

        StepVerifier.create(server.firstEnd()).expectComplete().verify(LIMIT);
    }

    @Test
    void givesTheConnectionOfACancelledCallToTheNextOne() {
        LoopbackServer server = serve(Answer.nothing(), Completions.answer("next"));
        ChatModel model = client(server, options -> options.maxConcurrency(1));

        StepVerifier.create(model.chat(HELLO))
                .expectSubscription()
                .then(() -> run(server.firstRequest()))
                .thenCancel()
                .verify(LIMIT);

        assertThat(get(model.chat(HELLO)).text()).isEqualTo("next");
    }

    @Test
    void sendsARequestOnceWhenTheServerHasClosedTheKeptConnection() {
        LoopbackServer server = serve(Completions.answer("first").then(Answer.close()), Completions.answer("second"));
        ChatModel model = client(server);
        run(model.chat(HELLO));
        StepVerifier.create(server.firstEnd()).expectComplete().verify(LIMIT);

        // Either the client has seen the end and opens a new connection, or it hasn't and says so: it never sends
        // twice.
        Throwable[] failure = new Throwable[1];
        ChatResponse answer = model.chat(HELLO)
                .onErrorResume(UnavailableException.class, error -> {
                    failure[0] = error;
                    return Mono.empty();
                })
                .block(LIMIT);

        assertThat(answer == null).isEqualTo(failure[0] != null);
        assertThat(server.requests()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void sendsARequestOnceWhenTheConnectionIsResetBeforeAnAnswer() {
        LoopbackServer server = serve(Answer.reset(), Completions.answer("never asked"));

        assertThat(failureOf(client(server).chat(HELLO))).isInstanceOf(UnavailableException.class);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void refusesCallsAfterItWasClosedAndToleratesASecondClose() {
        LoopbackServer server = serve(Completions.answer("yes"));
        ChatModel model = client(server);
        run(model.chat(HELLO));

        model.close();
        model.close();

        assertThat(failureOf(model.chat(HELLO)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The client of openai/gpt-4o was closed. Build a new one.");
        StepVerifier.create(server.firstEnd()).expectComplete().verify(LIMIT);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void refusesOptionsThatWouldReplaceTheRequestItself() {
        ChatModel model = client(serve(Completions.answer("yes")));

        for (String name : List.of("model", "messages", "stream")) {
            ChatRequest request =
                    new ChatRequest(List.of(ChatMessage.user("Hello")), CompletionOptions.NONE.with(name, "other"));
            assertThatThrownBy(() -> model.chat(request))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + name + "'");
            assertThatThrownBy(() -> model.stream(request)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void showsNothingButThePathOfItsModel() {
        assertThat(client(serve(Completions.answer("yes")))).hasToString("ChatModel[openai/gpt-4o]");
    }
}
