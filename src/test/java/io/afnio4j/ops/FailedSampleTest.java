package io.afnio4j.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardException;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.FailurePolicy;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.model.limit.ResilienceListener;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * One sample's call fails for good: what becomes of those of the other samples, as the policy of the pass says. A call
 * takes a second, and that of the first sample half of one.
 */
class FailedSampleTest extends FeedbackCalls {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int SAMPLES = 100;

    private final FakeModel critic =
            FakeModel.reacting(request -> FakeModel.lastText(request).contains("word 0.")
                    ? Mono.delay(Duration.ofMillis(500)).then(Mono.error(new RejectedRequestException("no")))
                    : Mono.just("be brief").delayElement(Duration.ofSeconds(1)));
    private final List<String> words =
            IntStream.range(0, SAMPLES).mapToObj(i -> "word " + i).toList();

    private StepVerifier.Step<Void> pass(ChatModel model, BackwardOptions options) {
        Variable answers = answer(Inputs.NONE.and("word", words));
        return StepVerifier.withVirtualTime(() ->
                        answers.backward(options.gradient(new Variable(Collections.nCopies(SAMPLES, "bad"), "feedback"))
                                .inputs(prompt)
                                .context(client(model)::in)))
                .expectSubscription();
    }

    private static void failsForIt(Throwable failure) {
        assertThat(((BackwardException) failure).failures()).singleElement().satisfies(node -> {
            assertThat(node.cause()).hasMessage("no");
            assertThat(node.cause().getSuppressed()).isEmpty();
        });
    }

    @Test
    void noFurtherOneIsAskedAndThoseOnTheirWayFinish() {
        pass(critic, BackwardOptions.DEFAULTS.maxConcurrency(3))
                .expectNoEvent(Duration.ofMillis(999))
                .thenAwait(Duration.ofMillis(1))
                .expectErrorSatisfies(FailedSampleTest::failsForIt)
                .verify(LIMIT);
        assertThat(critic.requests()).hasSize(3);
    }

    @Test
    void noFurtherOneIsAskedWhereTheyWaitInTheClientsQueue() {
        pass(ofThreePlaces(), BackwardOptions.DEFAULTS)
                .thenAwait(Duration.ofSeconds(1))
                .expectErrorSatisfies(FailedSampleTest::failsForIt)
                .verify(LIMIT);
        assertThat(critic.requests()).hasSize(3);
    }

    private ChatModel ofThreePlaces() {
        return Resilience.around(
                critic,
                ClientOptions.builder().maxConcurrency(3).build(),
                new UsageMeter(),
                ResilienceListener.NONE,
                VirtualTimeScheduler.getOrSet());
    }

    @Test
    void allAreCancelledInTheClientsQueueAsWellWhereThatIsThePolicyAndTheFailureIsTold() {
        List<Throwable> dropped = new ArrayList<>();
        Hooks.onErrorDropped(dropped::add);
        try {
            pass(ofThreePlaces(), BackwardOptions.DEFAULTS.onFailure(FailurePolicy.CANCEL_STARTED))
                    .expectNoEvent(Duration.ofMillis(499))
                    .thenAwait(Duration.ofMillis(1))
                    .expectErrorSatisfies(FailedSampleTest::failsForIt)
                    .verify(LIMIT);
        } finally {
            Hooks.resetOnErrorDropped();
        }
        assertThat(critic.requests()).hasSize(3);
        assertThat(dropped).isEmpty();
    }

    @Test
    void allAreCancelledWhereThatIsThePolicy() {
        pass(critic, BackwardOptions.DEFAULTS.maxConcurrency(3).onFailure(FailurePolicy.CANCEL_STARTED))
                .expectNoEvent(Duration.ofMillis(499))
                .thenAwait(Duration.ofMillis(1))
                .expectErrorSatisfies(FailedSampleTest::failsForIt)
                .verify(LIMIT);
        assertThat(critic.requests()).hasSize(3);
    }

    @Test
    void allAreAskedWhereThatIsThePolicy() {
        pass(critic, BackwardOptions.DEFAULTS.onFailure(FailurePolicy.RUN_ALL))
                .thenAwait(Duration.ofSeconds(1))
                .expectErrorSatisfies(FailedSampleTest::failsForIt)
                .verify(LIMIT);
        assertThat(critic.requests()).hasSize(SAMPLES);
    }
}
