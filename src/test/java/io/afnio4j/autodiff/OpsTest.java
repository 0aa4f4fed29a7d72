package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.gradTexts;
import static io.afnio4j.autodiff.Passes.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.testing.Contract;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The functions that need no model: forward, and what their feedback says. */
class OpsTest {

    @Nested
    class Add {

        @Test
        @Contract("Variable.__add__")
        void addsNumbersAndJoinsTexts() {
            assertThat(plus(1, 2)).isEqualTo(3L);
            assertThat(plus(1, 0.5)).isEqualTo(1.5);
            assertThat(plus("a", "b")).isEqualTo("ab");
            assertThat(plus(List.of("a", "b"), List.of("c", "d"))).isEqualTo(List.of("ac", "bd"));
            assertThat(plus(List.of(1, 2), List.of(0.5, 1.5))).isEqualTo(List.of(1.5, 3.5));
        }

        @Test
        @Contract("Variable.__add__")
        void turnsANumberBesideATextIntoText() {
            assertThat(plus(1, "a")).isEqualTo("1a");
            assertThat(plus("a", 0.5)).isEqualTo("a0.5");
            assertThat(plus(List.of("a", "b"), List.of(1, 2))).isEqualTo(List.of("a1", "b2"));
        }

        @Test
        @Contract("Variable.__add__")
        void namesBothInItsRole() {
            Variable sum = new Variable("a", "question").plus(new Variable("b", "hint"));

            assertThat(sum.role()).isEqualTo("question and hint");
        }

        @Test
        @Contract("Variable.__add__")
        void refusesUnequalShapes() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> plus("a", List.of("b")))
                    .withMessageContaining("the left is a scalar text and the right is a list of 1 text");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> plus(List.of(1), List.of(1, 2)))
                    .withMessageContaining("lists of one length");
        }

        @Test
        void refusesASumThatIsTooLarge() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> plus(Long.MAX_VALUE, 1))
                    .withMessageContaining("Use real numbers");
        }

        @Test
        @Contract("Variable.__add__")
        void relaysFeedbackToBothByTheirRoles() {
            Variable a = new Variable("a", "question", true);
            Variable b = new Variable("b", "hint", true);
            run(a.plus(b).backward(new Variable("Be brief.", "feedback")));

            assertThat(a.grad()).hasSize(1);
            assertThat(a.grad().get(0).role()).isEqualTo("feedback to question");
            assertThat(a.grad().get(0).text())
                    .isEqualTo("Feedback on a result that was made from question and other variables:\n\nBe brief.");
            assertThat(b.grad().get(0).text()).contains("made from hint").endsWith("\n\nBe brief.");
        }

        @Test
        void passesNumbersOnAsTheyAre() {
            Variable a = new Variable(1.0, "weight", true);
            run(a.plus(a).backward());

            assertThat(a.grad()).extracting(Variable::data).containsExactly(1.0, 1.0);
        }

        @Test
        void relaysAListSampleBySampleAndSaysNothingWhereNothingWasSaid() {
            Variable a = new Variable(List.of("a", "b"), "question", true);
            run(a.plus(a).backward(new Variable(List.of("", "Be brief."), "feedback")));

            assertThat(a.grad().get(0).texts().get(0)).isEmpty();
            assertThat(a.grad().get(0).texts().get(1)).endsWith("\n\nBe brief.");
        }

        private Object plus(Object left, Object right) {
            Object sum = new Variable(left, "left")
                    .plus(new Variable(right, "right"))
                    .data();
            return sum == null ? "null" : sum;
        }
    }

    @Nested
    class Sum {

        @Test
        @Contract("sum")
        void addsNumbersAndMakesItemsOfTexts() {
            assertThat(sum(1, 2, 3)).isEqualTo(6L);
            assertThat(sum(1, 0.5)).isEqualTo(1.5);
            assertThat(sum("a", "b")).isEqualTo("<ITEM>a</ITEM><ITEM>b</ITEM>");
            assertThat(sum("a", 1)).isEqualTo("<ITEM>a</ITEM><ITEM>1</ITEM>");
            assertThat(sum("a")).isEqualTo("<ITEM>a</ITEM>");
        }

        @Test
        @Contract("sum")
        void goesPositionByPositionThroughLists() {
            assertThat(sum(List.of(1, 2), List.of(3, 4))).isEqualTo(List.of(4L, 6L));
            assertThat(sum(List.of("a", "b"), List.of("c", "d")))
                    .isEqualTo(List.of("<ITEM>a</ITEM><ITEM>c</ITEM>", "<ITEM>b</ITEM><ITEM>d</ITEM>"));
            assertThat(sum(List.of(), List.of())).isEqualTo(List.of());
        }

        @Test
        void refusesUnequalShapesAndNothingAtAll() {
            assertThatIllegalArgumentException().isThrownBy(() -> sum("a", List.of("b")));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Variable.sum(List.of()))
                    .withMessage("Sum needs at least one variable.");
        }

        @Test
        @Contract("sum")
        void joinsRolesAndKeepsThemBounded() {
            Variable part = new Variable("x", "part");
            assertThat(Variable.sum(List.of(part, part, part)).role()).isEqualTo("part and part and part");

            String role = Variable.sum(Collections.nCopies(1000, part)).role();
            assertThat(role).startsWith("part and part").endsWith(" others").hasSizeLessThanOrEqualTo(200);
        }

        private Object sum(Object... data) {
            Object sum = Variable.sum(java.util.Arrays.stream(data)
                            .map(element -> new Variable(element, "part"))
                            .toList())
                    .data();
            return sum == null ? "null" : sum;
        }
    }

    @Nested
    class UpperAndMap {

        @Test
        @Contract("Variable.upper")
        void makesCapitalLetters() {
            assertThat(new Variable("straße", "s").upper().text()).isEqualTo("STRASSE");
            assertThat(new Variable(List.of("a", "b"), "s").upper().data()).isEqualTo(List.of("A", "B"));
            assertThat(new Variable("a", "question").upper().role()).isEqualTo("question");
        }

        @Test
        @Contract("Variable.upper")
        void upperRelaysFeedback() {
            Variable x = new Variable("abc", "question", true);
            run(x.upper().backward(new Variable("Shout less.", "feedback")));

            assertThat(gradTexts(x).get(0)).endsWith("\n\nShout less.").contains("made from question");
        }

        @Test
        @Contract("Variable.data: setting it")
        void mapChangesTheTextAndPassesFeedbackStraightThrough() {
            Variable answer = new Variable("{\"label\": \"A\"}", "answer", true);
            Variable label = answer.map(json -> json.substring(11, 12), "label");
            assertThat(label.value()).isEqualTo(new Value("A", "label"));

            run(label.backward(new Variable("It is B.", "feedback to label")));
            assertThat(answer.grad())
                    .extracting(Variable::value)
                    .containsExactly(new Value("It is B.", "feedback to answer"));
        }
    }
}
