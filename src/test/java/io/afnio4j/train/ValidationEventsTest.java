package io.afnio4j.train;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.cognitive.Module;
import io.afnio4j.data.DataLoader;
import io.afnio4j.data.Dataset;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.Cost;
import io.afnio4j.model.Price;
import io.afnio4j.model.Usage;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Evaluator;
import io.afnio4j.ops.Inputs;
import io.afnio4j.optim.Optimizer;
import io.afnio4j.optim.TGD;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What whoever watches a training sees of its validation split: five rows in batches of two, one call each. */
class ValidationEventsTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final List<String> ROWS = List.of("a", "b", "c", "d", "skip");

    private final CountDownLatch judged = new CountDownLatch(2); // batches
    private final AtomicInteger streamed = new AtomicInteger();

    /** Each call reads and writes a token, which cost a dollar each. */
    private final ChatModel model = Resilience.around(
            new Streamed(
                    FakeModel.saying(text -> "<improved_value>longer " + text.length() + " {row}</improved_value>")),
            ClientOptions.builder()
                    .price(Price.perMillion("1000000", "1000000"))
                    .build(),
            new UsageMeter());

    /** Counts the answers that are streamed. */
    private final class Streamed extends ChatModelDecorator {

        private Streamed(ChatModel model) {
            super(model);
        }

        @Override
        public Mono<ChatResponse> chat(ChatRequest request) {
            return model.chat(request);
        }

        @Override
        public Flux<ChatChunk> stream(ChatRequest request) {
            streamed.incrementAndGet();
            return model.stream(request);
        }
    }

    private final class Agent extends Module implements Trainable<List<String>> {

        private final Parameter prompt = register("prompt", new Parameter("{row}", "prompt"));

        @Override
        public Optimizer configureOptimizers() {
            return TGD.builder(model, parameters()).build();
        }

        @Override
        public Mono<StepResult> trainingStep(List<String> batch) {
            return ChatCompletion.of(model, List.of(Message.user(prompt)), Inputs.of("row", batch))
                    .run()
                    .map(said -> StepResult.of(Evaluator.exactMatch().evaluate(said, "never")));
        }

        @Override
        public Mono<StepResult> validationStep(List<String> batch) {
            return batch.contains("skip") ? Mono.empty() : trainingStep(batch).doOnNext(result -> judged.countDown());
        }
    }

    private Flux<TrainingEvent> training(Trainer.Builder trainer) {
        DataLoader<List<String>> one = DataLoader.of(Dataset.of(List.of("x")), 1, batch -> batch);
        DataLoader<List<String>> split = DataLoader.of(Dataset.of(ROWS), 2, batch -> batch);
        return trainer.epochs(1)
                .build()
                .fit(new Agent(), one, split)
                .contextWrite(new BackwardClient(model, CompletionOptions.NONE)::in);
    }

    private static List<TrainingEvent.Validating> validating(List<TrainingEvent> events, int step) {
        return events.stream()
                .filter(TrainingEvent.Validating.class::isInstance)
                .map(TrainingEvent.Validating.class::cast)
                .filter(event -> event.step() == step)
                .toList();
    }

    private static void isToldInFull(List<TrainingEvent.Validating> judging, int step) {
        assertThat(judging)
                .startsWith(new TrainingEvent.Validating(step, 0, 5, 0, Usage.NONE, Cost.ZERO))
                .endsWith(new TrainingEvent.Validating(step, 4, 5, 4, Usage.of(4, 4), Cost.ofDollars("8")));
        assertThat(judging)
                .extracting(TrainingEvent.Validating::calls)
                .contains(1L, 2L, 3L)
                .isSorted();
        assertThat(judging)
                .extracting(TrainingEvent.Validating::judged)
                .contains(2L)
                .isSorted();
    }

    @Test
    void ofAGateTheFirstJudgingAndThatOfEachStepAreToldWithWhatTheyCost() {
        List<TrainingEvent> events =
                now(training(Trainer.builder().gate(StepResult.LOSS)).collectList());

        isToldInFull(validating(events, 0), 0);
        isToldInFull(validating(events, 1), 1);
        assertThat(events)
                .filteredOn(event -> !(event instanceof TrainingEvent.Calling
                        || event instanceof TrainingEvent.Backward
                        || (event instanceof TrainingEvent.Validating judging && judging.calls() < 4)))
                .extracting(event -> event.getClass().getSimpleName())
                .containsSubsequence(
                        "Validating",
                        "Validated",
                        "StepStarted",
                        "Rewritten",
                        "Validating",
                        "Rejected",
                        "StepFinished");
    }

    @Test
    void withoutAGateThatOfEachEpochIsTold() {
        List<TrainingEvent> events = now(training(Trainer.builder()).collectList());

        isToldInFull(validating(events, 1), 1);
        assertThat(events)
                .filteredOn(TrainingEvent.Validating.class::isInstance)
                .hasSameSizeAs(validating(events, 1));
    }

    @Test
    void itsAnswersComeInOnePieceAsNobodyIsToldOfTheirWords() {
        now(training(Trainer.builder()).then());

        assertThat(streamed)
                .as("the step's own calls: forwards, backwards, optimizer")
                .hasValue(3);
    }

    @Test
    void whoeverWatchesItDoesNotHoldItUp() {
        List<TrainingEvent> seen = new ArrayList<>();
        Flux<TrainingEvent> watched = training(Trainer.builder().gate(StepResult.LOSS))
                .doOnNext(event -> {
                    seen.add(event);
                    if (event instanceof TrainingEvent.Validating judging && judging.calls() == 1) {
                        assertThat(allAreJudged()).isTrue();
                    }
                })
                .takeUntil(event -> event instanceof TrainingEvent.Validated);

        now(watched.then());

        isToldInFull(validating(seen, 0), 0);
    }

    private boolean allAreJudged() {
        try {
            return judged.await(LIMIT.toMillis() / 2, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }
}
