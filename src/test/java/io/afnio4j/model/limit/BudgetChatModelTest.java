package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.error.BudgetExceededException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.Cost;
import io.afnio4j.model.Price;
import io.afnio4j.model.Usage;
import io.afnio4j.model.script.ScriptedChatModel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class BudgetChatModelTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** A dollar for a token read, ten for one written. */
    private static final Price PRICE = Price.perMillion("1000000", "10000000");

    private final ManualChatModel wire = new ManualChatModel();
    private final Callers callers = new Callers();

    private void start(BudgetChatModel model, ChatRequest request) {
        callers.subscribe("call", model.chat(request).map(ChatResponse::text));
    }

    private static Cost dollars(String amount) {
        return Cost.ofDollars(amount);
    }

    /** Seven letters are three tokens; with five for the answer the reservation is 53 dollars. */
    private static ChatRequest request() {
        return new ChatRequest(List.of(ChatMessage.user("7 chars")), CompletionOptions.NONE.maxCompletionTokens(5));
    }

    @Test
    void reservesBeforeACallAndPaysTheRealUsageAfterwards() {
        BudgetChatModel model = new BudgetChatModel(wire, dollars("53"), PRICE);
        start(model, request());
        assertThat(model.reserved()).isEqualTo(dollars("53"));
        assertThat(model.spent()).isEqualTo(Cost.ZERO);

        wire.answer("7 chars");

        assertThat(model.reserved()).isEqualTo(Cost.ZERO);
        assertThat(model.spent()).isEqualTo(dollars("23")); // 3 read, 2 written, says the wire
    }

    @Test
    void refusesWhatDoesNotFitAndSendsNothing() {
        BudgetChatModel model = new BudgetChatModel(wire, dollars("52.99"), PRICE);
        StepVerifier.create(model.chat(request()))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(BudgetExceededException.class)
                        .hasMessage("The budget of $52.9900 has no room for a call to manual/model: $0.0000 is spent,"
                                + " $0.0000 is reserved for calls in flight, and this one may cost $53.0000. Raise"
                                + " ClientOptions.maxCost, or lower max_completion_tokens."))
                .verify(LIMIT);
        assertThat(wire.started()).isEmpty();
    }

    @Test
    void countsTheReservationsOfCallsInFlight() {
        BudgetChatModel model = new BudgetChatModel(wire, dollars("100"), PRICE);
        start(model, request());

        StepVerifier.create(model.chat(request()))
                .expectError(BudgetExceededException.class)
                .verify(LIMIT);
        wire.answer("7 chars");
        start(model, request());

        assertThat(wire.started()).hasSize(2);
        assertThat(model.reserved()).isEqualTo(dollars("53"));
    }

    @Test
    void takesAThousandTokensForAnAnswerWithoutALimit() {
        BudgetChatModel model = new BudgetChatModel(wire, dollars("10002"), PRICE);
        start(model, ask("abcd"));
        assertThat(model.reserved()).isEqualTo(dollars("10002"));
    }

    @Test
    void knowsTheOlderNameOfTheLimitOnAnAnswer() {
        BudgetChatModel model = new BudgetChatModel(wire, dollars("100"), PRICE);
        start(model, new ChatRequest(List.of(ChatMessage.user("abc")), CompletionOptions.NONE.with("max_tokens", 2)));
        assertThat(model.reserved()).isEqualTo(dollars("21"));
    }

    @Test
    void releasesTheReservationOfAFailure() {
        BudgetChatModel model = new BudgetChatModel(wire, dollars("60"), PRICE);
        StepVerifier.create(model.chat(request()))
                .then(() -> wire.fail("7 chars", new UnavailableException("down", null)))
                .expectError(UnavailableException.class)
                .verify(LIMIT);
        assertThat(model.reserved()).isEqualTo(Cost.ZERO);
        assertThat(model.spent()).isEqualTo(Cost.ZERO);
    }

    @Test
    void releasesTheReservationOfACancelledCall() {
        BudgetChatModel model = new BudgetChatModel(wire, dollars("60"), PRICE);
        start(model, request());

        callers.cancel("call");

        assertThat(wire.live()).isZero();
        assertThat(model.reserved()).isEqualTo(Cost.ZERO);
        assertThat(model.spent()).isEqualTo(Cost.ZERO);
    }

    @Test
    void estimatesFromTheTextsWhereTheProviderReportsNoUsage() {
        ScriptedChatModel silent =
                ScriptedChatModel.builder().answering("four").usage(Usage.NONE).build();
        BudgetChatModel model = new BudgetChatModel(silent, dollars("60"), PRICE);
        StepVerifier.create(model.chat(request()).map(ChatResponse::text))
                .expectNext("four")
                .expectComplete()
                .verify(LIMIT);
        assertThat(model.spent()).isEqualTo(dollars("23")); // 3 read, 2 written
    }

    @Test
    void paysForAStreamByItsReportedUsage() {
        ScriptedChatModel streaming = ScriptedChatModel.answering("two words");
        BudgetChatModel model = new BudgetChatModel(streaming, dollars("60"), PRICE);
        StepVerifier.create(model.stream(request()).map(ChatChunk::text))
                .expectNext("two ", "words", "")
                .expectComplete()
                .verify(LIMIT);
        assertThat(model.spent()).isEqualTo(dollars("22")); // 2 words read, 2 written
        assertThat(model.reserved()).isEqualTo(Cost.ZERO);
    }

    @Test
    void paysWhatCameOfAStreamThatEndsEarly() {
        TestPublisher<ChatChunk> pieces = TestPublisher.create();
        BudgetChatModel model = new BudgetChatModel(streaming(pieces), dollars("60"), PRICE);
        Disposable stream = model.stream(request()).subscribe();
        pieces.next(new ChatChunk("four", null, null));

        stream.dispose();

        pieces.assertCancelled();
        assertThat(model.spent()).isEqualTo(dollars("23"));
        assertThat(model.reserved()).isEqualTo(Cost.ZERO);
    }

    private static ChatModel streaming(TestPublisher<ChatChunk> pieces) {
        return new ChatModel() {
            @Override
            public String name() {
                return "streaming/model";
            }

            @Override
            public Mono<ChatResponse> chat(ChatRequest request) {
                return Mono.never();
            }

            @Override
            public Flux<ChatChunk> stream(ChatRequest request) {
                return pieces.flux();
            }
        };
    }

    @Test
    void needsAKnownPrice() {
        assertThatThrownBy(() -> new BudgetChatModel(wire, dollars("1"), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The price of manual/model isn't known, so a limit on its cost can't be kept. Give it with"
                        + " ClientOptions.price.");
    }
}
