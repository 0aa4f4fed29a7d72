package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.ToolCall;
import io.afnio4j.model.Usage;
import io.afnio4j.model.script.ScriptedChatModel;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Completions of an odd kind: a batch of one, an answer without words. */
class OddCompletionTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final List<Message> question = List.of(Message.user(new Variable("Say {word}.", "prompt")));

    @Test
    void aSingleVariableGivenPerSampleIsABatchOfOneToo() {
        Variable only = new Variable("a", "word", true);
        Variable answers = now(ChatCompletion.of(
                        FakeModel.saying(text -> "echo " + text), question, Inputs.NONE.andEach("word", List.of(only)))
                .run());

        now(answers.backward(new Variable(List.of("bad"), "feedback"))
                .contextWrite(new BackwardClient(FakeModel.saying(text -> "good"), CompletionOptions.NONE)::in));

        assertThat(answers.data()).isEqualTo(List.of("echo Say a."));
        assertThat(only.grad()).extracting(Variable::data).containsExactly("good");
    }

    @Test
    void anAnswerOfToolCallsAloneIsAnErrorAndNoEmptyText() {
        ToolCall call = new ToolCall("1", "weather", "{}");
        ChatModel model = ScriptedChatModel.builder()
                .responding(request -> Mono.just(
                        new ChatResponse("", List.of(call), FinishReason.TOOL_CALLS, Usage.NONE, "test/tools")))
                .build();

        StepVerifier.create(ChatCompletion.of(model, question, Inputs.of("word", "hi"))
                        .run())
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(UnexpectedAnswerException.class)
                        .hasMessageContaining("said nothing but called [weather]"))
                .verify(LIMIT);
    }

    @Test
    @SuppressWarnings({"NullAway", "DataFlowIssue"}) // what a map gives for a name that it doesn't have
    void anInputThatIsMissingIsNamedBeforeACallWithAGapIsMade() {
        Map<String, Variable> batch = Map.of("review", new Variable("Fine.", "review"));
        Map<String, String> row = Map.of();
        List<String> none = null;

        for (ThrowingCallable missing : List.<ThrowingCallable>of(
                () -> Inputs.of("text", batch.get("text")),
                () -> Inputs.of("text", row.get("text")),
                () -> Inputs.of("text", none))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(missing)
                    .withMessage(
                            "The input 'text' is null. Does the row or the batch that it was taken from have it, under"
                                    + " the name that was asked for?");
        }
        assertThat(Inputs.of("text", "").byName()).containsKey("text");
    }

    @Test
    void anInputWhoseNameCannotStandInBracesIsRefusedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Inputs.of("review text", "Fine."))
                .withMessage(
                        "The input 'review text' can't stand in braces: a name is letters, digits, '_', '.' and '-', and"
                                + " begins with a letter or '_'.");
        for (String name : List.of("", " ", "2nd", "a}", "{a", "a\n")) {
            assertThatIllegalArgumentException().isThrownBy(() -> Inputs.of(name, "Fine."));
        }
        for (String name : List.of("_", "a1", "été", "नाम", "user.first-name")) {
            assertThat(Inputs.of(name, "Fine.").byName()).containsKey(name);
        }
    }
}
