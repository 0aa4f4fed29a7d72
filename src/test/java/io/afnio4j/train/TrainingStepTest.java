package io.afnio4j.train;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CallEvent;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Evaluator;
import io.afnio4j.ops.Inputs;
import io.afnio4j.optim.TGD;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** One step from the program to the new prompt, seen from outside. */
class TrainingStepTest {

    private final Parameter prompt = new Parameter("Say: {word}", "prompt");
    private final FakeModel agent = FakeModel.saying(text -> "said " + text.substring(5));
    private final FakeModel critic = FakeModel.saying(text -> "Say it louder.");
    private final FakeModel editor = FakeModel.saying(text -> "<improved_value>Shout: {word}</improved_value>");
    private final TGD optimizer = TGD.builder(editor, List.of(prompt)).build();

    private Mono<StepResult> judged(FakeModel agent) {
        Variable targets = new Variable(List.of("A", "said b"), "targets");
        return ChatCompletion.of(agent, List.of(Message.user(prompt)), Inputs.NONE.and("word", List.of("a", "b")))
                .as("word")
                .run()
                .map(said -> StepResult.of(Evaluator.exactMatch().evaluate(said, targets)));
    }

    private Flux<TrainingEvent> step(FakeModel backward) {
        return TrainingStep.events(judged(agent), optimizer, BackwardOptions.DEFAULTS)
                .contextWrite(new BackwardClient(backward, CompletionOptions.NONE)::in);
    }

    private static String name(TrainingEvent event) {
        if (event instanceof TrainingEvent.Calling calling) {
            CallEvent.Call call = calling.event().call();
            return call.phase() + " " + call.role() + " " + call.sample() + " "
                    + calling.event().getClass().getSimpleName();
        }
        return event instanceof TrainingEvent.Backward backward
                ? backward.event().getClass().getSimpleName()
                : event.getClass().getSimpleName();
    }

    @Test
    void anObserverWhoAsksForNothingDoesNotHoldUpTheStep() {
        StepVerifier.create(step(critic), 0)
                .expectSubscription()
                .then(() -> assertThat(prompt.text()).isEqualTo("Shout: {word}"))
                .thenRequest(1)
                .expectNextMatches(TrainingEvent.StepStarted.class::isInstance)
                .thenCancel()
                .verify(Duration.ofSeconds(5));
    }

