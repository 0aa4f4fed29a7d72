package io.afnio4j.observe;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardException;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.FailurePolicy;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.cognitive.Functional;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Inputs;
import io.afnio4j.testing.FakeModel;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Two branches, a and b, that are asked about at the same time; the test says when each is answered. */
class PassMetersTest {

    private final MockClock clock = new MockClock();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    private final PassMeters meters = PassMeters.of(registry);
    private final BackwardOptions watched =
            BackwardOptions.DEFAULTS.gradient(new Variable("bad", "feedback")).listener(meters);
    private final Map<String, Sinks.One<String>> answers =
            new ConcurrentHashMap<>(Map.of("branch a", Sinks.one(), "branch b", Sinks.one()));
    private final FakeModel critic = FakeModel.reacting(request -> Mono.defer(() -> answers.entrySet().stream()
            .filter(answer -> FakeModel.lastText(request).contains(answer.getKey()))
            .findFirst()
            .orElseThrow()
            .getValue()
            .asMono()));

    private Variable branch(String name) {
        Parameter prompt = new Parameter("This is " + name + ".", "prompt");
        return now(ChatCompletion.of(FakeModel.saying(text -> "answer"), List.of(Message.user(prompt)), Inputs.NONE)
                .run());
    }

    private Mono<Void> pass(BackwardOptions options) {
        Variable root = Functional.add(branch("branch a"), branch("branch b"));
        return root.backward(options).contextWrite(new BackwardClient(critic, CompletionOptions.NONE)::in);
    }

    private void answer(String branch, Duration after) {
        clock.add(after);
        answers.get(branch).tryEmitValue("better").orThrow();
    }

    private double gauge(Meters meter) {
        return registry.get(meter.meterName()).gauge().value();
    }

    private double nodes(String result) {
        return registry.get(Meters.PASS_NODES.meterName())
                .tag("result", result)
                .counter()
                .count();
    }

    private double seconds(String outcome) {
        return registry.get(Meters.PASS.meterName())
                .tag("outcome", outcome)
                .timer()
                .totalTime(TimeUnit.SECONDS);
    }

    @Test
    void aPassIsTimedAndItsNodesAreCountedWhileAndAfterTheyWait() {
        Disposable pass = pass(watched).subscribe();
        assertThat(gauge(Meters.PASS_NODES_IN_FLIGHT)).isEqualTo(2);
        answer("branch b", Duration.ofSeconds(4));
        assertThat(gauge(Meters.PASS_NODES_IN_FLIGHT)).isEqualTo(1);
        assertThat(nodes("answered")).isEqualTo(1);
        answer("branch a", Duration.ofSeconds(4));

        assertThat(pass.isDisposed()).isTrue();
        assertThat(gauge(Meters.PASS_NODES_IN_FLIGHT)).isZero();
        assertThat(nodes("answered")).isEqualTo(2);
        assertThat(seconds("succeeded")).isEqualTo(8);
        assertThat(registry.get(Meters.PASS_SPEEDUP.meterName()).summary().max())
                .isEqualTo(1.5); // (4 + 8) / 8
        assertThat(registry.get(Meters.PASS_CRITICAL_PATH.meterName()).summary().max())
                .isEqualTo(1);
    }

    @Test
    void waitingForATurnAtTheClientIsNoSpeedUp() {
        ClientOptions oneAtATime = ClientOptions.builder().maxConcurrency(1).build();
        ChatModel limited = Resilience.around(critic, oneAtATime, new UsageMeter());
        Variable root = Functional.add(branch("branch a"), branch("branch b"));
        Disposable pass = root.backward(watched)
                .contextWrite(new BackwardClient(limited, CompletionOptions.NONE)::in)
                .subscribe();
        answer("branch a", Duration.ofSeconds(4));
        answer("branch b", Duration.ofSeconds(4));

        assertThat(pass.isDisposed()).isTrue();
        assertThat(registry.get(Meters.PASS_SPEEDUP.meterName()).summary().max())
                .isEqualTo(1); // (4 + 4) / 8
    }

    @Test
    void whatWaitsAtThePassesOwnLimitIsItsQueue() {
        Disposable pass = pass(watched.maxConcurrency(1)).subscribe();

        assertThat(gauge(Meters.PASS_NODES_IN_FLIGHT)).isEqualTo(2);
        assertThat(gauge(Meters.PASS_QUEUED)).isEqualTo(1);
        pass.dispose();
        assertThat(gauge(Meters.PASS_QUEUED)).isZero();
    }

    @Test
    void passesThatFailOrAreCancelledLeaveNothingInFlight() {
        Disposable cancelled = pass(watched).subscribe();
        clock.add(Duration.ofSeconds(3));
        cancelled.dispose();
        assertThat(seconds("cancelled")).isEqualTo(3);
        assertThat(gauge(Meters.PASS_NODES_IN_FLIGHT)).isZero();

        answers.get("branch a").tryEmitError(new RejectedRequestException("no")).orThrow();
        answers.get("branch b").tryEmitValue("better").orThrow();
        for (FailurePolicy policy : List.of(FailurePolicy.CANCEL_STARTED, FailurePolicy.COMMIT_PARTLY)) {
            StepVerifier.create(pass(watched.onFailure(policy)))
                    .expectError(BackwardException.class)
                    .verify(Duration.ofSeconds(5));
        }

        assertThat(nodes("failed")).isEqualTo(2);
        assertThat(registry.get(Meters.PASS.meterName())
                        .tag("outcome", "failed")
                        .timer()
                        .count())
                .isEqualTo(2);
        assertThat(seconds("succeeded")).isZero();
        assertThat(gauge(Meters.PASS_NODES_IN_FLIGHT)).isZero();
    }

    @Test
    void nodesWithNothingToAskAreCounted() {
        Variable inner = branch("branch a");
        Variable outer = now(ChatCompletion.of(
                        FakeModel.saying(text -> "answer"),
                        List.of(Message.user(new Variable("This is branch b about {inner}.", "template"))),
                        Inputs.of("inner", inner))
                .run());
        answers.get("branch b").tryEmitValue("").orThrow();
        now(outer.backward(watched).contextWrite(new BackwardClient(critic, CompletionOptions.NONE)::in));

        assertThat(nodes("answered")).isEqualTo(1);
        assertThat(nodes("skipped")).isEqualTo(1);
    }

    @Test
    void onePassDoesNotDisturbTheNumbersOfAnother() {
        Disposable one = pass(watched).subscribe();
        Disposable other = pass(watched).subscribe();
        assertThat(gauge(Meters.PASS_NODES_IN_FLIGHT)).isEqualTo(4);
        one.dispose();
        assertThat(gauge(Meters.PASS_NODES_IN_FLIGHT)).isEqualTo(2);
        answer("branch a", Duration.ofSeconds(1));
        answer("branch b", Duration.ofSeconds(1));

        assertThat(other.isDisposed()).isTrue();
        assertThat(seconds("succeeded")).isEqualTo(2);
    }
}
