package io.afnio4j.model.limit;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.context.Phase;
import io.afnio4j.error.BudgetExceededException;
import io.afnio4j.model.Allowance;
import io.afnio4j.model.Budget;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.Cost;
import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.Embeddings;
import io.afnio4j.model.Price;
import io.afnio4j.model.SharedBudget;
import io.afnio4j.model.Spending;
import io.afnio4j.model.Usage;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.script.ScriptedChatModel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Several clients that draw on one budget. */
class SharedBudgetTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** A dollar for a token read, ten for one written. */
    private static final Price CHEAP = Price.perMillion("1000000", "10000000");

    private static final Price DEAR = Price.perMillion("2000000", "20000000");

    /**
     * Seven letters are three tokens and the frame is four; with five for the answer 12 tokens are reserved: 57 cheap
     * dollars, or 114.
     */
    private static final ChatRequest REQUEST =
            new ChatRequest(List.of(ChatMessage.user("7 chars")), CompletionOptions.NONE.maxCompletionTokens(5));

    private final Scheduler threads = Schedulers.newParallel("callers", 8);

    @AfterEach
    void endThreads() {
        threads.dispose();
    }

    /** Uses 5 tokens for each answer: 23 cheap dollars, or 46. */
    private ScriptedChatModel wire(String name) {
        return ScriptedChatModel.builder()
                .name(name)
                .by(request -> "fine")
                .usage(Usage.of(3, 2))
                .build();
    }

    private static ClientOptions.Builder drawing(SharedBudget budget, Price price) {
        return ClientOptions.builder().price(price).budget(budget);
    }

    private static ResilientChatModel client(ChatModel wire, ClientOptions.Builder options) {
        return Resilience.around(wire, options.build(), new UsageMeter());
    }

    private ResilientChatModel client(SharedBudget budget, Price price) {
        return client(wire("some/model"), drawing(budget, price));
    }

    private static SharedBudget shared(Allowance limit) {
        return SharedBudget.of(Budget.of(limit));
    }

    static List<Allowance> limits() {
        return List.of(Allowance.NONE.calls(100), Allowance.NONE.tokens(1_000), Allowance.NONE.dollars("5000"));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void twoClientsAskedFromEightThreadsNeverUseMoreThanTheLimit(Allowance limit) {
        SharedBudget budget = shared(limit);
        ScriptedChatModel one = wire("cheap/model");
        ScriptedChatModel two = wire("dear/model");
        ResilientChatModel cheap = client(answeringElsewhere(one), drawing(budget, CHEAP));
        ResilientChatModel dear = client(answeringElsewhere(two), drawing(budget, DEAR));

        StepVerifier.create(Flux.range(0, 800)
                        .parallel(8)
                        .runOn(threads)
                        .flatMap(i -> (i % 2 == 0 ? cheap : dear)
                                .chat(REQUEST)
                                .onErrorResume(BudgetExceededException.class, full -> Mono.empty()))
                        .sequential()
                        .then())
                .expectComplete()
                .verify(LIMIT);

        int calls = one.calls() + two.calls();
        Cost cost = Cost.ofDollars(String.valueOf(23L * one.calls() + 46L * two.calls()));
        assertThat(budget.spent()).isEqualTo(new Spending(cost, 5L * calls, calls));
        assertThat(budget.reserved()).isEqualTo(Spending.NONE);
        assertThat(limit.calls() == null || calls == limit.calls()).isTrue();
        assertThat(limit.tokens() == null || 5L * calls <= limit.tokens()).isTrue();
        assertThat(limit.cost() == null || cost.compareTo(limit.cost()) <= 0).isTrue();
        Spending parts = cheap.load().budget().spent();
        assertThat(parts.calls() + dear.load().budget().spent().calls()).isEqualTo(calls);
    }

    /** As an answer does that comes over the network. */
    private ChatModel answeringElsewhere(ScriptedChatModel wire) {
        return ScriptedChatModel.builder()
                .name(wire.name())
                .responding(request -> wire.chat(request).publishOn(threads))
                .build();
    }

    @Test
    void callsInFlightOfOneClientTakeRoomFromTheOther() {
        SharedBudget budget = shared(Allowance.NONE.dollars("170"));
        ManualChatModel wire = new ManualChatModel();
        ResilientChatModel cheap = client(wire, drawing(budget, CHEAP));
        ResilientChatModel dear = client(budget, DEAR);
        var unused = cheap.chat(REQUEST).subscribe();
        assertThat(budget.reserved()).isEqualTo(new Spending(Cost.ofDollars("57"), 12, 1));

        StepVerifier.create(dear.chat(REQUEST))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(BudgetExceededException.class)
                        .hasMessage("The shared budget of $170.0000 has no room for a call to some/model: $0.0000 is"
                                + " spent, $57.0000 is reserved for calls in flight, and this one may use $114.0000."
                                + " Raise the limit of the SharedBudget, or lower max_completion_tokens."))
                .verify(LIMIT);
        wire.answer("7 chars");
        now(dear.chat(REQUEST));

        assertThat(budget.spent().cost()).isEqualTo(Cost.ofDollars("69"));
        assertThat(cheap.load().budget().spent().cost()).isEqualTo(Cost.ofDollars("23"));
        assertThat(dear.load().budget())
                .isEqualTo(new ClientLoad.BudgetUse(new Spending(Cost.ofDollars("46"), 5, 1), Spending.NONE));
    }

    @Test
    void theLimitOfAPhaseHoldsAcrossClients() {
        SharedBudget budget = SharedBudget.of(Budget.NONE.with(Phase.JUDGE, Allowance.NONE.calls(2)));
        ResilientChatModel one = client(budget, CHEAP);
        ResilientChatModel two = client(budget, DEAR);
        now(Phase.JUDGE.of(one.chat(REQUEST)));
        now(Phase.JUDGE.of(two.chat(REQUEST)));

        StepVerifier.create(Phase.JUDGE.of(one.chat(REQUEST)))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .hasMessageStartingWith("The shared budget for JUDGE calls of 2 calls has no room"))
                .verify(LIMIT);
        now(two.chat(REQUEST));

        assertThat(budget.spent(Phase.JUDGE).calls()).isEqualTo(2);
        assertThat(budget.spent(Phase.FORWARD).cost()).isEqualTo(Cost.ofDollars("46"));
        assertThat(budget.spent().calls()).isEqualTo(3);
        assertThat(budget.reserved(Phase.JUDGE)).isEqualTo(Spending.NONE);
    }

    @Test
    void aClientForEmbeddingsDrawsOnItToo() {
        EmbeddingModel vectors = new EmbeddingModel() {
            @Override
            public String name() {
                return "vector/model";
            }

            @Override
            public Mono<Embeddings> embed(List<String> texts) {
                return Mono.just(new Embeddings(List.of(new float[1]), Usage.of(3, 0), "vectors"));
            }
        };
        SharedBudget budget = shared(Allowance.NONE.calls(2));
        now(Resilience.around(vectors, drawing(budget, CHEAP).build(), new UsageMeter())
                .embed(List.of("a")));
        now(client(budget, CHEAP).chat(REQUEST));

        StepVerifier.create(client(budget, DEAR).chat(REQUEST))
                .expectError(BudgetExceededException.class)
                .verify(LIMIT);
        assertThat(budget.spent().cost()).isEqualTo(Cost.ofDollars("26"));
    }

    @Test
    void theClientsOwnLimitHoldsBesideIt() {
        SharedBudget budget = shared(Allowance.NONE.calls(2));
        ResilientChatModel limited =
                client(wire("some/model"), drawing(budget, CHEAP).maxCost(Cost.ofDollars("60")));
        now(limited.chat(REQUEST));
        StepVerifier.create(limited.chat(REQUEST))
                .expectErrorSatisfies(
                        failure -> assertThat(failure).hasMessageStartingWith("The budget of $60.0000 has no room"))
                .verify(LIMIT);

        assertThat(budget.reserved()).isEqualTo(Spending.NONE);
        now(client(budget, CHEAP).chat(REQUEST));
        assertThat(budget.spent().calls()).isEqualTo(2);
    }

    @Test
    void aRefusalBySharedLimitsGivesTheClientsOwnRoomBack() {
        ResilientChatModel client = client(
                wire("some/model"),
                drawing(shared(Allowance.NONE.calls(0)), CHEAP).maxCost(Cost.ofDollars("60")));
        StepVerifier.create(client.chat(REQUEST))
                .expectErrorSatisfies(failure -> assertThat(failure).hasMessageStartingWith("The shared budget"))
                .verify(LIMIT);
        assertThat(client.load().budget()).isEqualTo(ClientLoad.BudgetUse.NONE);
    }

    @Test
    void aLimitInMoneyNeedsThePriceOfEachModelAndOtherLimitsSayWhatIsUnknown() {
        SharedBudget money = SharedBudget.of(Budget.NONE.with(Phase.JUDGE, Allowance.NONE.dollars("1")));
        ClientOptions.Builder options = ClientOptions.builder();
        assertThatThrownBy(() -> client(wire("some/model"), options.budget(money)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The price of some/model isn't known");

        SharedBudget calls = shared(Allowance.NONE.calls(2));
        now(client(wire("some/model"), options.budget(calls)).chat(REQUEST));
        assertThat(calls.spent()).isEqualTo(new Spending(Cost.ZERO, 5, 1, 1));
        assertThat(calls).asString().contains("spent=Spending[cost=unknown, tokens=5, calls=1, unpriced=1]");
        now(client(calls, CHEAP).chat(REQUEST));
        assertThat(calls.spent().costText()).isEqualTo("at least $23.0000");
    }

    @Test
    void roomIsSettledOrGivenBackOnce() {
        SharedBudget budget = shared(Allowance.NONE.tokens(10));
        SharedBudget.Room room = budget.reserve("a search", Phase.FORWARD, new Spending(Cost.ZERO, 8, 1));
        assertThatThrownBy(() -> budget.reserve("a search", Phase.FORWARD, new Spending(Cost.ZERO, 3, 1)))
                .isInstanceOf(BudgetExceededException.class);
        room.settle(new Spending(Cost.ZERO, 5, 1));
        room.settle(new Spending(Cost.ZERO, 5, 1));
        room.giveBack();

        assertThat(budget.spent()).isEqualTo(new Spending(Cost.ZERO, 5, 1));
        assertThat(budget.reserved()).isEqualTo(Spending.NONE);
    }
}
