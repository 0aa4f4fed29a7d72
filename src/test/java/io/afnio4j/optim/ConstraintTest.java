package io.afnio4j.optim;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.script.ScriptedChatModel;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class ConstraintTest {

    @Test
    void aValueForWhichTheRuleThrowsAsAParserDoesBreaksIt() {
        Parameter length = new Parameter("20", "length of the answer");
        length.appendGrad(new Variable("Shorter.", "feedback"));
        ScriptedChatModel model = ScriptedChatModel.answering(
                "<improved_value>ten</improved_value>", "<improved_value>10</improved_value>");
        Constraint number = new Constraint("The value is a number up to 50.", text -> Integer.parseInt(text) <= 50);

        now(TGD.builder(model, List.of(length)).constraint(number).build().step());

        assertThat(length.text()).isEqualTo("10");
        assertThat(model.requests().get(1).messages())
                .last()
                .satisfies(again -> assertThat(again.text())
                        .contains("it breaks the rule: The value is a number up to 50. (For input string: \"ten\")"));
    }

    @Test
    void aRuleThatThrowsWithoutAWordIsNamedByWhatItThrew() {
        Constraint broken = new Constraint("A rule.", text -> {
            throw new IllegalStateException();
        });

        assertThat(broken.brokenBy("x"))
                .isNotNull()
                .extracting(Problem::words)
                .isEqualTo("it breaks the rule: A rule. (IllegalStateException)");
        assertThat(Constraint.of("A rule.").brokenBy("x")).isNull();
    }

    @Test
    void aMistakeInARuleIsTheCauseOfTheFailureThatComesOfIt() {
        IllegalStateException mistake = new IllegalStateException("not set up");
        Constraint broken = new Constraint("A rule.", text -> {
            throw mistake;
        });
        FakeModel model = FakeModel.saying(text -> "<improved_value>10</improved_value>");
        Parameter length = new Parameter("50", "length");
        length.appendGrad(new Variable("Less.", "feedback"));

        StepVerifier.create(TGD.builder(model, List.of(length))
                        .constraint(broken)
                        .build()
                        .step())
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(UnexpectedAnswerException.class)
                        .hasCause(mistake))
                .verify(Duration.ofSeconds(5));
    }
}
