package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.Allowance;
import io.afnio4j.model.Budget;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Limits;
import io.afnio4j.model.Price;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.script.Fault;
import io.afnio4j.model.script.FaultyChatModel;
import io.afnio4j.model.script.ScriptedChatModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class TimeoutChatModelTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ScriptedChatModel wire = ScriptedChatModel.by(request -> "two words");
    private final UsageMeter meter = new UsageMeter();

    private ChatModel client(ChatModel model, Limits.Builder limits) {
        return Resilience.around(
                model, ClientOptions.builder().limits(limits.build()).build(), meter);
    }

    private static Limits.Builder attempt() {
        return Limits.builder().attemptTimeout(Duration.ofSeconds(3));
    }

    @Test
    void anAttemptThatTakesTooLongIsCancelledCountedAndTriedAgain() {
        StepVerifier.withVirtualTime(() -> client(
                                FaultyChatModel.planned(wire, Fault.late(Duration.ofHours(1))), attempt())
                        .chat(ask("a"))
                        .map(ChatResponse::text))
                .thenAwait(Duration.ofSeconds(4))
                .expectNext("two words")
                .expectComplete()
                .verify(LIMIT);
        assertThat(meter.total().cancelled()).isEqualTo(1);
        assertThat(meter.total().calls()).isEqualTo(1);
    }

    @Test
    void aStreamedAttemptIsLimitedAsAWhole() {
        StepVerifier.withVirtualTime(() ->
                        client(FaultyChatModel.planned(wire, Fault.late(Duration.ofHours(1))), attempt()).stream(
                                        ask("a"))
                                .map(chunk -> chunk.text()))
                .thenAwait(Duration.ofSeconds(4))
                .expectNext("two ", "words", "")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void theTimeOfAnAttemptDoesNotRunWhileItQueues() {
        StepVerifier.withVirtualTime(() -> {
                    ScriptedChatModel slow = ScriptedChatModel.builder()
                            .by(request -> "fine")
                            .delay(Duration.ofSeconds(2))
                            .build();
                    ChatModel model = client(slow, attempt().maxConcurrency(1).maxRetries(0));
                    return Mono.when(model.chat(ask("a")), model.chat(ask("b")), model.chat(ask("c")));
                })
                .thenAwait(Duration.ofSeconds(6))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void aCallIsLimitedWithAllItsAttemptsAndItsTimeInTheQueue() {
        ManualChatModel manual = new ManualChatModel();
        StepVerifier.withVirtualTime(() -> {
                    ChatModel model =
                            client(manual, Limits.builder().maxConcurrency(1).callTimeout(Duration.ofSeconds(5)));
                    var unused = model.chat(ask("a")).subscribe(answer -> {}, failure -> {});
                    return model.chat(ask("b"));
                })
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(4_999))
                .thenAwait(Duration.ofMillis(1))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(UnavailableException.class)
                        .hasMessage("The call to manual/model took longer than 5.0 s, the longest that Limits allow."))
                .verify(LIMIT);
        assertThat(manual.live()).isZero();
    }

    @Test
    void aStreamThatTakesTooLongIsCancelledAndGivesBackAllThatItHolds() {
        ClientOptions options = ClientOptions.builder()
                .budget(Budget.of(Allowance.NONE.dollars("1")))
                .price(Price.perMillion("1", "1"))
                .limits(Limits.builder()
                        .maxConcurrency(1)
                        .callTimeout(Duration.ofSeconds(5))
                        .build())
                .build();
        ScriptedChatModel silent = answering(Mono.never());
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        ResilientChatModel model = Resilience.around(silent, options, new UsageMeter(), ResilienceListener.NONE, time);
        List<Throwable> failures = new ArrayList<>();
        var unused = model.stream(ask("a")).subscribe(piece -> {}, failures::add);
        var unusedToo = model.stream(ask("b")).subscribe(piece -> {}, failures::add);

        time.advanceTimeBy(Duration.ofSeconds(6));

        assertThat(failures).hasSize(2);
        assertThat(silent.inFlight()).isZero();
        assertThat(model.load().inFlight()).isZero();
        assertThat(model.load().queued()).isZero();
        assertThat(model.load().budget().reserved().calls()).isZero();
    }

    /** Whether the answers of a call and of a stream that time out are said to be lost. */
    private static List<Boolean> lost(ScriptedChatModel wire, Limits.Builder limits) {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        ClientOptions options = ClientOptions.builder()
                .limits(limits.callTimeout(Duration.ofSeconds(5)).build())
                .build();
        ChatModel model = Resilience.around(wire, options, new UsageMeter(), ResilienceListener.NONE, time);
        List<Boolean> lost = new ArrayList<>();
        Consumer<Throwable> timedOut = failure -> lost.add(((UnavailableException) failure).answerLost());
        var unused = model.chat(ask("a")).subscribe(answer -> {}, timedOut);
        var unusedToo = model.stream(ask("b")).subscribe(piece -> {}, timedOut);
        time.advanceTimeBy(Duration.ofSeconds(6));
        return lost;
    }

    private static ScriptedChatModel answering(Mono<ChatResponse> answer) {
        return ScriptedChatModel.builder().responding(request -> answer).build();
    }

    @Test
    void anAnswerIsLostOnlyWhereItMayHaveBeenGiven() {
        assertThat(lost(wire, Limits.builder().requestsPerMinute(1)))
                .as("the second one still queues")
                .containsExactly(false);
        assertThat(lost(answering(Mono.never()), Limits.builder()))
                .as("both were sent")
                .containsExactly(true, true);
        assertThat(lost(answering(Mono.error(new ThrottledException("full", Duration.ofMinutes(1)))), Limits.builder()))
                .as("the first one was refused, and nothing more is sent")
                .containsExactly(false, false);
        assertThat(lost(
                        answering(Mono.error(new BrokenAnswerException("cut", Duration.ofMinutes(1)))),
                        Limits.builder()))
                .as("both wait to be sent again after an answer that can't be read")
                .containsExactly(true, true);
    }
}
