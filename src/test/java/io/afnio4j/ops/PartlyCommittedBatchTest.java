package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardException;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.FailurePolicy;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * Samples of a batch fail for good, and the pass is to put in place what the others brought. The samples are
 * {@code w0.} to {@code w9.}
 */
class PartlyCommittedBatchTest extends FeedbackCalls {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int SAMPLES = 10;
    private static final BackwardOptions PARTLY = BackwardOptions.DEFAULTS.onFailure(FailurePolicy.COMMIT_PARTLY);

    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final FakeModel critic = FakeModel.reacting(this::answered);
    private final List<String> words =
            IntStream.range(0, SAMPLES).mapToObj(i -> "w" + i + ".").toList();
    private final Variable answers = answer(Inputs.NONE.and("word", words));

    private Mono<String> answered(ChatRequest request) {
        String text = FakeModel.lastText(request);
        if (refused.stream().anyMatch(text::contains)) {
            return Mono.error(new RejectedRequestException("filtered"));
        }
        String said = words.stream().filter(text::contains).findFirst().orElse("all");
        return Mono.just(
                text.contains("\"variable_1\"")
                        ? "{\"variable_1\": \"kinder " + said + "\", \"variable_2\": \"shorter " + said + "\"}"
                        : "better " + said);
    }

    private Mono<Void> pass(Variable root, BackwardOptions options, BackwardClient client) {
        return root.backward(options.gradient(new Variable(Collections.nCopies(SAMPLES, "bad"), "feedback"))
                .context(client::in));
    }

    private BackwardException failed(Variable root, BackwardOptions options, BackwardClient client) {
        AtomicReference<Throwable> caught = new AtomicReference<>();
        StepVerifier.create(pass(root, options, client))
                .expectErrorSatisfies(caught::set)
                .verify(LIMIT);
        assertThat(caught.get()).isInstanceOf(BackwardException.class);
        return (BackwardException) caught.get();
    }

    private BackwardException.Failure only(BackwardException failed) {
        assertThat(failed.failures()).hasSize(1);
        return failed.failures().get(0);
    }

    private List<String> better(int... without) {
        return IntStream.range(0, SAMPLES)
                .filter(i -> IntStream.of(without).noneMatch(left -> left == i))
                .mapToObj(i -> "better w" + i + ".")
                .toList();
    }

    @Test
    void theOtherSamplesFeedbackIsInPlaceAndTheErrorNamesTheFailedOne() {
        refused.add("w3.");

        BackwardException failed = failed(answers, PARTLY.inputs(prompt), client(critic));

        assertThat(texts(prompt)).isEqualTo(better(3));
        assertThat(only(failed).parts()).singleElement().satisfies(part -> {
            assertThat(part.variable()).isEqualTo("prompt");
            assertThat(part.sample()).isEqualTo(3);
            assertThat(part.cause())
                    .hasMessage("filtered")
                    .isSameAs(only(failed).cause());
        });
        assertThat(failed)
                .hasMessageStartingWith(
                        "The backward pass failed at one node: ChatCompletionBackward0 of \"answer\""
                                + " (feedback to \"prompt\", sample 3: filtered). The gradients that don't depend on it are in place");
    }

    @Test
    void aPassThatIsRunAgainAsksOnlyForTheSampleThatIsMissing() {
        refused.add("w3.");
        var unused = failed(answers, PARTLY.inputs(prompt), client(critic));
        refused.clear();
        prompt.clearGrad();

        now(pass(answers, PARTLY.inputs(prompt), client(critic)));

        assertThat(critic.requests()).hasSize(SAMPLES + 1);
        assertThat(texts(prompt)).isEqualTo(better());
    }

    @Test
    void theNodeHasNothingToSayWhereAllSamplesFail() {
        refused.add("w");

        BackwardException failed = failed(answers, PARTLY, client(critic));

        assertThat(texts(prompt)).isEmpty();
        assertThat(texts(system)).isEmpty();
        assertThat(only(failed).parts()).hasSize(2 * SAMPLES);
        assertThat(only(failed).cause().getSuppressed()).hasSize(2 * SAMPLES - 1);
        assertThat(failed)
                .hasMessageContaining("(feedback to \"system prompt\", sample 0: filtered;"
                        + " feedback to \"system prompt\", sample 1: filtered;"
                        + " feedback to \"system prompt\", sample 2: filtered and 17 more)");
    }

    @Test
    void whatComesBehindAsksNothingForTheFailedSample() {
        Variable said = now(ChatCompletion.of(
                        echo, List.of(Message.user(new Variable("Now {answer}", ""))), Inputs.of("answer", answers))
                .as("second answer")
                .run());
        refused.add("Now echo Say w3..");

        BackwardException failed = failed(said, PARTLY.inputs(prompt), client(critic));

        assertThat(only(failed).variable()).isEqualTo("second answer");
        assertThat(texts(prompt)).isEqualTo(better(3));
        assertThat(critic.requests()).hasSize(2 * SAMPLES - 1);
    }

