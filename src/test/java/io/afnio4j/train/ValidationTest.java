package io.afnio4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.cognitive.Module;
import io.afnio4j.data.DataLoader;
import io.afnio4j.data.Dataset;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Evaluator;
import io.afnio4j.ops.Inputs;
import io.afnio4j.optim.Optimizer;
import io.afnio4j.optim.TGD;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What becomes of the batches of a split that are judged at the same time. */
class ValidationTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();

    /** Takes as many seconds as it is told, and fails where that is an odd number. */
    private final FakeModel model = FakeModel.reacting(request -> {
        int seconds = Integer.parseInt(FakeModel.lastText(request));
        Mono<String> answer = seconds % 2 == 0
                ? Mono.just("said").doOnNext(said -> answered.incrementAndGet())
                : Mono.error(new UnavailableException("down after " + seconds, null));
        return Mono.delay(Duration.ofSeconds(seconds)).then(answer).doOnCancel(cancelled::incrementAndGet);
    });

    private final class Waiter extends Module implements Trainable<List<String>> {

        private final Parameter prompt = register("prompt", new Parameter("{seconds}", "prompt"));

        @Override
        public Optimizer configureOptimizers() {
            return TGD.builder(model, parameters()).build();
        }

        @Override
        public Mono<StepResult> trainingStep(List<String> batch) {
            return batch.contains("skip")
                    ? Mono.empty()
                    : ChatCompletion.of(model, List.of(Message.user(prompt)), Inputs.of("seconds", batch))
                            .run()
                            .map(said -> StepResult.of(Evaluator.exactMatch().evaluate(said, "said")));
        }
    }

    private Mono<Metrics> validate(String... samples) {
        DataLoader<List<String>> split = DataLoader.of(Dataset.of(List.of(samples)), 1, batch -> batch);
        return Trainer.builder().build().validate(new Waiter(), split);
    }

    @Test
    void whereABatchFailsWhatTheOthersHaveAskedIsAnsweredAndTheFirstFailureOfTheSplitIsTold() {
        StepVerifier.withVirtualTime(() -> validate("8", "5", "6", "3"))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(8))
                .expectErrorMessage("down after 5")
                .verify(LIMIT);
        assertThat(answered).hasValue(2);
        assertThat(cancelled).hasValue(0);
    }

    @Test
    void allAreJudgedAtTheSameTimeAndThoseThatAreSkippedDontCount() {
        StepVerifier.withVirtualTime(() -> validate("8", "skip", "6"))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(8))
                .assertNext(metrics -> {
                    assertThat(metrics.samples()).isEqualTo(2);
                    assertThat(metrics.mean(StepResult.LOSS)).isEqualTo(1);
                })
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void whoCancelsCancelsAllOfThem() {
        StepVerifier.withVirtualTime(() -> validate("8", "6"))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(1))
                .thenCancel()
                .verify(LIMIT);
        assertThat(cancelled).hasValue(2);
    }
}
