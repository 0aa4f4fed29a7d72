package io.afnio4j.train;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.cognitive.Module;
import io.afnio4j.data.DataLoader;
import io.afnio4j.data.Dataset;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Evaluator;
import io.afnio4j.ops.Inputs;
import io.afnio4j.optim.Optimizer;
import io.afnio4j.optim.TGD;
import io.afnio4j.testing.FakeModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A training for tests that stop it: the program is never right, and every prompt, question and rewriting depends on
 * all that came before, so that one step out of place would show.
 */
abstract class Stoppable {

    static final Duration LIMIT = Duration.ofSeconds(10);
    static final int BATCHES = 3;

    @TempDir
    Path directory;

    /** All questions of one run, in order. */
    final List<String> asked = new ArrayList<>();

    class Chain extends Module implements Trainable<List<String>> {

        final Parameter prompt = register("prompt", new Parameter("0 {word}", "prompt"));
        private final int failAt;
        private final FakeModel model = FakeModel.reacting(request -> logged("agent", FakeModel.lastText(request)));
        private int calls;

        Chain(int failAt) {
            this.failAt = failAt;
        }

        Parameter prompt() {
            return prompt;
        }

        private Mono<String> logged(String who, String text) {
            if (++calls == failAt) {
                return Mono.error(new UnavailableException("down", null));
            }
            asked.add(who + " " + text);
            return Mono.just("answer to " + text);
        }

        /** The new prompt depends on the whole question, history and feedback included. */
        private Mono<String> rewritten(String question) {
            return logged("editor", question)
                    .map(any ->
                            "<improved_value>" + Integer.toHexString(question.hashCode()) + " {word}</improved_value>");
        }

        @Override
        public Optimizer configureOptimizers() {
            return TGD.builder(FakeModel.reacting(request -> rewritten(FakeModel.lastText(request))), parameters())
                    .momentum(3)
                    .build();
        }

        @Override
        public Mono<StepResult> trainingStep(List<String> batch) {
            return ChatCompletion.of(model, List.of(Message.user(prompt)), Inputs.NONE.and("word", batch))
                    .run()
                    .map(said -> StepResult.of(Evaluator.exactMatch().evaluate(said, "never")));
        }

        @Override
        public Mono<StepResult> validationStep(List<String> batch) {
            double length = prompt.text().codePoints().sum() % 97; // as good as random, and the same every time
            return trainingStep(batch).map(result -> StepResult.of(result.evaluation(), Map.of("luck", length)));
        }

        Flux<TrainingEvent> fit(Trainer trainer, boolean validated) {
            DataLoader<List<String>> words = DataLoader.of(
                            Dataset.of(List.of("a", "b", "c", "d", "e")), 2, batch -> batch)
                    .shuffle(7);
            DataLoader<List<String>> other = DataLoader.of(Dataset.of(List.of("x")), 1, batch -> batch);
            FakeModel critic = FakeModel.reacting(request -> logged("critic", FakeModel.lastText(request)));
            return (validated ? trainer.fit(this, words, other) : trainer.fit(this, words))
                    .contextWrite(new BackwardClient(critic, CompletionOptions.NONE)::in);
        }
    }

    Trainer.Builder trainer() {
        return Trainer.builder().epochs(3).checkpointTo(directory.resolve("run.hf"));
    }
}
