package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardException;
import io.afnio4j.autodiff.BackwardListener;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.CondensedGradient;
import io.afnio4j.autodiff.GradientReducer;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Spent;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.SpentTokens;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CallEvent;
import io.afnio4j.model.CallListener;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Cost;
import io.afnio4j.model.Price;
import io.afnio4j.model.Usage;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.MemoryCache;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.model.limit.ResilienceListener;
import io.afnio4j.model.script.Fault;
import io.afnio4j.model.script.FaultyChatModel;
import io.afnio4j.model.script.ScriptedChatModel;
import io.afnio4j.testing.FakeModel;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What feedback costs, and that it is asked for again, as those see it who watch. A call costs $0.002. */
class WatchedFeedbackTest extends FeedbackCalls {

    private static final Spent ONE_CALL = new Spent(1000, 0, 0, 500, 0, new BigDecimal("0.002000000"));

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<BackwardEvent> events = new ArrayList<>();
    private final UsageMeter meter = new UsageMeter();
    private final ScriptedChatModel critic = ScriptedChatModel.builder()
            .by(request -> FakeModel.lastText(request).contains("JSON object")
                    ? "{\"variable_1\": \"kinder\", \"variable_2\": \"shorter\"}"
                    : "better")
            .usage(Usage.of(1000, 500))
            .build();

    /** Feedback of many words, which it makes short where it is asked to. */
    private final ScriptedChatModel wordy = ScriptedChatModel.builder()
            .by(request -> FakeModel.lastText(request).contains("<item>") ? "in short" : "many words ".repeat(100))
            .usage(Usage.of(1000, 500))
            .build();

    private ChatModel resilient(ChatModel wire, ClientOptions.Builder options) {
        return Resilience.around(
                wire, options.price(Price.perMillion("1", "2")).build(), meter, ResilienceListener.NONE, time);
    }

    private Mono<Void> pass(Variable answer, Object feedback, BackwardClient client) {
        return pass(answer, feedback, client, BackwardOptions.DEFAULTS);
    }

    private Mono<Void> pass(Variable answer, Object feedback, BackwardClient client, BackwardOptions options) {
        BackwardOptions watched =
                options.gradient(new Variable(feedback, "feedback")).listener(events::add);
        return answer.backward(watched).contextWrite(client::in);
    }

    private List<Spent> spent() {
        return events.stream()
                .filter(BackwardEvent.FeedbackReceived.class::isInstance)
                .map(event -> ((BackwardEvent.FeedbackReceived) event).spent())
                .toList();
    }

    @Test
    void aCallThatIsMadeAgainIsToldOfWithVariableSampleAttemptCauseAndDelay() {
        system.requiresGrad(false);
        ChatModel client = resilient(
                FaultyChatModel.planned(critic, Fault.unavailable(), Fault.NONE, Fault.unavailable()),
                ClientOptions.builder());
        Variable answer = answer(Inputs.NONE.and("word", List.of("a", "b")));
        StepVerifier.create(pass(answer, List.of("bad", "worse"), client(client)))
                .then(() -> time.advanceTimeBy(Duration.ofMinutes(1)))
                .expectComplete()
                .verify(Duration.ofSeconds(5));

        assertThat(events)
                .filteredOn(BackwardEvent.Retried.class::isInstance)
                .extracting(event -> (BackwardEvent.Retried) event)
                .hasSize(2)
                .allSatisfy(retried -> {
                    assertThat(retried.role()).isEqualTo("prompt");
                    assertThat(retried.sample()).isZero();
                    assertThat(retried.cause()).isInstanceOf(UnavailableException.class);
                    assertThat(retried.delay()).isPositive();
                })
                .extracting(BackwardEvent.Retried::attempt)
                .containsExactly(1L, 2L);
        assertThat(spent()).containsExactlyInAnyOrder(ONE_CALL, ONE_CALL);
    }

    @Test
    void anAnswerThatSeveralShareIsPaidOnce() {
        system.requiresGrad(false);
        Variable answer = answer(Inputs.NONE.and("word", List.of("a", "a")));
        now(pass(answer, List.of("bad", "bad"), client(resilient(critic, ClientOptions.builder()))));

        assertThat(critic.calls()).isEqualTo(1);
        assertThat(spent()).containsExactlyInAnyOrder(ONE_CALL, Spent.NOTHING);
    }

