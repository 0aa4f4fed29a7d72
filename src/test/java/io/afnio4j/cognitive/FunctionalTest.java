package io.afnio4j.cognitive;

import static io.afnio4j.cognitive.Functional.add;
import static io.afnio4j.cognitive.Functional.chatCompletion;
import static io.afnio4j.cognitive.Functional.deterministicEvaluator;
import static io.afnio4j.cognitive.Functional.exactMatchEvaluator;
import static io.afnio4j.cognitive.Functional.lmJudgeEvaluator;
import static io.afnio4j.cognitive.Functional.map;
import static io.afnio4j.cognitive.Functional.split;
import static io.afnio4j.cognitive.Functional.sum;
import static io.afnio4j.cognitive.Functional.upper;
import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.ops.Inputs;
import io.afnio4j.testing.FakeModel;
import java.util.List;
import org.junit.jupiter.api.Test;

class FunctionalTest {

    private final Variable a = new Variable("a b c", "first", true);
    private final Variable b = new Variable("d", "second", true);
    private final FakeModel model =
            FakeModel.saying(text -> "{\"score\": 0, \"explanation\": \"" + text.charAt(0) + "\"}");

    @Test
    void pureFunctionsAreThoseOfVariables() {
        assertThat(add(a, b).text()).isEqualTo("a b cd");
        assertThat(sum(List.of(a, b)).gradFn().name()).isEqualTo("SumBackward0");
        assertThat(split(a, " ")).hasSize(3);
        assertThat(split(a, " ", 1)).extracting(Variable::text).containsExactly("a", "b c");
        assertThat(upper(b).text()).isEqualTo("D");
        assertThat(map(b, text -> text + "!", "loud").text()).isEqualTo("d!");
    }

    @Test
    void completionsAskWithMessagesInputsAndOptions() {
        List<Message> messages = List.of(Message.user(new Variable("{x}", "question")));

        now(chatCompletion(model, messages, Inputs.of("x", "1")));
        now(chatCompletion(model, messages, Inputs.of("x", "2"), CompletionOptions.NONE.seed(3)));

        assertThat(model.requests()).extracting(FakeModel::lastText).containsExactly("1", "2");
        assertThat(model.requests().get(1).options().get("seed")).isEqualTo(3L);
    }

    @Test
    void evaluatorsJudge() {
        List<Message> messages = List.of(Message.user(new Variable("{prediction}{target}{x}", "question")));

        assertThat(exactMatchEvaluator(b, new Variable("d", "target")).score().data())
                .isEqualTo(1L);
        assertThat(deterministicEvaluator(a, b, "Longer.", (said, meant) -> said.length())
                        .score()
                        .data())
                .isEqualTo(5L);
        assertThat(now(lmJudgeEvaluator(model, messages, Inputs.of("x", "y"), a, b))
                        .explanation()
                        .text())
                .isEqualTo("a");
    }

    @Test
    void aJudgeModuleListsItsMessagesAndCanBeLearnt() {
        Parameter rules = new Parameter("{prediction} {target}", "rules");
        JudgeModule judge = JudgeModule.of(model, List.of(Message.user(rules)), settings -> settings.evalMode(false));
        JudgeModule free = JudgeModule.of(
                model,
                List.of(Message.user(new Variable("{prediction}", "question"))),
                settings -> settings.fullScore(0));

        now(judge.forward(a, b, Inputs.NONE)
                .flatMap(judged -> judged.explanation().backward(new Variable("Wrong.", "remark")))
                .contextWrite(new BackwardClient(FakeModel.saying(text -> "Better."), CompletionOptions.NONE)::in));
        now(now(free.forward(a, Inputs.NONE)).explanation().backward());

        assertThat(judge.parameters()).containsExactly(rules);
        assertThat(judge.models()).containsExactly(model);
        assertThat(rules.grad()).hasSize(1);
        assertThat(a.grad()).as("0 is the full score").isEmpty();
    }

    @Test
    void aJudgeModuleHasTheInputsOfItsSettingsBesideThoseOfACall() {
        FakeModel asked = FakeModel.saying(text -> "{\"explanation\":\"a\",\"score\":1}");
        JudgeModule judge = JudgeModule.of(
                asked,
                List.of(Message.user(new Variable("By {rules}, {topic}: {prediction}", "question"))),
                settings -> settings.inputs(Inputs.of("rules", "be kind")));

        now(judge.forward(a, Inputs.of("topic", "manners")));

        assertThat(FakeModel.lastText(asked.requests().get(0))).startsWith("By be kind, manners: " + a.text());
    }
}