    @Test
    void aBatchHasABlankPlaceForTheFailedSampleAndNoneOfItsOwnWhereAllOfThemFailed() {
        Variable inputs = new Variable(words, "words", true);
        Variable output = answer(Inputs.of("word", inputs));
        refused.add("w3.");

        var unused = failed(output, PARTLY.inputs(inputs), client(critic));

        assertThat(inputs.grad())
                .singleElement()
                .satisfies(gradient -> assertThat(gradient.texts())
                        .hasSize(SAMPLES)
                        .startsWith("better w0.", "better w1.", "better w2.", "", "better w4."));
        inputs.clearGrad();
        refused.add("<variable>\nw"); // for the words and not for the prompts
        assertThat(only(failed(answer(Inputs.of("word", inputs)), PARTLY.inputs(inputs, system), client(critic)))
                        .parts())
                .hasSize(SAMPLES + 1);
        assertThat(inputs.grad()).isEmpty();
        assertThat(texts(system)).isEqualTo(better(3));
    }

    @Test
    void aCallForAllVariablesOfASampleThatFailsLeavesThatSampleOut() {
        FakeModel down =
                FakeModel.reacting(request -> FakeModel.lastText(request).contains("w3.")
                        ? Mono.error(new UnavailableException("down", null))
                        : answered(request));
        List<BackwardEvent> told = new CopyOnWriteArrayList<>();

        BackwardException failed =
                failed(answers, PARTLY.listener(told::add), client(down).fusing());

        assertThat(only(failed).parts())
                .extracting(part -> part.variable() + " " + part.sample())
                .containsExactly("system prompt 3", "prompt 3");
        assertThat(texts(system)).hasSize(SAMPLES - 1).contains("kinder w2.", "kinder w4.");
        assertThat(texts(prompt)).hasSize(SAMPLES - 1).contains("shorter w2.", "shorter w4.");
        assertThat(told)
                .filteredOn(BackwardEvent.FeedbackReceived.class::isInstance)
                .hasSize(2 * (SAMPLES - 1));
        assertThat(told).hasAtLeastOneElementOfType(BackwardEvent.NodeFailed.class);
        assertThat(told).doesNotHaveAnyElementsOfTypes(BackwardEvent.NodeFinished.class);
    }

    @Test
    void aVariableThatIsAskedForByItselfAfterACallForAllFailsByItself() {
        FakeModel partial = FakeModel.reacting(request -> {
            String text = FakeModel.lastText(request);
            boolean open = text.contains("w3.") && text.contains("\"variable_1\"");
            boolean alone = text.contains("w3.") && !open;
            return alone
                    ? Mono.error(new RejectedRequestException("filtered"))
                    : open ? Mono.just("{\"variable_1\": \"kinder w3.\"}") : answered(request);
        });

        BackwardException failed = failed(answers, PARTLY, client(partial).fusing());

        assertThat(only(failed).parts())
                .extracting(part -> part.variable() + " " + part.sample())
                .containsExactly("prompt 3");
        assertThat(texts(system)).hasSize(SAMPLES).contains("kinder w3.");
        assertThat(texts(prompt)).hasSize(SAMPLES - 1);
    }

    @Test
    void aPassThatCreatesAGraphLeavesTheFailedSampleOutAsWell() {
        refused.add("w3.");

        BackwardException failed = failed(answers, PARTLY.createGraph(true).inputs(prompt), client(critic));

        assertThat(texts(prompt)).isEqualTo(better(3));
        assertThat(prompt.grad()).extracting(Variable::gradFn).doesNotContainNull();
        assertThat(only(failed).parts())
                .extracting(BackwardException.Part::sample)
                .containsExactly(3);
    }

    @Test
    void aSampleThatIsTooLongForAPassThatCreatesAGraphIsLeftOutToo() {
        List<String> feedback = new ArrayList<>(Collections.nCopies(SAMPLES, "bad"));
        feedback.set(3, "bad ".repeat(3_000));
        BackwardClient small = client(new Windowed(critic, 3_000));

        StepVerifier.create(answers.backward(PARTLY.createGraph(true)
                        .inputs(prompt)
                        .gradient(new Variable(feedback, "feedback"))
                        .context(small::in)))
                .expectErrorSatisfies(
                        error -> assertThat(error).hasMessageContaining("sample 3: The request for feedback"))
                .verify(LIMIT);
        assertThat(texts(prompt)).isEqualTo(better(3));
    }

    @Test
    void anyOtherPolicyChangesNothingButNamesTheSampleToo() {
        refused.add("w3.");
        for (FailurePolicy policy : FailurePolicy.values()) {
            if (policy != FailurePolicy.COMMIT_PARTLY) {
                BackwardException failed = failed(
                        answers, BackwardOptions.DEFAULTS.onFailure(policy).inputs(prompt), client(critic));
                assertThat(failed)
                        .hasMessageContaining("(feedback to \"prompt\", sample 3: filtered). No gradient was changed");
                assertThat(texts(prompt)).isEmpty();
            }
        }
    }
}
