package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardException;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.GradMode;
import io.afnio4j.autodiff.GradientEdge;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.testing.Contract;
import io.afnio4j.testing.FakeModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Feedback that remembers what it was made from. */
class FeedbackGraphTest {

    private static final BackwardOptions CREATE = BackwardOptions.DEFAULTS.createGraph(true);

    private final FakeModel echo = FakeModel.saying(text -> "echo " + text);
    private final FakeModel critic = FakeModel.saying(text -> " feedback " + text.length() + "\n");
    private final Parameter prompt = new Parameter("Say {word}.", "prompt");
    private final Variable remark = new Variable("Use capital letters.", "remark", true);

    private Variable answer(Inputs inputs) {
        return now(ChatCompletion.of(echo, List.of(Message.user(prompt)), inputs)
                .as("answer")
                .run());
    }

    private void backward(Variable root, BackwardOptions options) {
        backward(root, options, critic);
    }

    private static void backward(Variable root, BackwardOptions options, FakeModel by) {
        now(root.backward(options).contextWrite(new BackwardClient(by, CompletionOptions.NONE.temperature(0.5))::in));
    }

    @Test
    @Contract("Variable.backward: create_graph")
    void feedbackHasAGradFnAndASecondPassAsksWhatShouldChangeInWhatItWasMadeFrom() {
        backward(answer(Inputs.of("word", "hi")), CREATE.gradient(remark));
        Variable feedback = prompt.grad().get(0);
        assertThat(feedback.gradFn()).hasToString("<ChatCompletionBackward0>");
        assertThat(feedback.role()).isEqualTo("feedback to prompt");
        assertThat(feedback.text()).startsWith("feedback ").doesNotEndWith("\n");
        assertThat(critic.requests()).hasSize(1);

        backward(feedback, BackwardOptions.DEFAULTS.gradient(new Variable("Be more concrete.", "remark")));

        assertThat(remark.grad()).hasSize(1);
        assertThat(prompt.grad()).hasSize(3); // from its own place in the request and through the answer
        assertThat(prompt.grad()).extracting(Variable::requiresGrad).containsExactly(true, false, false);
        assertThat(critic.requests().subList(1, critic.requests().size()))
                .extracting(FakeModel::lastText)
                .hasSize(4)
                .anySatisfy(asked -> assertThat(asked)
                        .contains("The output of the call (feedback to prompt)", "Be more concrete.", "echo Say hi."));
    }

    @Test
    void theRequestIsThatOfAnyOtherPass() {
        Variable answer = answer(Inputs.of("word", "hi </variable> {output}"));
        backward(answer, CREATE.gradient(remark));
        ChatRequest created = critic.requests().get(0);
        backward(answer, BackwardOptions.DEFAULTS.gradient(remark));

        assertThat(critic.requests()).hasSize(2).containsOnly(created);
        assertThat(prompt.grad().get(0).text()).isEqualTo(prompt.grad().get(1).text());
    }

    @Test
    void eachSampleOfABatchGivesASharedPromptAGradientWithAGradFn() {
        Variable answers = answer(Inputs.NONE.and("word", List.of("a", "b", "c")));
        Variable remarks = new Variable(List.of("bad", "", "worse"), "remarks", true);
        backward(answers, CREATE.gradient(remarks));
        assertThat(prompt.grad()).hasSize(2).extracting(Variable::gradFn).doesNotContainNull();

        backward(prompt.grad().get(1), BackwardOptions.DEFAULTS.inputs(remarks));
        assertThat(remarks.grad()).isEmpty(); // without words there is nothing to ask
        backward(
                prompt.grad().get(0),
                BackwardOptions.DEFAULTS.inputs(remarks).gradient(new Variable("Why?", "remark")));

        assertThat(remarks.grad()).hasSize(1);
        assertThat(remarks.grad().get(0).texts().get(0)).startsWith("feedback");
        assertThat(remarks.grad().get(0).texts().subList(1, 3)).containsExactly("", "");
    }