    @Test
    void theFirstPieceOfACallForSeveralBearsItsCost() {
        Variable answer = answer(Inputs.of("word", "a"));
        now(pass(
                answer,
                "bad",
                client(resilient(critic, ClientOptions.builder())).fusing()));

        assertThat(critic.calls()).isEqualTo(1);
        assertThat(spent()).containsExactly(ONE_CALL, Spent.NOTHING);
    }

    @Test
    void aCallForSeveralThatBroughtNothingIsPaidWithTheNextPiece() {
        ScriptedChatModel prose = ScriptedChatModel.builder()
                .answering("Well, no.", "one", "two")
                .usage(Usage.of(1000, 500))
                .build();
        Variable answer = answer(Inputs.of("word", "a"));
        now(pass(
                answer, "bad", client(resilient(prose, ClientOptions.builder())).fusing()));

        assertThat(spent()).containsExactly(new Spent(2000, 0, 0, 1000, 0, new BigDecimal("0.004000000")), ONE_CALL);
    }

    @Test
    void aCallForSeveralThatWasCutIsPaidWithTheNextPiece() {
        FakeModel cut = FakeModel.reacting(request -> request.options().get("response_format") == null
                ? Mono.just("alone")
                : Mono.error(new IncompleteAnswerException("cut", new SpentTokens(1000, 0, 0, 500, 0), null)));
        now(pass(
                answer(Inputs.of("word", "a")),
                "bad",
                client(resilient(cut, ClientOptions.builder())).fusing()));

        assertThat(spent())
                .containsExactly(
                        new Spent(1001, 0, 0, 501, 0, new BigDecimal("0.002003000")),
                        new Spent(1, 0, 0, 1, 0, new BigDecimal("0.000003000")));
    }

