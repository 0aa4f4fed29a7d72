package io.afnio4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.context.Phase;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.error.SpentTokens;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.model.script.ScriptedChatModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class MeteredChatModelTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Seven tokens of prompt as estimated, and at most ten of answer. */
    private static final ChatRequest REQUEST =
            new ChatRequest(List.of(ChatMessage.user("7 chars")), CompletionOptions.NONE.maxCompletionTokens(10));

    /** A dollar for a token read, ten for one written. */
    private static final Price PRICE = Price.perMillion("1000000", "10000000");

    private final UsageMeter meter = new UsageMeter();
    private final Sinks.One<ChatResponse> answer = Sinks.one();
    private final ScriptedChatModel wire =
            ScriptedChatModel.builder().responding(request -> answer.asMono()).build();

    private MeteredChatModel metered(ChatModel model) {
        return new MeteredChatModel(model, meter, PRICE, TokenEstimator.rough());
    }

    private void ends(Mono<ChatResponse> call, Throwable failure) {
        StepVerifier.create(call)
                .then(() -> answer.emitError(failure, Sinks.EmitFailureHandler.FAIL_FAST))
                .expectErrorSatisfies(thrown -> assertThat(thrown).isSameAs(failure))
                .verify(LIMIT);
    }

    @Test
    void countsAnAnswerByItsUsageAndItsPhase() {
        StepVerifier.create(Phase.BACKWARD.of(
                        metered(ScriptedChatModel.answering("two words")).chat(REQUEST)))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
        UsageMeter.Totals totals = meter.of(Phase.BACKWARD);
        assertThat(totals.calls()).isEqualTo(1);
        assertThat(totals.usage()).isEqualTo(Usage.of(2, 2));
        assertThat(totals.cost()).isEqualTo(Cost.ofDollars("22"));
        assertThat(totals.assumedCost()).isEqualTo(Cost.ZERO);
        assertThat(meter.byPhase()).containsOnlyKeys(Phase.BACKWARD);
    }

    @Test
    void countsACancelledCallAtTheMostThatItMayCost() {
        metered(wire).chat(REQUEST).subscribe().dispose();
        assertThat(meter.total().cancelled()).isEqualTo(1);
        assertThat(meter.total().usage()).isEqualTo(Usage.NONE);
        assertThat(meter.total().assumedCost()).isEqualTo(Cost.ofDollars("107"));
    }

    @Test
    void countsALostAnswerAtTheMostThatItMayCostAndARefusalAsFree() {
        ends(metered(wire).chat(REQUEST), new BrokenAnswerException("half", null));
        assertThat(meter.total().assumedCost()).isEqualTo(Cost.ofDollars("107"));
        meter.clear();
        assertThat(meter.total()).isEqualTo(UsageMeter.Totals.NONE);
    }

    @Test
    void countsAnAnswerThatWasCutByTheTokensThatItSays() {
        ends(
                metered(wire).chat(REQUEST),
                new IncompleteAnswerException("cut at the limit", new SpentTokens(3, 0, 0, 10, 0), null));
        assertThat(meter.total().failures()).isEqualTo(1);
        assertThat(meter.total().usage()).isEqualTo(Usage.of(3, 10));
        assertThat(meter.total().cost()).isEqualTo(Cost.ofDollars("103"));
        assertThat(meter.total().assumedCost()).isEqualTo(Cost.ZERO);
    }

    @Test
    void countsARefusalAsFree() {
        ends(metered(wire).chat(REQUEST), new ThrottledException("too many", null));
        assertThat(meter.total().failures()).isEqualTo(1);
        assertThat(meter.total().assumedCost()).isEqualTo(Cost.ZERO);
    }

    @Test
    void estimatesAnAnswerWithoutAUsageByItsWords() {
        ScriptedChatModel silent =
                ScriptedChatModel.builder().answering("four").usage(Usage.NONE).build();
        StepVerifier.create(metered(silent).chat(REQUEST))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
        assertThat(meter.total().calls()).isEqualTo(1);
        assertThat(meter.total().assumedCost()).isEqualTo(Cost.ofDollars("27"));
    }

    /** Three letters are a token each time. */
    @Test
    void estimatesCallsOfToolsByTheirNamesAndArguments() {
        ToolCall call = new ToolCall("1", "abc", "abcdefg");
        ScriptedChatModel silent = ScriptedChatModel.builder()
                .responding(request -> Mono.just(
                        new ChatResponse("abc", List.of(call, call), FinishReason.TOOL_CALLS, Usage.NONE, "m")))
                .build();
        StepVerifier.create(metered(silent).chat(REQUEST))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
        assertThat(meter.total().assumedCost()).isEqualTo(Cost.ofDollars("97"));
        StepVerifier.create(metered(silent).stream(REQUEST))
                .expectNextCount(1)
                .thenConsumeWhile(piece -> true)
                .expectComplete()
                .verify(LIMIT);
        assertThat(meter.total().assumedCost()).isEqualTo(Cost.ofDollars("194"));
    }

    @Test
    void countsTheWordsThatCameBeforeAStreamFailed() {
        ChatModel failing = new ChatModelDecorator(wire) {
            @Override
            public Mono<ChatResponse> chat(ChatRequest request) {
                return model.chat(request);
            }

            @Override
            public Flux<ChatChunk> stream(ChatRequest request) {
                return Flux.just(new ChatChunk("four", null, null))
                        .concatWith(Flux.error(new ThrottledException("in the middle", null)));
            }
        };
        StepVerifier.create(metered(failing).stream(REQUEST))
                .expectNextCount(1)
                .expectErrorMessage("in the middle")
                .verify(LIMIT);
        assertThat(meter.total().failures()).isEqualTo(1);
        assertThat(meter.total().assumedCost()).isEqualTo(Cost.ofDollars("27"));
    }

    @Test
    void tellsTheListenerOfTheCallOfEachExchangeOnce() {
        List<Exchange> heard = new ArrayList<>();
        ExchangeListener listener = new ExchangeListener() {
            @Override
            public void onStart() {}

            @Override
            public void onEnd(Exchange exchange) {
                heard.add(exchange);
            }
        };
        StepVerifier.create(metered(ScriptedChatModel.answering("one two")).stream(REQUEST)
                        .contextWrite(listener::in)
                        .take(3))
                .expectNextCount(3)
                .expectComplete()
                .verify(LIMIT);
        assertThat(heard).singleElement().satisfies(exchange -> {
            assertThat(exchange.usage()).isEqualTo(Usage.of(2, 2));
            assertThat(exchange.assumed()).isFalse();
        });
    }

    @Test
    void aListenerMayKeepAnExchangeFromBeingSent() {
        ExchangeListener refusing = new ExchangeListener() {
            @Override
            public void onStart() {
                throw new ThrottledException("not now", null);
            }

            @Override
            public void onEnd(Exchange exchange) {}
        };
        StepVerifier.create(metered(wire).chat(REQUEST).contextWrite(refusing::in))
                .expectErrorMessage("not now")
                .verify(LIMIT);
        assertThat(wire.calls()).isZero();
        assertThat(meter.total()).isEqualTo(UsageMeter.Totals.NONE);
    }

    @Test
    void saysThatAnUnknownPriceIsUnknown() {
        ChatModel unpriced =
                new MeteredChatModel(ScriptedChatModel.answering("x"), meter, null, TokenEstimator.rough());
        StepVerifier.create(unpriced.chat(REQUEST))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
        assertThat(meter.total().costText()).isEqualTo("unknown");
        assertThat(meter.total().toString()).contains("cost=unknown, assumedCost=unknown, unpriced=1");
    }

    @Test
    void saysThatACostIsAPartWhereSomeOfItsPricesAreKnown() {
        Usage tokens = Usage.of(1, 1);
        Duration took = Duration.ofSeconds(1);
        Cost cent = Cost.ofDollars("0.01");
        UsageMeter some = new UsageMeter();
        some.count(new Exchange(Phase.FORWARD, Exchange.Outcome.ANSWERED, tokens, false, cent, took));
        assertThat(some.total().toString()).contains(", cost=$0.0100, assumedCost=$0.0000, unpriced=0");

        some.count(new Exchange(Phase.FORWARD, Exchange.Outcome.ANSWERED, tokens, false, null, took));

        assertThat(some.total().costText()).isEqualTo("at least $0.0100");
        assertThat(some.total().toString()).contains(", cost=at least $0.0100, assumedCost=unknown, unpriced=1");
    }
}
