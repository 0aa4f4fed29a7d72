package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.context.CallOff;
import io.afnio4j.error.BudgetExceededException;
import io.afnio4j.error.CalledOffException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.Allowance;
import io.afnio4j.model.Budget;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Usage;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.MemoryCache;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.model.limit.ResilienceListener;
import io.afnio4j.model.limit.ResilientChatModel;
import io.afnio4j.model.script.ScriptedChatModel;
import io.afnio4j.testing.Cancelling;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A call of a forward batch fails: what becomes of the others. */
class ForwardBatchTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final UsageMeter meter = new UsageMeter();
    private final AtomicInteger cancelled = new AtomicInteger();

    private static Mono<Variable> batch(ChatModel model, int samples) {
        List<String> words = IntStream.range(0, samples).mapToObj(i -> "w" + i).toList();
        Parameter prompt = new Parameter("Say {word}", "prompt");
        return ChatCompletion.of(model, List.of(Message.user(prompt)), Inputs.NONE.and("word", words))
                .run();
    }

    /** Each sample that is named here fails after so many milliseconds, the others answer after a second. */
    private FakeModel failing(Map<String, Integer> millis) {
        return FakeModel.reacting(request -> {
            String said = FakeModel.lastText(request);
            Integer fails = millis.get(said);
            return fails == null
                    ? Mono.just(said).delayElement(Duration.ofSeconds(1)).doOnCancel(cancelled::incrementAndGet)
                    : Mono.delay(Duration.ofMillis(fails)).then(Mono.error(new RejectedRequestException(said)));
        });
    }

    private ResilientChatModel client(ChatModel wire, ClientOptions.Builder options) {
        return Resilience.around(wire, options.build(), meter, ResilienceListener.NONE, time);
    }

    private ScriptedChatModel slow() {
        return ScriptedChatModel.builder()
                .by(request -> "answer")
                .usage(Usage.of(10, 5))
                .delay(Duration.ofSeconds(1))
                .timers(time)
                .build();
    }

    private static ClientOptions.Builder calls(long most) {
        return ClientOptions.builder().budget(Budget.of(Allowance.NONE.calls(most)));
    }

    @Test
    void whatIsOnItsWayAtTheLimitOfABudgetIsAnsweredKeptAndCountedAsItWas() {
        ScriptedChatModel wire = slow();
        MemoryCache cache = MemoryCache.of(100);
        ResilientChatModel client = client(wire, calls(5).cache(cache));
        StepVerifier.create(batch(client, 10))
                .expectSubscription()
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(1)))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(BudgetExceededException.class)
                        .hasMessageContaining("5 are in flight"))
                .verify(LIMIT);

        assertThat(wire.calls()).isEqualTo(5);
        assertThat(meter.total().calls()).isEqualTo(5);
        assertThat(meter.total().cancelled()).isZero();
        assertThat(meter.total().usage()).isEqualTo(Usage.of(50, 25));
        assertThat(client.load().budget().spent().tokens()).isEqualTo(75);

        now(batch(client(slow(), calls(0).cache(cache)), 5)); // without a further call
    }

    @Test
    void whatWaitsInTheClientsQueueIsNotSent() {
        ScriptedChatModel wire = slow();
        ResilientChatModel client = client(wire, calls(5).maxConcurrency(2));
        StepVerifier.create(batch(client, 10))
                .expectSubscription()
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(1)))
                .expectError(BudgetExceededException.class)
                .verify(LIMIT);
        assertThat(wire.calls()).isEqualTo(2);
        assertThat(client.load().queued()).isZero();
        assertThat(client.load().budget().reserved().calls()).isZero();
    }

    @Test
    void whatWaitsToBeSentAgainWaitsNoLonger() {
        ScriptedChatModel wire = ScriptedChatModel.builder()
                .responding(request -> FakeModel.lastText(request).equals("Say w0")
                        ? Mono.error(new UnavailableException("down", Duration.ofMinutes(1)))
                        : Mono.error(new RejectedRequestException("no")))
                .build();
        StepVerifier.create(batch(client(wire, ClientOptions.builder()), 2))
                .expectErrorMessage("no")
                .verify(LIMIT);
        assertThat(wire.calls()).isEqualTo(2);
    }

    @Test
    void nothingIsSentAfterAFailureByAModelWithoutAQueue() {
        FakeModel refusing = FakeModel.reacting(request -> Mono.error(new RejectedRequestException("no")));
        StepVerifier.create(batch(refusing, 10))
                .expectErrorSatisfies(
                        failure -> assertThat(failure).hasMessage("no").hasNoSuppressedExceptions())
                .verify(LIMIT);
        assertThat(refusing.requests()).hasSize(1);
    }

    @Test
    void theFirstFailureInTheOrderOfTheSamplesIsToldWhicheverCameFirst() {
        FakeModel model = failing(Map.of("Say w1", 900, "Say w3", 100));
        StepVerifier.withVirtualTime(() -> batch(model, 5))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(999))
                .thenAwait(Duration.ofMillis(1))
                .expectErrorSatisfies(failure -> {
                    assertThat(failure).hasMessage("Say w1");
                    assertThat(failure.getSuppressed())
                            .singleElement()
                            .satisfies(other -> assertThat(other).hasMessage("Say w3"));
                })
                .verify(LIMIT);
        assertThat(cancelled).hasValue(0);
    }

    @Test
    void whoDoesNotWantToWaitCancelsAllAtOnce() {
        FakeModel model = failing(Map.of("Say w1", 100));
        StepVerifier.withVirtualTime(() -> batch(model, 5))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(500))
                .thenCancel()
                .verify(LIMIT);
        assertThat(cancelled).hasValue(4);
    }

    @Test
    void whatCallsOffTheWholeCallsOffTheBatch() {
        CallOff whole = new CallOff();
        ResilientChatModel client = client(slow(), ClientOptions.builder().maxConcurrency(1));
        StepVerifier.create(batch(client, 3).contextWrite(whole::in))
                .expectSubscription()
                .then(whole::callOff)
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(1)))
                .expectError(CalledOffException.class)
                .verify(LIMIT);
        assertThat(meter.total().calls()).isEqualTo(1);
    }

    @Test
    void aFailureInTheBatchCallsOffNothingAroundIt() {
        CallOff whole = new CallOff();
        FakeModel refusing = FakeModel.reacting(request -> Mono.error(new RejectedRequestException("no")));
        StepVerifier.create(batch(refusing, 2).contextWrite(whole::in))
                .expectErrorMessage("no")
                .verify(LIMIT);
        assertThat(whole.isCalledOff()).isFalse();
    }

    @Test
    void inAPassThatCancelsWhatIsOnItsWayTheOthersAreCancelled() {
        FakeModel model = failing(Map.of("Say w1", 100));
        StepVerifier.withVirtualTime(() -> batch(model, 5).contextWrite(new Cancelling()::in))
                .thenAwait(Duration.ofMillis(100))
                .expectErrorMessage("Say w1")
                .verify(LIMIT);
        assertThat(cancelled).hasValue(4);
    }
}
