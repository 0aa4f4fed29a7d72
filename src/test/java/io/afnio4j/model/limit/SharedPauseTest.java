package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.ThrottledException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.EmbeddingModelDecorator;
import io.afnio4j.model.Embeddings;
import io.afnio4j.model.Limits;
import io.afnio4j.model.ThrottleScope;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.script.ScriptedChatModel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What clients of one key do when one of them is throttled. */
class SharedPauseTest {

    private static final ThrottleScope KEY = ThrottleScope.of("https://example.com:443", List.of("sk-1"));
    private static final ThrottleScope OTHER_KEY = ThrottleScope.of("https://example.com:443", List.of("sk-2"));
    private static final ThrottleScope OTHER_PLACE = ThrottleScope.of("https://example.org:443", List.of("sk-1"));

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final ManualChatModel wire = new ManualChatModel();
    private final Callers callers = new Callers();

    private ChatModel wire(ThrottleScope scope) {
        return new ChatModelDecorator(wire) {
            @Override
            public ThrottleScope throttleScope() {
                return scope;
            }

            @Override
            public Mono<ChatResponse> chat(ChatRequest request) {
                return model.chat(request);
            }
        };
    }

    private AdmissionChatModel client(ThrottleScope scope, Limits limits) {
        return new AdmissionChatModel(wire(scope), limits, time);
    }

    private AdmissionChatModel client(ThrottleScope scope) {
        return client(scope, Limits.defaults());
    }

    private AdmissionChatModel willingToWait(int seconds) {
        return client(
                KEY, Limits.builder().maxRetryWait(Duration.ofSeconds(seconds)).build());
    }

    private void throttle(ChatModel client, String question, long seconds) {
        callers.ask(client, question);
        wire.fail(question, new ThrottledException("too many", Duration.ofSeconds(seconds)));
    }

