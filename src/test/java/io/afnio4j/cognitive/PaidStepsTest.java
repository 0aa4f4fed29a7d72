package io.afnio4j.cognitive;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.MemoryCache;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.model.limit.ResilienceListener;
import io.afnio4j.model.limit.ResilientChatModel;
import io.afnio4j.model.script.ScriptedChatModel;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Inputs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Steps that ask a model, where one fails or all are cancelled: what is asked, and what becomes of the answers. */
class PaidStepsTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final MemoryCache cache = MemoryCache.of(100);
    private final ScriptedChatModel wire = ScriptedChatModel.builder()
            .responding(request -> text(request).equals("bad")
                    ? Mono.error(new RejectedRequestException("no"))
                    : Mono.just(answer("re: " + text(request))).delayElement(Duration.ofSeconds(1), scheduler()))
            .build();

    private VirtualTimeScheduler scheduler() {
        return time;
    }

    private static ChatResponse answer(String text) {
        return new ChatResponse(text, FinishReason.STOP, Usage.of(1, 1), "script");
    }

    private static String text(ChatRequest request) {
        return request.messages().get(0).text();
    }

    private ResilientChatModel client(int places) {
        ClientOptions options =
                ClientOptions.builder().maxConcurrency(places).cache(cache).build();
        return Resilience.around(wire, options, new UsageMeter(), ResilienceListener.NONE, time);
    }

    private static Mono<String> ask(ResilientChatModel client, String text) {
        return client.chat(ChatRequest.of(ChatMessage.user(text))).map(ChatResponse::text);
    }

    private List<String> asked() {
        return wire.requests().stream().map(PaidStepsTest::text).toList();
    }

    @Test
    void aFailureCallsOffWhatRunningStepsWouldAskNextAndKeepsWhatTheyHaveAsked() {
        ResilientChatModel client = client(10);
        MapOver<String, String> twice = MapOver.of(text -> ask(client, text).flatMap(answer -> ask(client, answer)));

        StepVerifier.create(twice.over(List.of("a", "bad")))
                .expectSubscription()
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(1)))
                .expectErrorSatisfies(
                        failure -> assertThat(failure).hasMessage("no").hasNoSuppressedExceptions())
                .verify(LIMIT);

        assertThat(asked()).containsExactly("a", "bad");
        StepVerifier.create(ask(client, "a"))
                .expectNext("re: a")
                .expectComplete()
                .verify(LIMIT);
        assertThat(wire.calls()).isEqualTo(2);
    }

    @Test
    void aFailureCallsOffWhatABackwardPassWouldAskNext() {
        BackwardClient critic = new BackwardClient(client(10), CompletionOptions.NONE);
        Variable first = answered("one", Inputs.NONE);
        Variable last = answered("two {x}", Inputs.NONE.and("x", first));
        Mono<Variable> pass = last.backward(BackwardOptions.DEFAULTS.gradient(new Variable("worse", "feedback")))
                .contextWrite(critic::in)
                .thenReturn(last);

        StepVerifier.create(Parallel.of(pass, ask(client(10), "bad").then(Mono.empty())))
                .expectSubscription()
                .then(() -> time.advanceTimeBy(Duration.ofMinutes(1)))
                .expectErrorMessage("no")
                .verify(LIMIT);

        assertThat(wire.calls()).isEqualTo(3); // about the last answer's two inputs, and the one that failed
    }

    private static Variable answered(String prompt, Inputs inputs) {
        return now(ChatCompletion.of(
                        ScriptedChatModel.answering("done"),
                        List.of(Message.user(new Parameter(prompt, "prompt"))),
                        inputs)
                .run());
    }

    @Test
    void aFailureIsToldWithoutWaitingForTheTurnsOfWhatIsCalledOff() {
        ResilientChatModel client = client(1);
        var others = MapOver.of((String text) -> ask(client, text))
                .over(IntStream.range(0, 5).mapToObj(i -> "other " + i).toList())
                .subscribe();

        StepVerifier.create(Parallel.of(ask(client, "mine"), Mono.error(new IllegalStateException("broken"))))
                .expectErrorMessage("broken")
                .verify(LIMIT);

        assertThat(client.load().queued()).isEqualTo(4);
        others.dispose();
    }

    @Test
    void cancellingSendsNothingThatWaited() {
        ResilientChatModel client = client(2);
        MapOver.of((String text) -> ask(client, text))
                .over(List.of("a", "b", "c", "d", "e"))
                .subscribe()
                .dispose();

        assertThat(asked()).containsExactly("a", "b");
        assertThat(client.load().queued()).isZero();
        assertThat(client.load().inFlight()).isZero();
    }

    @Test
    void manyCallsThatAreCalledOffTakeNoStack() {
        ResilientChatModel client = client(1);
        var running = ask(client, "a").subscribe();
        List<Mono<String>> many = new ArrayList<>();
        IntStream.range(0, 2_000).forEach(i -> many.add(ask(client, "b" + i)));
        many.add(Mono.error(new IllegalStateException("broken")));

        StepVerifier.create(Parallel.of(many)).expectErrorMessage("broken").verify(LIMIT);
        running.dispose();
    }
}
