package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardException;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.BudgetExceededException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.error.UnsupportedRequestException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** One call per sample for all its variables. */
class FusedFeedbackTest extends FeedbackCalls {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    /** Answers each key that it is asked for. */
    private final FakeModel critic = FakeModel.saying(FusedFeedbackTest::fusedAnswer);

    @Test
    void oneCallPerSampleAnswersForAllItsVariables() {
        Variable answers = answer(Inputs.NONE.and("word", List.of("a", "b", "c")));

        now(backward(answers, List.of("bad", "", "bad"), client(critic).fusing()));

        assertThat(critic.requests()).hasSize(2);
        assertThat(texts(system)).containsExactly("a variable_1", "c variable_1");
        assertThat(texts(prompt)).containsExactly("a variable_2", "c variable_2");
    }

    @Test
    void itAsksForASchemaWithAKeyPerVariableAndLeavesRoomForAllOfThem() {
        now(backward(
                answer(Inputs.of("word", "a")),
                "bad",
                new BackwardClient(critic, CompletionOptions.NONE.maxCompletionTokens(300)).fusing()));

        ChatRequest request = critic.requests().get(0);
        assertThat(request.options().get("max_completion_tokens")).isEqualTo(600L);
        assertThat(request.options().get("response_format"))
                .isEqualTo(Map.of(
                        "type",
                        "json_schema",
                        "json_schema",
                        Map.of(
                                "name",
                                "feedback",
                                "strict",
                                true,
                                "schema",
                                Map.of(
                                        "type",
                                        "object",
                                        "properties",
                                        Map.of(
                                                "variable_1", Map.of("type", "string"),
                                                "variable_2", Map.of("type", "string")),
                                        "required",
                                        List.of("variable_1", "variable_2"),
                                        "additionalProperties",
                                        false))));
        assertThat(FakeModel.lastText(request))
                .contains("variable_1 (system prompt):\n<variable>\nBe kind.\n</variable>")
                .contains("variable_2 (prompt):\n<variable>\nSay {word}.\n</variable>")
                .contains("Its keys are \"variable_1\", \"variable_2\";");
    }

    @Test
    void whatIsMissingBlankOrNoTextIsAskedForByItself() {
        FakeModel sloppy = FakeModel.saying(text -> text.contains("JSON object")
                ? "Sure! ```json\n{\"variable_1\": \" \", \"variable_2\": \"two\", \"variable_3\": 3}\n``` Done."
                : "alone");
        Variable word = new Variable("a", "word", true);

        now(backward(answer(Inputs.of("word", word)), "bad", client(sloppy).fusing()));

        assertThat(sloppy.requests()).hasSize(3);
        assertThat(texts(system)).containsExactly("alone");
        assertThat(texts(prompt)).containsExactly("two");
        assertThat(texts(word)).containsExactly("alone");
    }

    @Test
    void theObjectThatWasAskedForIsFoundBetweenOtherBraces() {
        String object = "{\"variable_1\": \"one { brace\", \"variable_2\": \"two\"}";
        for (String said : List.of(
                "I think {hmm}. " + object,
                object + " Done {ok}",
                "{\"thought\": {\"of\": 1}} " + object + " {",
                "{\"feedback\": " + object + "}")) {
            FakeModel talkative = FakeModel.saying(text -> text.contains("JSON object") ? said : "alone");
            system.grad(List.of());
            prompt.grad(List.of());

            now(backward(
                    answer(Inputs.of("word", "a")), "bad", client(talkative).fusing()));

            assertThat(talkative.requests()).as(said).hasSize(1);
            assertThat(texts(system)).containsExactly("one { brace");
            assertThat(texts(prompt)).containsExactly("two");
        }
    }

    @Test
    void anAnswerThatIsNoJsonFallsBackToSingleCalls() {
        for (String said : List.of("{Well, no}", "Well, no", "} no {")) {
            FakeModel prose = FakeModel.saying(text -> text.contains("JSON object") ? said : "alone");
            system.grad(List.of());
            prompt.grad(List.of());

            now(backward(answer(Inputs.of("word", "a")), "bad", client(prose).fusing()));

            assertThat(prose.requests()).hasSize(3);
            assertThat(texts(system)).containsExactly("alone");
            assertThat(texts(prompt)).containsExactly("alone");
        }
    }