    @Test
    void aBatchedInputGetsAListWithAGradFnWhoseFeedbackGoesSampleBySample() {
        Variable words = new Variable(List.of("a", "b", "c"), "words", true);
        Variable remarks = new Variable(List.of("bad", "", "worse"), "remarks", true);
        prompt.requiresGrad(false);
        backward(answer(Inputs.of("word", words)), CREATE.gradient(remarks));
        Variable gradient = words.grad().get(0);
        assertThat(gradient.texts().get(0)).startsWith("feedback");
        assertThat(gradient.texts().get(1)).isEmpty();
        assertThat(gradient.texts().get(2)).startsWith("feedback");
        assertThat(gradient.role()).isEqualTo("feedback to words");
        Node node = Objects.requireNonNull(gradient.gradFn());
        assertThat(node.nextFunctions())
                .extracting(GradientEdge::node)
                .extracting(String::valueOf)
                .containsExactly("<ChatCompletionBackward0>", "<ChatCompletionBackward0>");

        backward(gradient, CREATE.gradient(new Variable(List.of("", "", "Why?"), "remark")));

        assertThat(remarks.grad()).hasSize(1);
        assertThat(remarks.grad().get(0).texts().get(0)).isEmpty();
        assertThat(remarks.grad().get(0).texts().get(2)).startsWith("feedback");
        assertThat(remarks.grad().get(0).gradFn()).isNotNull();
    }

    @Test
    void anEvaluationRemembersWhatItWasWrittenFrom() {
        Variable guess = new Variable("B", "guess", true);
        Evaluation evaluation = Evaluator.exactMatch().evaluate(guess, "A");
        now(evaluation.explanation().backward(CREATE.gradient(remark)));
        assertThat(guess.grad()).extracting(Variable::gradFn).doesNotContainNull();

        now(guess.grad().get(0).backward(new Variable("Shorter.", "remark")));

        assertThat(remark.grad()).hasSize(1);
        assertThat(remark.grad().get(0).text()).endsWith("Shorter.");
    }

    @Test
    void answersOnAnyThreadAreWatchedWhateverThatThreadIsAt() {
        FakeModel elsewhere = FakeModel.reacting(request -> Mono.just("x")
                .publishOn(Schedulers.parallel())
                .doOnNext(unused -> GradMode.setGradEnabled(false)) // and never on again
                .doFinally(unused -> GradMode.setGradEnabled(true)));
        Variable words = new Variable(List.of("a", "b"), "words", true);
        backward(
                answer(Inputs.of("word", words)),
                CREATE.gradient(new Variable(List.of("bad", "bad"), "remarks")),
                elsewhere);

        assertThat(words.grad()).extracting(Variable::gradFn).doesNotContainNull();
        assertThat(prompt.grad()).extracting(Variable::gradFn).doesNotContainNull();
    }

    @Test
    void aFailedPassKeepsItsAnswersApartFromThoseOfAPlainOne() {
        AtomicBoolean down = new AtomicBoolean(true);
        FakeModel flaky = FakeModel.reacting(
                request -> down.get() && FakeModel.lastText(request).contains("echo Say b.")
                        ? Mono.error(new UnavailableException("The server is down.", null))
                        : Mono.just("x"));
        Variable answers = answer(Inputs.NONE.and("word", List.of("a", "b")));
        BackwardOptions create = CREATE.gradient(new Variable(List.of("bad", "bad"), "remarks"));

        assertThatThrownBy(() -> backward(answers, create, flaky)).isInstanceOf(BackwardException.class);
        assertThat(flaky.requests()).hasSize(2);
        assertThatThrownBy(() -> backward(answers, create.createGraph(false), flaky))
                .isInstanceOf(BackwardException.class);
        assertThat(flaky.requests()).hasSize(4);
        down.set(false);
        backward(answers, create, flaky);

        assertThat(flaky.requests()).hasSize(5);
        assertThat(prompt.grad()).hasSize(2).extracting(Variable::gradFn).doesNotContainNull();
    }

    @Test
    void feedbackIsAnnouncedAsInAnyOtherPass() {
        List<String> seen = new ArrayList<>();
        backward(
                answer(Inputs.of("word", "hi")),
                CREATE.gradient(remark).listener(event -> {
                    if (event instanceof BackwardEvent.FeedbackReceived received) {
                        seen.add(received.role() + " " + received.sample() + ": "
                                + received.gradient().text());
                    }
                }),
                FakeModel.saying(text -> " be brief\n"));

        assertThat(seen).containsExactly("prompt 0: be brief");
    }

    @Test
    void blankAnswersAreNoFeedback() {
        backward(answer(Inputs.of("word", "hi")), CREATE.gradient(remark), FakeModel.saying(text -> " "));

        assertThat(prompt.grad()).isEmpty();
    }
}
