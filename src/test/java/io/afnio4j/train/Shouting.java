package io.afnio4j.train;

import static io.afnio4j.testing.Await.now;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.cognitive.Module;
import io.afnio4j.data.DataLoader;
import io.afnio4j.data.Dataset;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Evaluation;
import io.afnio4j.ops.Evaluator;
import io.afnio4j.ops.Inputs;
import io.afnio4j.optim.Optimizer;
import io.afnio4j.optim.TGD;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A program under training that shouts its input only if its prompt says so. */
abstract class Shouting {

    static final Duration LIMIT = Duration.ofSeconds(10);

    final List<String> rewrites = new ArrayList<>(List.of("SHOUT: {word}"));
    final Shouter shouter = new Shouter();
    double measured = 1; // what a right answer counts
    final DataLoader<List<String>> words = DataLoader.of(Dataset.of(List.of("a", "b", "c")), 2, batch -> batch);

    final class Shouter extends Module implements Trainable<List<String>> {

        final Parameter prompt = register("prompt", new Parameter("Say: {word}", "prompt"));
        private final FakeModel model = FakeModel.reacting(request -> said(FakeModel.lastText(request)));
        final FakeModel editor = FakeModel.saying(text -> "<improved_value>\n"
                + (rewrites.size() > 1 ? rewrites.remove(0) : rewrites.get(0)) + "\n</improved_value>");
        Optimizer optimizer = TGD.builder(editor, List.of(prompt)).build();
        final List<Boolean> modes = new ArrayList<>();

        Variable registered(String name, boolean persistent) {
            return registerBuffer(name, new Variable("x", name, true), persistent);
        }

        private Mono<String> said(String text) {
            if (text.startsWith("Wait")) {
                return Mono.never();
            }
            return Mono.just(text.startsWith("SHOUT") ? text.substring(7).toUpperCase(Locale.ROOT) : text.substring(5));
        }

        @Override
        public Optimizer configureOptimizers() {
            return optimizer;
        }

        @Override
        public Mono<StepResult> trainingStep(List<String> batch) {
            modes.add(isTraining());
            Variable targets = new Variable(
                    batch.stream().map(word -> word.toUpperCase(Locale.ROOT)).toList(), "targets");
            return ChatCompletion.of(model, List.of(Message.user(prompt)), Inputs.NONE.and("word", batch))
                    .run()
                    .map(said -> judged(Evaluator.exactMatch().evaluate(said, targets), batch.size()));
        }

        private StepResult judged(Evaluation evaluation, int samples) {
            long right = (Long) evaluation.score().data();
            return StepResult.of(evaluation, samples, "accuracy", measured * right / samples);
        }
    }

    Flux<TrainingEvent> fit(Trainer trainer, boolean validated) {
        Flux<TrainingEvent> events = validated ? trainer.fit(shouter, words, words) : trainer.fit(shouter, words);
        return events.contextWrite(
                new BackwardClient(FakeModel.saying(text -> "Tell it to shout."), CompletionOptions.NONE)::in);
    }

    @CanIgnoreReturnValue
    List<TrainingEvent> run(Trainer trainer, boolean validated) {
        return now(fit(trainer, validated).collectList());
    }

    static <E> List<E> only(Class<E> type, List<TrainingEvent> events) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
