package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.BudgetExceededException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.Allowance;
import io.afnio4j.model.Budget;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.Cost;
import io.afnio4j.model.Price;
import io.afnio4j.model.Spending;
import io.afnio4j.model.UsageMeter;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a budget keeps for a call: as much as the request, as it is sent, may cost. */
class ReservationTest {

    private static final Budget ENOUGH = Budget.of(Allowance.NONE.tokens(Long.MAX_VALUE / 2));

    /** Of "7 chars", as estimated. */
    private static final long PROMPT = 7;

    private final ManualChatModel wire = new ManualChatModel();
    private final UsageMeter meter = new UsageMeter();

    private static ChatRequest request(CompletionOptions options) {
        return new ChatRequest(List.of(ChatMessage.user("7 chars")), options);
    }

    private Spending reserved(ChatModel model, ClientOptions.Builder options, ChatRequest request) {
        ResilientChatModel client =
                Resilience.around(model, options.budget(ENOUGH).build(), meter);
        var unused = client.chat(request).subscribe();
        return client.load().budget().reserved();
    }

    private long answerTokens(ClientOptions.Builder options, CompletionOptions ofRequest) {
        return reserved(wire, options, request(ofRequest)).tokens() - PROMPT;
    }

    @Test
    void isTheLimitThatTheClientAddsToEachRequestUnlessTheRequestHasItsOwn() {
        ClientOptions.Builder options = ClientOptions.builder().bodyField("max_completion_tokens", 30_000);
        assertThat(answerTokens(options, CompletionOptions.NONE)).isEqualTo(30_000);
        assertThat(answerTokens(options, CompletionOptions.NONE.maxCompletionTokens(10)))
                .isEqualTo(10);
        assertThat(answerTokens(options, CompletionOptions.NONE.with("max_tokens", 10)))
                .as("both are sent, and nobody knows which one counts")
                .isEqualTo(30_000);
        assertThat(answerTokens(ClientOptions.builder().bodyField("stream_options", null), CompletionOptions.NONE))
                .as("nothing limits it")
                .isEqualTo(1_000);
    }

    @Test
    void isTheLimitThatTheWireSendsByItselfWhereNobodySetsOne() {
        ChatModel limiting = new ChatModelDecorator(wire) {
            @Override
            public long ownAnswerLimit() {
                return 4_096;
            }

            @Override
            public Mono<ChatResponse> chat(ChatRequest request) {
                return model.chat(request);
            }
        };
        assertThat(reserved(limiting, ClientOptions.builder(), request(CompletionOptions.NONE))
                        .tokens())
                .isEqualTo(PROMPT + 4_096);
        assertThat(reserved(limiting, ClientOptions.builder().bodyField("max_tokens", 9), ask("7 chars"))
                        .tokens())
                .isEqualTo(PROMPT + 9);
    }

    @Test
    void isManyTimesAsMuchWhereManyAnswersAreAskedFor() {
        assertThat(answerTokens(
                        ClientOptions.builder().bodyField("n", 5), CompletionOptions.NONE.maxCompletionTokens(100)))
                .isEqualTo(500);
    }

    @Test
    void readsLimitsThatServersWriteInTheirOwnWay() {
        ClientOptions.Builder options = ClientOptions.builder();
        assertThat(answerTokens(
                        options, CompletionOptions.NONE.with("generationConfig", Map.of("maxOutputTokens", 20))))
                .isEqualTo(20);
        assertThat(answerTokens(options, CompletionOptions.NONE.with("max_tokens", -1)))
                .as("no limit")
                .isEqualTo(1_000);
        assertThat(answerTokens(options, CompletionOptions.NONE.with("max_tokens", Long.MAX_VALUE)))
                .isEqualTo(1_000_000_000);
    }

    @Test
    void takesAnAnswerForThoughtsWhereTheseAreDearer() {
        Price price = new Price(BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ONE, new BigDecimal("50"));
        CompletionOptions million = CompletionOptions.NONE.maxCompletionTokens(1_000_000);
        assertThat(reserved(wire, ClientOptions.builder().price(price), request(million))
                        .cost())
                .isEqualTo(Cost.ofDollars("50"));
        wire.fail("7 chars", UnavailableException.answerLost("cut", null));
        assertThat(meter.total().assumedCost())
                .as("and pays for a lost answer as much")
                .isEqualTo(Cost.ofDollars("50"));
    }

    @Test
    void countsWhatTheClientAddsToThePrompt() {
        ClientOptions.Builder tools = ClientOptions.builder().bodyField("tools", List.of("x".repeat(298)));
        assertThat(answerTokens(tools, CompletionOptions.NONE)).isEqualTo(1_000 + 100);
    }

    @Test
    void keepsAHardLimitHoweverManyCallsComeAtOnce() {
        ClientOptions options = ClientOptions.builder()
                .bodyField("max_completion_tokens", 30_000)
                .budget(Budget.of(Allowance.NONE.tokens(100_000)))
                .build();
        ResilientChatModel client = Resilience.around(wire, options, meter);
        AtomicInteger refused = new AtomicInteger();
        var unused = Flux.range(0, 90)
                .flatMap(
                        i -> client.chat(ask("q" + i))
                                .doOnError(BudgetExceededException.class, full -> refused.incrementAndGet())
                                .onErrorComplete(),
                        90)
                .subscribe();
        assertThat(wire.started()).hasSize(3);
        assertThat(refused).hasValue(87);
    }
}
