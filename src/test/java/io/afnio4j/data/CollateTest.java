package io.afnio4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CollateTest {

    @Test
    void joinsVariablesUnderTheRoleOfTheFirstWithoutGrad() {
        Variable batch =
                Collate.variables().collate(List.of(new Parameter("a", "question"), new Variable("b", "another role")));

        assertThat(batch.data()).isEqualTo(List.of("a", "b"));
        assertThat(batch.role()).isEqualTo("question");
        assertThat(batch.requiresGrad()).isFalse();
    }

    @Test
    void makesAListOfOneFromASingleSample() {
        assertThat(Collate.variables()
                        .collate(List.of(new Variable(7L, "count")))
                        .data())
                .isEqualTo(List.of(7L));
    }

    @Test
    void wholeNumbersBesideRealOnesBecomeReal() {
        assertThat(Collate.variables()
                        .collate(List.of(new Variable(1L, "n"), new Variable(0.5, "n")))
                        .data())
                .isEqualTo(List.of(1.0, 0.5));
    }

    @Test
    void joinsMapsNameByNameInTheOrderOfTheFirst() {
        Map<String, Variable> batch = Collate.byName().collate(List.of(row("a", 1L), row("b", 2L)));

        assertThat(batch.keySet()).containsExactly("question", "answer");
        assertThat(batch.get("question"))
                .returns(List.of("a", "b"), Variable::data)
                .returns("the question", Variable::role);
        assertThat(batch.get("answer")).returns(List.of(1L, 2L), Variable::data);
    }

    @Test
    void joinsListsPositionByPosition() {
        List<Variable> batch = Collate.byPosition()
                .collate(List.of(
                        List.of(new Variable("a", "text"), new Variable(1L, "label")),
                        List.of(new Variable("b", "text"), new Variable(2L, "label"))));

        assertThat(batch).extracting(Variable::data).containsExactly(List.of("a", "b"), List.of(1L, 2L));
        assertThat(batch).extracting(Variable::role).containsExactly("text", "label");
    }

    @Test
    void namesTheSampleWhoseKindDiffers() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Collate.byName().collate(List.of(row("a", 1L), row("b", "two"))))
                .withMessage(
                        "Sample 1 of the batch holds a text as 'answer', but the first of its batch holds a number; "
                                + "give all samples texts there, or all numbers.");
    }

    @Test
    void refusesListsAndNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Collate.variables()
                        .collate(List.of(new Variable("a", "r"), new Variable(List.of("b", "c"), "r"))))
                .withMessage("Sample 1 of the batch holds a list of 2; "
                        + "only single texts and numbers can be joined to a batch.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Collate.byPosition().collate(List.of(List.of(new Variable(null, "r")))))
                .withMessageStartingWith("Sample 0 of the batch holds nothing at position 0");
    }

    @Test
    void refusesSamplesOfOtherNamesOrAnotherLength() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Collate.byName().collate(List.of(row("a", 1L), Map.of("question", new Variable("b", "q")))))
                .withMessage("Sample 1 of the batch has the names [question], but the first of its batch has "
                        + "[question, answer]; give all samples the same names.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Collate.byPosition().collate(List.of(List.of(), List.of(new Variable("b", "q")))))
                .withMessage("Sample 1 of the batch has 1 variables, but the first of its batch has 0; "
                        + "give all samples the same length.");
    }

    @Test
    void joinsMapsAndListsWithinEachOther() {
        Object batch = Collate.nested().collate(List.of(nested("a", 1L), nested("b", 2L)));

        List<?> parts = (List<?>) batch;
        assertThat(((Variable) parts.get(0)).data()).isEqualTo(List.of("a", "b"));
        assertThat(((Variable) parts.get(0)).role()).isEqualTo("text");
        Map<?, ?> labels = (Map<?, ?>) ((List<?>) parts.get(1)).get(0);
        assertThat(((Variable) labels.get("label")).data()).isEqualTo(List.of(1L, 2L));
        assertThat(((Variable) Collate.nested().collate(List.of(new Variable("a", "r")))).data())
                .isEqualTo(List.of("a"));
    }

    @Test
    void namesThePlaceWhereTheFormDiffers() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Collate.nested().collate(List.of(nested("a", 1L), nested("b", "two"))))
                .withMessageStartingWith(
                        "Sample 1 of the batch holds a text at position 1 at position 0 as 'label', but the first");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Collate.nested().collate(List.of(nested("a", 1L), List.of())))
                .withMessage("Sample 1 of the batch holds a list of 0, but the first of its batch holds a list of 2;"
                        + " give all samples variables, maps or lists there.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Collate.nested().collate(List.of(List.of("a text"))))
                .withMessageStartingWith("Sample 0 of the batch holds something else at position 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Collate.nested().collate(List.of(row("a", 1L), Map.of("answer", new Variable(1L, "a")))))
                .withMessageStartingWith("Sample 1 of the batch holds a map of [answer], but the first of its batch"
                        + " holds a map of [answer, question]");
        assertThatIllegalArgumentException().isThrownBy(() -> Collate.nested().collate(List.of()));
    }

    private static Object nested(String text, Object label) {
        return List.of(new Variable(text, "text"), List.of(Map.of("label", new Variable(label, "label"))));
    }

    @Test
    void refusesABatchOfNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Collate.variables().collate(List.of()))
                .withMessageContaining("at least one");
    }

    private static Map<String, Variable> row(String question, Object answer) {
        Map<String, Variable> row = new LinkedHashMap<>();
        row.put("question", new Variable(question, "the question"));
        row.put("answer", new Variable(answer, "the answer"));
        return row;
    }
}