    private BigDecimal dollars() {
        return spent().stream()
                .map(spent -> Objects.requireNonNull(spent.dollars()))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    @Test
    void whatIsCondensedForSeveralConsumersIsToldWithItsWordsAndItsCost() {
        system.requiresGrad(false);
        Variable middle = answer(Inputs.of("word", "a"));
        Message question = Message.user(middle);
        List<Variable> consumers = Stream.of("one", "two", "three")
                .map(rest -> now(ChatCompletion.of(
                                echo, List.of(question, Message.user(new Variable(rest, "rest"))), Inputs.NONE)
                        .run()))
                .toList();
        now(pass(Variable.sum(consumers), "bad", client(resilient(wordy, ClientOptions.builder())))
                .contextWrite(Condenser.within(200)::in));

        assertThat(wordy.calls())
                .as("three consumers, one condensed, one prompt")
                .isEqualTo(5);
        assertThat(dollars())
                .isEqualTo("0.010000000")
                .isEqualTo(meter.total().cost().dollars());
        assertThat(events)
                .filteredOn(event -> event instanceof BackwardEvent.FeedbackReceived received
                        && received.gradient() instanceof CondensedGradient)
                .singleElement()
                .satisfies(event -> {
                    BackwardEvent.FeedbackReceived received = (BackwardEvent.FeedbackReceived) event;
                    assertThat(received.role()).isEqualTo("answer");
                    assertThat(received.gradient().text()).isEqualTo("in short");
                    assertThat(received.spent()).isEqualTo(ONE_CALL);
                });
        assertThat(events)
                .anySatisfy(event -> assertThat(event)
                        .isInstanceOfSatisfying(BackwardEvent.FeedbackToken.class, token -> {
                            assertThat(token.role()).isEqualTo("answer");
                            assertThat("in short").contains(token.text());
                        }));
    }

    @Test
    void whatIsCondensedToFitTheWindowIsPaidForOnce() {
        system.requiresGrad(false);
        Variable answer = answer(Inputs.of("word", "a"));
        now(pass(answer, "bad ".repeat(3_000), client(new Windowed(resilient(wordy, ClientOptions.builder()), 3_000)))
                .contextWrite(Condenser.within(300)::in));

        assertThat(wordy.calls()).isGreaterThan(2);
        assertThat(dollars()).isEqualTo(meter.total().cost().dollars());
        assertThat(spent())
                .filteredOn(spent -> !spent.equals(Spent.NOTHING))
                .hasSize(wordy.calls())
                .containsOnly(ONE_CALL);
    }

    @Test
    void aCallThatCondensesAndIsMadeAgainIsToldOf() {
        List<Variable> much = List.of(new Variable("many words ".repeat(100), "feedback to answer"));
        ChatModel client =
                resilient(FaultyChatModel.planned(wordy, Fault.unavailable(), Fault.NONE), ClientOptions.builder());
        StepVerifier.create(Condenser.within(200)
                        .by(client(client))
                        .reduce(much, GradientReducer.Answers.FORGOTTEN)
                        .contextWrite(context -> context.put(BackwardListener.class, (BackwardListener) events::add)))
                .then(() -> time.advanceTimeBy(Duration.ofMinutes(1)))
                .expectNextCount(1)
                .expectComplete()
                .verify(Duration.ofSeconds(5));

        assertThat(events)
                .filteredOn(BackwardEvent.Retried.class::isInstance)
                .singleElement()
                .extracting(event -> ((BackwardEvent.Retried) event).role())
                .isEqualTo("answer");
        assertThat(spent()).containsExactly(ONE_CALL);
    }

    @Test
    void aPassThatCreatesAGraphTellsOfWordsAndCostsToo() {
        Variable answer = answer(Inputs.NONE.and("word", List.of("a", "b")));
        now(pass(
                answer,
                List.of("bad", "worse"),
                client(resilient(critic, ClientOptions.builder())),
                BackwardOptions.DEFAULTS.createGraph(true)));

        assertThat(critic.calls()).isEqualTo(4);
        assertThat(spent()).containsExactly(ONE_CALL, ONE_CALL, ONE_CALL, ONE_CALL);
        assertThat(events)
                .filteredOn(BackwardEvent.FeedbackToken.class::isInstance)
                .extracting(event -> (BackwardEvent.FeedbackToken) event)
                .extracting(token -> token.role() + " " + token.sample() + ": " + token.text())
                .containsExactlyInAnyOrder(
                        "system prompt 0: better", "system prompt 1: better", "prompt 0: better", "prompt 1: better");
    }

    @Test
    void whatIsKeptFromAFailedPassCostsNothingMore() {
        List<String> refused = new ArrayList<>(List.of("once"));
        FakeModel uncounted = FakeModel.reacting(request ->
                !FakeModel.lastText(request).contains("system prompt") && !refused.isEmpty() && refused.remove("once")
                        ? Mono.error(new RejectedRequestException("no"))
                        : Mono.just("better"));
        Variable answer = answer(Inputs.of("word", "a"));
        StepVerifier.create(pass(answer, "bad", client(uncounted)))
                .expectError(BackwardException.class)
                .verify(Duration.ofSeconds(5));
        Spent priceUnknown = new Spent(1, 0, 0, 1, 0, null);
        assertThat(spent()).containsExactly(priceUnknown);
        events.clear();

        now(pass(answer, "bad", client(uncounted)));

        assertThat(spent()).containsExactlyInAnyOrder(Spent.NOTHING, priceUnknown);
    }

    @Test
    void aListenerToCallsHearsOfAllPhasesOfItsPipeline() {
        List<CallEvent> heard = new ArrayList<>();
        CallListener listener = heard::add;
        system.requiresGrad(false);
        now(ChatCompletion.of(echo, List.of(Message.user(prompt)), Inputs.NONE.and("word", List.of("a", "b")))
                .as("answer")
                .run()
                .flatMap(answer -> answer.backward(new Variable(List.of("bad", ""), "feedback")))
                .contextWrite(client(echo)::in)
                .contextWrite(listener::in));

        assertThat(heard)
                .filteredOn(CallEvent.Answered.class::isInstance)
                .extracting(event -> event.call().phase() + " " + event.call().role() + " "
                        + event.call().sample())
                .containsExactly("FORWARD answer 0", "FORWARD answer 1", "BACKWARD prompt 0");
        assertThat(heard)
                .filteredOn(event -> event.call().sample() == 1)
                .hasSize(3)
                .satisfies(
                        events -> assertThat(events.get(0)).isInstanceOf(CallEvent.Started.class),
                        events -> assertThat(((CallEvent.Token) events.get(1)).text())
                                .isEqualTo("echo Say b."),
                        events -> assertThat(events.get(2))
                                .isEqualTo(new CallEvent.Answered(
                                        events.get(2).call(), "echo Say b.", Usage.of(1, 1), null)));
    }

    @Test
    void aListenerToCallsHearsThatAKeptVerdictCostsNothing() {
        List<CallEvent.Answered> heard = new ArrayList<>();
        CallListener listener = event -> {
            if (event instanceof CallEvent.Answered answered) {
                heard.add(answered);
            }
        };
        ScriptedChatModel judge = ScriptedChatModel.builder()
                .by(request -> "{\"score\": 1, \"explanation\": \"right\"}")
                .usage(Usage.of(1000, 500))
                .build();
        Judge judging = Judge.of(
                resilient(judge, ClientOptions.builder().cache(MemoryCache.of(10))),
                List.of(Message.user(new Variable("Is {prediction} right?", "question"))));
        for (int i = 0; i < 2; i++) {
            now(judging.evaluate(new Variable("4", "answer")).contextWrite(listener::in));
        }

        assertThat(heard).extracting(CallEvent.Answered::cost).containsExactly(Cost.ofDollars("0.002"), Cost.ZERO);
    }

    @Test
    void aListenerToCallsHearsOfAFailure() {
        List<CallEvent> heard = new ArrayList<>();
        CallListener listener = heard::add;
        FakeModel refusing = FakeModel.reacting(request -> Mono.error(new RejectedRequestException("no")));
        StepVerifier.create(ChatCompletion.of(refusing, List.of(Message.user(prompt)), Inputs.of("word", "a"))
                        .run()
                        .contextWrite(listener::in))
                .expectError(RejectedRequestException.class)
                .verify(Duration.ofSeconds(5));

        assertThat(heard).hasSize(2).last().isInstanceOfSatisfying(CallEvent.Failed.class, failed -> {
            assertThat(failed.cause()).hasMessage("no");
            assertThat(failed.usage()).isEqualTo(Usage.NONE);
        });
    }

    @Test
    void aModelThatEndsWithoutAnAnswerIsAnErrorWhetherSomebodyWatchesOrNot() {
        FakeModel mute = FakeModel.reacting(request -> Mono.empty());
        String nothing = "test/fake gave no answer: it must say something or fail, but it just ended.";
        system.requiresGrad(false);
        Variable answer = answer(Inputs.of("word", "a"));
        for (Mono<Void> pass : List.of(pass(answer, "bad", client(mute)), backward(answer, "bad", client(mute)))) {
            StepVerifier.create(pass)
                    .expectErrorSatisfies(error -> assertThat(error)
                            .hasCauseInstanceOf(UnexpectedAnswerException.class)
                            .cause()
                            .hasMessage(nothing))
                    .verify(Duration.ofSeconds(5));
        }
        CallListener listener = event -> {};
        Mono<Variable> forward = ChatCompletion.of(mute, List.of(Message.user(prompt)), Inputs.of("word", "a"))
                .run();
        for (Mono<Variable> asked : List.of(forward, forward.contextWrite(listener::in))) {
            StepVerifier.create(asked).expectErrorMessage(nothing).verify(Duration.ofSeconds(5));
        }
        assertThat(prompt.grad()).isEmpty();
    }

    @Test
    void aMuteJudgeIsAnErrorToo() {
        Judge judge = Judge.of(
                FakeModel.reacting(request -> Mono.empty()),
                List.of(Message.user(new Variable("Is {prediction} right?", "question"))));
        CallListener listener = event -> {};
        Mono<Evaluation> judged = judge.evaluate(new Variable("4", "answer"));
        for (Mono<Evaluation> asked : List.of(judged, judged.contextWrite(listener::in))) {
            StepVerifier.create(asked)
                    .expectErrorSatisfies(error -> assertThat(error).hasMessageStartingWith("test/fake gave no answer"))
                    .verify(Duration.ofSeconds(5));
        }
    }
}
