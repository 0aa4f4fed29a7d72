package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.AfnioException;
import io.afnio4j.error.AuthenticationException;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.EndpointFailedException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.error.UnknownModelException;
import io.afnio4j.error.UnsupportedRequestException;
import io.afnio4j.model.Breaker;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Limits;
import io.afnio4j.model.Usage;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.script.ScriptedChatModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class FallbackChatModelTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ScriptedChatModel second = ScriptedChatModel.by(request -> "second");

    private static ChatModel failing(Throwable failure) {
        return ScriptedChatModel.builder()
                .responding(request -> Mono.error(failure))
                .build();
    }

    @Test
    void asksTheSecondWhereTheFirstCannotBeHad() {
        for (Throwable failure : List.of(
                new UnavailableException("down", null),
                new EndpointFailedException("down for good"),
                new UnknownModelException("who?"),
                new UnsupportedRequestException("what?"))) {
            ChatModel model = FallbackChatModel.of(failing(failure), second);
            StepVerifier.create(model.chat(ask("a")).map(ChatResponse::text))
                    .expectNext("second")
                    .expectComplete()
                    .verify(LIMIT);
            StepVerifier.create(model.stream(ask("a")).map(ChatChunk::text))
                    .expectNext("second", "")
                    .expectComplete()
                    .verify(LIMIT);
        }
    }

    @Test
    void doesNotAskTheSecondWhereTheRequestOrTheKeyIsAtFault() {
        for (Throwable failure :
                List.of(new RejectedRequestException("no"), new AuthenticationException("who are you?"))) {
            StepVerifier.create(FallbackChatModel.of(failing(failure), second).chat(ask("a")))
                    .expectErrorSatisfies(thrown -> assertThat(thrown).isSameAs(failure))
                    .verify(LIMIT);
        }
        assertThat(second.calls()).isZero();
    }

    @Test
    void failsWithTheSecondsFailureAndRemembersTheFirsts() {
        UnavailableException first = new UnavailableException("first", null);
        UnavailableException last = new UnavailableException("last", null);
        StepVerifier.create(FallbackChatModel.of(failing(first), failing(last)).chat(ask("a")))
                .expectErrorSatisfies(
                        thrown -> assertThat(thrown).isSameAs(last).hasSuppressedException(first))
                .verify(LIMIT);
    }

    /** Fails, a stream after its first piece. */
    private ChatModel breaking(ChatChunk first, AfnioException cut) {
        return new ChatModelDecorator(second) {
            @Override
            public Mono<ChatResponse> chat(ChatRequest request) {
                return Mono.error(cut);
            }

            @Override
            public Flux<ChatChunk> stream(ChatRequest request) {
                return Flux.just(first).concatWith(Flux.error(cut));
            }
        };
    }

    @Test
    void leavesAStreamThatHasBegunAsItIs() {
        BrokenAnswerException cut = new BrokenAnswerException("cut", null);
        ChatModel cutting = breaking(new ChatChunk("one ", null, null), cut);
        StepVerifier.create(
                        FallbackChatModel.of(cutting, second).stream(ask("a")).map(ChatChunk::text))
                .expectNext("one ")
                .expectErrorSatisfies(thrown -> assertThat(thrown).isSameAs(cut))
                .verify(LIMIT);
    }

    @Test
    void asksTheSecondAfterAStreamThatToldNothingButItsUsage() {
        ChatChunk usage = new ChatChunk("", null, Usage.of(5, 0));
        AfnioException cut = new BrokenAnswerException("Cut.", null);
        ChatModel silent = breaking(usage, cut);
        StepVerifier.create(
                        FallbackChatModel.of(silent, second).stream(ask("a")).map(ChatChunk::text))
                .expectNext("", "second", "")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void goesOverAtOnceWhereTheBreakerOfTheFirstIsOpen() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create(); // stands still
        ClientOptions options = ClientOptions.builder()
                .limits(Limits.builder()
                        .breaker(new Breaker(50, 1, Duration.ofSeconds(10)))
                        .maxRetries(0)
                        .build())
                .build();
        ChatModel dead = Resilience.around(
                failing(new UnavailableException("down", null)),
                options,
                new UsageMeter(),
                ResilienceListener.NONE,
                time);
        assertThat(dead.chat(ask("a"))
                        .map(ChatResponse::text)
                        .onErrorReturn("failed")
                        .block(LIMIT))
                .isEqualTo("failed");

        ChatModel model = FallbackChatModel.of(dead, second);

        StepVerifier.create(model.chat(ask("a")).map(ChatResponse::text))
                .expectNext("second")
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.create(model.stream(ask("a")).map(ChatChunk::text))
                .expectNext("second", "")
                .expectComplete()
                .verify(LIMIT);
        List<String> heard = new ArrayList<>();
        var unused = FallbackChatModel.of(dead, second, failure -> false)
                .chat(ask("a"))
                .subscribe(answer -> heard.add("answered"), failure -> heard.add("failed"));
        assertThat(heard).as("who doesn't go over waits as ever").isEmpty();
    }
}
