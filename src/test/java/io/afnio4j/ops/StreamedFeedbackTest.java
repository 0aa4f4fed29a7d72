package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardListener;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import io.afnio4j.picture.PassRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Feedback that is watched as it comes. */
class StreamedFeedbackTest extends FeedbackCalls {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final List<String> seen = new ArrayList<>();
    private final BackwardOptions watched = BackwardOptions.DEFAULTS
            .gradient(new Variable("bad", "feedback"))
            .listener(event -> {
                if (event instanceof BackwardEvent.FeedbackToken token) {
                    seen.add(token.role() + " " + token.sample() + ": " + token.text());
                } else if (event instanceof BackwardEvent.FeedbackReceived received) {
                    seen.add("all: " + received.gradient().text());
                }
            });

    private void pass(ChatModel model) {
        system.requiresGrad(false);
        now(answer(Inputs.of("word", "a")).backward(watched).contextWrite(client(model)::in));
    }

    private ChatChunk piece(String text) {
        return new ChatChunk(text, null, null);
    }

    private ChatChunk last(FinishReason reason) {
        return new ChatChunk("", reason, Usage.of(1, 2));
    }

    @Test
    void wordsAreAnnouncedAsTheyArriveWhereSomebodyWatches() {
        pass(new Streams(request -> Flux.just(piece("be "), piece("brief"), last(FinishReason.STOP))));

        assertThat(seen).containsExactly("prompt 0: be ", "prompt 0: brief", "all: be brief");
        assertThat(texts(prompt)).containsExactly("be brief");
    }

    @Test
    void whoeverWatchesHearsFirstHowManyCallsThePassMayTake() {
        List<BackwardEvent> events = new ArrayList<>();
        Variable first = answer(Inputs.of("word", "a"));
        Variable second = answer(Inputs.of("word", first));

        now(second.backward(watched.listener(events::add))
                .contextWrite(client(new Streams(request -> Flux.just(last(FinishReason.STOP))))::in));

        assertThat(events.get(0))
                .as("three variables of the second call, two of the first")
                .isEqualTo(new BackwardEvent.Planned(4, 5, 2));
    }

    @Test
    void nothingIsStreamedWhereNobodyWatches() {
        Streams model = new Streams(request -> Flux.error(new AssertionError("streamed")));
        system.requiresGrad(false);

        now(backward(answer(Inputs.of("word", "a")), "bad", client(model)));

        assertThat(texts(prompt)).containsExactly("in one piece");
    }

    @Test
    void whoLooksAtNodesOnlyLeavesAnswersInOnePieceUnlessSomebodyElseWatches() {
        BackwardListener nodes = new BackwardListener() {
            @Override
            public void on(BackwardEvent event) {
                seen.add(event.getClass().getSimpleName());
            }

            @Override
            public boolean watchesFeedback() {
                return false;
            }
        };
        Streams model = new Streams(request -> Flux.just(piece("be brief"), last(FinishReason.STOP)));
        system.requiresGrad(false);
        now(answer(Inputs.of("word", "a")).backward(watched.listener(nodes)).contextWrite(client(model)::in));
        assertThat(seen).containsExactly("Planned", "NodeStarted", "NodeFinished", "Finished");

        now(answer(Inputs.of("word", "b"))
                .backward(watched.listener(nodes.and(event -> {})))
                .contextWrite(client(model)::in));

        assertThat(texts(prompt)).containsExactly("in one piece", "be brief");
        assertThat(seen).contains("FeedbackToken");
    }

    @Test
    void aRecordForAPictureLeavesAnswersInOnePiece() {
        Streams model = new Streams(request -> Flux.error(new AssertionError("streamed")));
        system.requiresGrad(false);

        now(answer(Inputs.of("word", "a"))
                .backward(watched.listener(new PassRecord()))
                .contextWrite(client(model)::in));

        assertThat(texts(prompt)).containsExactly("in one piece");
    }

    @Test
    void anAnswerThatWasCutIsAnErrorAsEver() {
        ChatChunk usageAtTheEnd = new ChatChunk("", null, Usage.of(1, 2));

        assertIncomplete(
                Flux.just(piece("be "), last(FinishReason.LENGTH), usageAtTheEnd),
                "The answer of test/streams was cut at the token limit: raise max_completion_tokens, or ask for a shorter answer.");
        assertIncomplete(
                Flux.just(piece("be "), last(FinishReason.CONTENT_FILTER)),
                "The answer of test/streams was cut by the provider's content filter: change the prompt.");
    }

    private void assertIncomplete(Flux<ChatChunk> stream, String message) {
        StepVerifier.create(answer(Inputs.of("word", "a"))
                        .backward(watched)
                        .contextWrite(client(new Streams(request -> stream))::in))
                .expectErrorSatisfies(error -> assertThat(error.getCause())
                        .isInstanceOf(IncompleteAnswerException.class)
                        .hasMessage(message))
                .verify(LIMIT);
        assertThat(prompt.grad()).isEmpty();
    }

    @Test
    void aStreamThatBreaksOffIsAskedForAgainInOnePiece() {
        pass(new Streams(
                request -> Flux.just(piece("be ")).concatWith(Mono.error(new UnavailableException("cut", null)))));

        assertThat(seen).containsExactly("prompt 0: be ", "all: in one piece");
    }

    @Test
    void aListenerThatThrowsBreaksNothing() {
        system.requiresGrad(false);
        BackwardOptions broken = watched.listener(event -> {
            throw new IllegalStateException("broken listener");
        });

        now(answer(Inputs.of("word", "a"))
                .backward(broken)
                .contextWrite(client(new Streams(request -> Flux.just(piece("be brief"), last(FinishReason.STOP))))::in)
                .contextWrite(context -> context.put(
                        "reactor.onErrorDropped.local", (java.util.function.Consumer<Throwable>) dropped -> {})));

        assertThat(texts(prompt)).containsExactly("be brief");
    }

    /** A model whose streams say something else than its whole answers. */
    private record Streams(Function<ChatRequest, Flux<ChatChunk>> pieces) implements ChatModel {

        @Override
        public String name() {
            return "test/streams";
        }

        @Override
        public Mono<ChatResponse> chat(ChatRequest request) {
            assertThat(request.messages()).extracting(ChatMessage::role).contains("user");
            return Mono.just(new ChatResponse("in one piece", FinishReason.STOP, Usage.NONE, name()));
        }

        @Override
        public Flux<ChatChunk> stream(ChatRequest request) {
            return pieces.apply(request);
        }
    }
}
