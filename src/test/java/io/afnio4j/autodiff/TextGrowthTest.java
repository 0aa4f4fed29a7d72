package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.feedback;
import static io.afnio4j.autodiff.Passes.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Text does not grow with the depth of the graph. */
class TextGrowthTest {

    private static final String SAID = "Name the category that the sentence speaks of, and nothing else. ".repeat(4);

    @Test
    void fifteenNestedSumsWithOthersSayNoMoreThanOne() {
        Variable other = new Variable("o", "an other input", true);

        assertThat(lengthAfter(15, s -> Variable.sum(List.of(s, other))))
                .isLessThanOrEqualTo(2 * lengthAfter(1, s -> Variable.sum(List.of(s, other))));
    }

    @Test
    void fifteenNestedSumsWithThemselvesSayNoMoreThanOne() {
        assertThat(lengthAfter(15, s -> Variable.sum(List.of(s, s))))
                .isLessThanOrEqualTo(2 * lengthAfter(1, s -> Variable.sum(List.of(s, s))));
    }

    @Test
    void fifteenNestedMixesOfFunctionsSayNoMoreThanOne() {
        UnaryOperator<Variable> mix = s -> s.plus(Variable.sum(List.of(s.upper(), s.map(text -> "x", "mapped"))));

        assertThat(lengthAfter(15, mix)).isLessThanOrEqualTo(2 * lengthAfter(1, mix));
    }

    @Test
    void rolesStayBounded() {
        Variable s = new Variable("s", "a role of some length that names what the variable is for", true);
        for (int i = 0; i < 15; i++) {
            s = Variable.sum(List.of(s, s)).plus(s);
        }

        assertThat(s.role()).hasSizeLessThanOrEqualTo(200).startsWith("a role of some");
    }

    private static int lengthAfter(int depth, UnaryOperator<Variable> step) {
        Variable leaf = new Variable("s", "prompt", true);
        Variable end = leaf;
        for (int i = 0; i < depth; i++) {
            end = step.apply(end);
            end.data("short");
        }
        run(end.backward(feedback(SAID)));

        assertThat(leaf.grad())
                .isNotEmpty()
                .allSatisfy(
                        gradient -> assertThat(gradient.text()).contains(SAID).contains("made from prompt"));
        return Passes.gradTexts(leaf).stream().mapToInt(String::length).sum();
    }
}
