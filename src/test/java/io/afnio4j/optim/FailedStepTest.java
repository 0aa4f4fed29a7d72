package io.afnio4j.optim;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** A rewrite fails: what becomes of the others, and of the next step. */
class FailedStepTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Parameter prompt = new Parameter("Answer {question}.", "prompt");

    private static String improved(String value) {
        return "<improved_value>" + value + "</improved_value>";
    }

    private static void feedback(Parameter parameter, String text) {
        parameter.appendGrad(new Variable(text, "feedback"));
    }

    @Test
    void aStepThatFailedKeepsTheAnswersThatItHas() {
        Parameter other = new Parameter("Other.", "other prompt");
        List<String> down = new ArrayList<>(List.of("once"));
        FakeModel model =
                FakeModel.reacting(request -> FakeModel.lastText(request).contains("Other.")
                        ? Mono.just(improved("Better other."))
                        : down.isEmpty()
                                ? Mono.just(improved("Better {question}."))
                                : Mono.error(() -> new UnavailableException(down.remove(0), null)));
        feedback(prompt, "Better.");
        feedback(other, "Better.");
        TGD optimizer = TGD.builder(model, List.of(prompt, other)).build();

        StepVerifier.create(optimizer.step())
                .expectError(UnavailableException.class)
                .verify(LIMIT);
        now(optimizer.step());

        assertThat(other.text()).isEqualTo("Better other.");
        assertThat(prompt.text()).isEqualTo("Better {question}.");
        assertThat(model.requests()).hasSize(3);
    }

    /** Or a rewriting that was taken back would come again for ever. */
    @Test
    void aStepThatSucceededKeepsNone() {
        FakeModel model = FakeModel.saying(text -> improved("Better {question}."));
        feedback(prompt, "Better.");
        TGD optimizer = TGD.builder(model, List.of(prompt)).build();

        now(optimizer.step()).forEach(Update::revert);
        now(optimizer.step());

        assertThat(model.requests()).hasSize(2);
    }

    private static List<Parameter> prompts(int count) {
        List<Parameter> prompts = IntStream.range(0, count)
                .mapToObj(i -> new Parameter("Value " + i + ".", "prompt " + i))
                .toList();
        prompts.forEach(each -> feedback(each, "Better."));
        return prompts;
    }

    /** The first value's rewriting fails when it is said, and the others are answered then, one after the other. */
    private static void failFirst(Mono<?> step, Sinks.Empty<String> first, Sinks.One<String> others, String answer) {
        StepVerifier.create(step)
                .expectSubscription()
                .then(() ->
                        first.tryEmitError(new RejectedRequestException("no")).orThrow())
                .then(() -> others.tryEmitValue(answer).orThrow())
                .expectErrorMessage("no")
                .verify(LIMIT);
    }

    private static FakeModel answering(Sinks.Empty<String> first, Sinks.One<String> others) {
        return FakeModel.reacting(
                request -> FakeModel.lastText(request).contains("Value 0.") ? first.asMono() : others.asMono());
    }

    @Test
    void whatWaitsInTheModelsQueueIsNotSent() {
        List<Parameter> prompts = prompts(6);
        Sinks.Empty<String> first = Sinks.empty();
        Sinks.One<String> others = Sinks.one();
        FakeModel wire = answering(first, others);
        ChatModel model = Resilience.around(
                wire, ClientOptions.builder().maxConcurrency(2).build(), new UsageMeter());

        failFirst(TGD.builder(model, prompts).build().step(), first, others, improved("Better."));

        assertThat(wire.requests()).hasSize(2);
        assertThat(prompts).allSatisfy(each -> assertThat(each.text()).startsWith("Value "));
    }

    @Test
    void noAnswerIsSentBackAlsoByAModelWithoutAQueue() {
        Sinks.Empty<String> first = Sinks.empty();
        Sinks.One<String> others = Sinks.one();
        FakeModel wire = answering(first, others);

        failFirst(TGD.builder(wire, prompts(2)).build().step(), first, others, "Well.");

        assertThat(wire.requests()).hasSize(2);
    }

    @Test
    void aStepWhileAnotherOneIsUnderWayIsRefusedAndAsksNothing() {
        Sinks.One<String> answer = Sinks.one();
        FakeModel wire = FakeModel.reacting(request -> answer.asMono());
        TGD optimizer = TGD.builder(wire, List.of(prompt)).build();
        feedback(prompt, "Better.");
        optimizer.step().subscribe().dispose();
        wire.requests().clear();

        StepVerifier.create(optimizer.step())
                .expectSubscription()
                .then(() -> StepVerifier.create(optimizer.step())
                        .expectErrorMessage("A step of this optimizer is under way. Take steps one after the other:"
                                + " batches.concatMap(...), for example, and not flatMap.")
                        .verify(LIMIT))
                .then(() -> answer.tryEmitValue(improved("Better {question}.")).orThrow())
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
        assertThat(wire.requests()).hasSize(1);

        now(optimizer.step().flatMap(updates -> optimizer.step()));
        assertThat(prompt.text()).isEqualTo("Better {question}.");
    }
}