    @Test
    void oneFluxTellsTheWholeStepInTheOrderOfItsPhases() {
        prompt.grad(List.of(new Variable("old", "feedback")));
        List<TrainingEvent> events = now(step(critic).collectList());

        assertThat(events.stream().map(TrainingStepTest::name))
                .containsExactly(
                        "StepStarted",
                        "FORWARD word 0 Started",
                        "FORWARD word 0 Token",
                        "FORWARD word 0 Answered",
                        "FORWARD word 1 Started",
                        "FORWARD word 1 Token",
                        "FORWARD word 1 Answered",
                        "Judged",
                        "Planned",
                        "NodeComputed",
                        "NodeStarted",
                        "FeedbackToken",
                        "FeedbackReceived",
                        "NodeFinished",
                        "Finished",
                        "OPTIMIZER prompt 0 Started",
                        "OPTIMIZER prompt 0 Token",
                        "OPTIMIZER prompt 0 Answered",
                        "Rewritten",
                        "StepFinished");
        assertThat(events)
                .filteredOn(TrainingEvent.Rewritten.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(TrainingEvent.Rewritten.class, rewritten -> {
                    assertThat(rewritten.update().parameter()).isSameAs(prompt);
                    assertThat(rewritten.update().before()).isEqualTo("Say: {word}");
                    assertThat(rewritten.update().after()).isEqualTo("Shout: {word}");
                });
        assertThat(events.get(events.size() - 1))
                .isEqualTo(new TrainingEvent.StepFinished(1, new Metrics(2, Map.of("loss", 0.5))));
        assertThat(prompt.grad()).extracting(Variable::text).containsExactly("Say it louder.");
    }

    @Test
    void aSkippedBatchTakesNoStep() {
        assertThat(now(TrainingStep.events(Mono.empty(), optimizer, BackwardOptions.DEFAULTS)
                        .collectList()))
                .containsExactly(new TrainingEvent.StepStarted(1), new TrainingEvent.StepFinished(1, Metrics.NONE));
    }

    @Test
    void anObserverWhoAsksForOneEventAtATimeGetsThemAll() {
        List<TrainingEvent> events = now(step(critic).limitRate(1).collectList());

        assertThat(events).hasSize(20);
    }

    @Test
    void cancellingTheEventsCancelsWhatIsUnderWayInEachPhase() {
        for (int phase = 0; phase < 3; phase++) {
            AtomicInteger waiting = new AtomicInteger();
            FakeModel endless = FakeModel.reacting(request -> Mono.<String>never()
                    .doOnSubscribe(asked -> waiting.incrementAndGet())
                    .doOnCancel(waiting::decrementAndGet));
            TGD rewriting =
                    TGD.builder(phase == 2 ? endless : editor, List.of(prompt)).build();
            Disposable step = TrainingStep.events(
                            judged(phase == 0 ? endless : agent), rewriting, BackwardOptions.DEFAULTS)
                    .contextWrite(new BackwardClient(phase == 1 ? endless : critic, CompletionOptions.NONE)::in)
                    .subscribe();
            assertThat(waiting).as("phase " + phase).hasPositiveValue();

            step.dispose();

            assertThat(waiting).as("phase " + phase).hasValue(0);
            assertThat(prompt.text()).isEqualTo("Say: {word}");
        }
    }

    @Test
    void theListenerOfTheOptionsHearsOfThePass() {
        List<BackwardEvent> heard = new ArrayList<>();
        now(TrainingStep.events(judged(agent), optimizer, BackwardOptions.DEFAULTS.listener(heard::add))
                .contextWrite(new BackwardClient(critic, CompletionOptions.NONE)::in)
                .then());

        assertThat(heard).first().isInstanceOf(BackwardEvent.Planned.class);
        assertThat(heard).last().isInstanceOf(BackwardEvent.Finished.class);
    }

    private final Parameter system = new Parameter("Be brief.", "system prompt");

    private void step(TGD rewriting, BackwardOptions options) {
        Mono<StepResult> judged = ChatCompletion.of(
                        agent, List.of(Message.system(system), Message.user(prompt)), Inputs.of("word", "a"))
                .run()
                .map(said -> StepResult.of(Evaluator.exactMatch().evaluate(said, "A")));
        now(TrainingStep.events(judged, rewriting, options)
                .contextWrite(new BackwardClient(critic, CompletionOptions.NONE)::in)
                .then());
    }

    @Test
    void nothingIsAskedAboutWhatNobodyRewrites() {
        step(optimizer, BackwardOptions.DEFAULTS);

        assertThat(prompt.grad()).hasSize(1);
        assertThat(system.grad()).isEmpty();
        assertThat(critic.requests()).hasSize(1);
    }

    @Test
    void whoeverNamesTheLeavesHasFeedbackToThose() {
        step(optimizer, BackwardOptions.DEFAULTS.inputs(system));

        assertThat(system.grad()).hasSize(1);
        assertThat(prompt.grad()).isEmpty();
    }

    @Test
    void whatIsFrozenIsLeftOut() {
        system.requiresGrad(false);
        step(TGD.builder(editor, List.of(prompt, system)).build(), BackwardOptions.DEFAULTS);

        assertThat(prompt.text()).isEqualTo("Shout: {word}");
        assertThat(system.text()).isEqualTo("Be brief.");
    }

    @Test
    void whereAllIsFrozenThatTheOptimizerRewritesNothingIsAsked() {
        prompt.requiresGrad(false);
        step(optimizer, BackwardOptions.DEFAULTS);

        assertThat(system.grad()).isEmpty();
        assertThat(critic.requests()).isEmpty();
    }

    @Test
    void aPromptOfWhichTheTextAloneWasUsedIsAnError() {
        Mono<StepResult> judged = ChatCompletion.of(
                        agent, List.of(Message.user(new Variable(prompt.text(), "copy"))), Inputs.of("word", "a"))
                .run()
                .map(said -> StepResult.of(Evaluator.exactMatch().evaluate(said, "A")));

        StepVerifier.create(TrainingStep.events(judged, optimizer, BackwardOptions.DEFAULTS))
                .thenConsumeWhile(event -> true)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageEndingWith("A prompt's text(), put into another variable, doesn't."))
                .verify(Duration.ofSeconds(5));
    }
}