    @Test
    void holdsTheCallersOfAllClientsWithTheKeyUntilItsTime() {
        AdmissionChatModel agent = client(KEY);
        AdmissionChatModel critic = client(KEY);

        throttle(agent, "a", 30);
        callers.ask(critic, "b");
        callers.ask(agent, "c");

        time.advanceTimeBy(Duration.ofMillis(29_999));
        assertThat(wire.started()).containsExactly("a");
        assertThat(critic.throttled()).as("answers that it got").isZero();
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(wire.started()).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void holdsWhoQueuedForAPlaceWhenItBegan() {
        AdmissionChatModel critic =
                client(KEY, Limits.builder().maxConcurrency(1).build());
        callers.ask(critic, "a");
        callers.ask(critic, "b");

        throttle(client(KEY), "c", 30);
        wire.answer("a");

        assertThat(wire.started()).containsExactly("a", "c");
        time.advanceTimeBy(Duration.ofSeconds(30));
        assertThat(wire.started()).containsExactly("a", "c", "b");
    }

    @Test
    void holdsAClientThatIsMadeWhileItLasts() {
        throttle(client(KEY), "a", 30);
        time.advanceTimeBy(Duration.ofSeconds(10));

        callers.ask(client(KEY), "b");

        time.advanceTimeBy(Duration.ofSeconds(19));
        assertThat(wire.started()).containsExactly("a");
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(wire.started()).containsExactly("a", "b");
    }

    @Test
    void leavesOtherKeysAndOtherPlacesAndModelsThatNameNoneAlone() {
        throttle(client(KEY), "a", 30);
        throttle(new AdmissionChatModel(wire, Limits.defaults(), time), "b", 30);

        callers.ask(client(OTHER_KEY), "c");
        callers.ask(client(OTHER_PLACE), "d");
        callers.ask(new AdmissionChatModel(wire, Limits.defaults(), time), "e");

        assertThat(wire.started()).containsExactly("a", "b", "c", "d", "e");
    }

    @ParameterizedTest
    @CsvSource({"30, 10", "10, 30"})
    void lastsUntilTheLaterOfTwoTimesWhicheverWasToldFirst(long first, long second) {
        AdmissionChatModel agent = client(KEY);
        AdmissionChatModel critic = client(KEY);
        callers.ask(agent, "a");
        callers.ask(critic, "b");
        wire.fail("a", new ThrottledException("too many", Duration.ofSeconds(first)));
        wire.fail("b", new ThrottledException("too many", Duration.ofSeconds(second)));
        callers.ask(agent, "c");
        callers.ask(critic, "d");

        time.advanceTimeBy(Duration.ofSeconds(29));
        assertThat(wire.started()).containsExactly("a", "b");
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(wire.started()).containsExactlyInAnyOrder("a", "b", "c", "d");
    }

    @Test
    void holdsNoClientThatIsNotWillingToWaitThatLong() {
        throttle(client(KEY), "a", 30);

        callers.ask(willingToWait(29), "b");

        assertThat(wire.started()).containsExactly("a", "b");
    }

    @Test
    void holdsSuchAClientWhenNoMoreIsLeftOfItThanThat() {
        throttle(client(KEY), "a", 30);
        time.advanceTimeBy(Duration.ofSeconds(1));

        callers.ask(willingToWait(29), "b");

        assertThat(wire.started()).containsExactly("a");
    }

    @Test
    void ofAnotherClientIsNoLeaveToGoOnBeforeTheTimeThatAClientWasToldItself() {
        AdmissionChatModel impatient = willingToWait(10);
        callers.ask(client(KEY), "other");
        throttle(impatient, "a", 5);
        wire.fail("other", new ThrottledException("too many", Duration.ofSeconds(50)));
        callers.ask(impatient, "b");

        time.advanceTimeBy(Duration.ofMillis(4_999));
        assertThat(wire.started()).containsExactly("other", "a");
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(wire.started()).containsExactly("other", "a", "b");
    }

    @Test
    void isForgottenWhenItIsOverThoughNoClientGivesAnythingBack() {
        throttle(client(KEY), "a", 30);
        throttle(client(OTHER_KEY), "b", 40);
        assertThat(pauses()).isEqualTo(2);
        time.advanceTimeBy(Duration.ofSeconds(30));

        throttle(client(OTHER_PLACE), "c", 20);
        time.advanceTimeBy(Duration.ofSeconds(20));
        callers.ask(client(OTHER_PLACE), "d");

        assertThat(pauses()).as("that of the other key").isEqualTo(1);
    }

    /** Those of this test. */
    private long pauses() {
        return Pause.SHARED.keySet().stream()
                .filter(whose -> whose.timers() == time)
                .count();
    }

    @Test
    void holdsEmbeddingsWhereChatsOfTheKeyWereThrottled() {
        EmbeddingWire vectors = new EmbeddingWire(time);
        ResilientEmbeddingModel embedding = Resilience.around(
                new EmbeddingModelDecorator(vectors) {
                    @Override
                    public ThrottleScope throttleScope() {
                        return KEY;
                    }

                    @Override
                    public Mono<Embeddings> embed(List<String> texts) {
                        return model.embed(texts);
                    }
                },
                ClientOptions.builder().build(),
                new UsageMeter(),
                ResilienceListener.NONE,
                time);
        ClientOptions all = ClientOptions.builder()
                .limits(Limits.builder()
                        .maxRetries(0)
                        .hedging(true)
                        .attemptTimeout(Duration.ofMinutes(1))
                        .build())
                .build();
        throttle(Resilience.around(wire(KEY), all, new UsageMeter(), ResilienceListener.NONE, time), "a", 30);

        var unused = embedding.embed(List.of("1")).subscribe();

        time.advanceTimeBy(Duration.ofSeconds(29));
        assertThat(vectors.sent).isEmpty();
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(vectors.sent).hasSize(1);
    }

    @Test
    void isNotThatOfEitherModelWhereTwoStandBehindOne() {
        AdmissionChatModel first = client(KEY);
        assertThat(first.throttleScope()).isEqualTo(KEY);

        FallbackChatModel both = FallbackChatModel.of(first, ScriptedChatModel.by(request -> "yes"));

        assertThat(both.throttleScope()).isNull();
    }
}