    @Test
    void aModelThatDeclinesIsAskedSinglyButNotOneWhoseAnswersCannotBeRead() {
        asksSinglyAfter(new UnexpectedAnswerException("refused to answer"));
        givesUpAfter(
                UnexpectedAnswerException.unread("packed"),
                "(feedback to \"system prompt\": packed; feedback to \"prompt\": packed)");
    }

    @Test
    void aModelThatRefusesTheSchemaIsAskedSinglyButABudgetIsABudget() {
        asksSinglyAfter(new RejectedRequestException("response_format isn't supported"));
        givesUpAfter(
                new BudgetExceededException("spent"),
                "(feedback to \"system prompt\": spent; feedback to \"prompt\": spent)");
    }

    @Test
    void aModelThatKnowsNoSchemasAtAllIsAskedSingly() {
        asksSinglyAfter(new UnsupportedRequestException("This model can't do that."));
    }

    private void asksSinglyAfter(Throwable failure) {
        FakeModel model = FakeModel.reacting(
                request -> request.options().get("response_format") == null ? Mono.just("alone") : Mono.error(failure));
        now(backward(answer(Inputs.of("word", "a")), "bad", client(model).fusing()));
        assertThat(texts(prompt)).containsExactly("alone");
    }

    private void givesUpAfter(Throwable failure, String words) {
        FakeModel model = FakeModel.reacting(request -> Mono.error(failure));
        StepVerifier.create(backward(
                        answer(Inputs.of("word", "b")), "bad", client(model).fusing()))
                .expectErrorSatisfies(error -> assertThat(error).hasMessageContaining(words))
                .verify(LIMIT);
        assertThat(model.requests()).hasSize(1);
    }

    @Test
    void aSingleVariableIsAskedForInThePlainForm() {
        system.requiresGrad(false);

        now(backward(answer(Inputs.of("word", "a")), "bad", client(critic).fusing()));

        assertThat(critic.requests()).hasSize(1);
        assertThat(FakeModel.lastText(critic.requests().get(0))).contains("What should change in this variable?");
    }

    @Test
    void aFailedPassKeepsWhatTheFusedCallBrought() {
        AtomicBoolean down = new AtomicBoolean(true);
        FakeModel flaky = FakeModel.reacting(request -> !FakeModel.lastText(request)
                                .contains("JSON object")
                        && down.get()
                ? Mono.error(new UnavailableException("down", null))
                : Mono.just(
                        FakeModel.lastText(request).contains("JSON object") ? "{\"variable_1\": \"one\"}" : "alone"));
        Variable answer = answer(Inputs.of("word", "a"));

        StepVerifier.create(backward(answer, "bad", client(flaky).fusing()))
                .expectError(BackwardException.class)
                .verify(LIMIT);
        down.set(false);
        now(backward(answer, "bad", client(flaky).fusing()));

        assertThat(flaky.requests()).hasSize(3);
        assertThat(texts(system)).containsExactly("one");
        assertThat(texts(prompt)).containsExactly("alone");
    }

    @Test
    void feedbackIsAnnouncedPerVariable() {
        List<String> seen = new ArrayList<>();
        BackwardOptions watched = BackwardOptions.DEFAULTS
                .gradient(new Variable("bad", "feedback"))
                .listener(event -> {
                    if (event instanceof BackwardEvent.FeedbackReceived received) {
                        seen.add(received.role() + ": " + received.gradient().text());
                    }
                });

        now(answer(Inputs.of("word", "a"))
                .backward(watched)
                .contextWrite(client(critic).fusing()::in));

        assertThat(seen).containsExactly("system prompt: a variable_1", "prompt: a variable_2");
    }

    private static String fusedAnswer(String request) {
        String word = request.replaceAll("(?s).*echo Say (\\w+)\\..*", "$1");
        return Pattern.compile("\"(variable_\\d)\"")
                .matcher(request)
                .results()
                .map(key -> "\"" + key.group(1) + "\": \"" + word + " " + key.group(1) + "\"")
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
