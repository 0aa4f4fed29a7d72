package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.gradTexts;
import static io.afnio4j.autodiff.Passes.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.testing.Contract;
import java.util.List;
import org.junit.jupiter.api.Test;

class SplitTest {

    private final Variable csv = new Variable("a,b,c", "row", true);

    @Test
    void cutsAtEverySeparator() {
        assertThat(csv.split(",")).extracting(Variable::text).containsExactly("a", "b", "c");
        assertThat(new Variable("a,,", "row").split(","))
                .extracting(Variable::text)
                .containsExactly("a", "", "");
        assertThat(new Variable("", "row").split(","))
                .extracting(Variable::text)
                .containsExactly("");
    }

    @Test
    void takesTheSeparatorAsItIsWritten() {
        assertThat(new Variable("a.b", "row").split("."))
                .extracting(Variable::text)
                .containsExactly("a", "b");
    }

    @Test
    void cutsAsOftenAsAskedFor() {
        assertThat(csv.split(",", 1)).extracting(Variable::text).containsExactly("a", "b,c");
        assertThat(csv.split(",", 0)).extracting(Variable::text).containsExactly("a,b,c");
        assertThat(csv.split(",", -1)).hasSize(3);
        assertThat(csv.split(",", Integer.MAX_VALUE)).hasSize(3);
    }

    @Test
    void refusesAnEmptySeparator() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> csv.split(""))
                .withMessage("split needs a separator that isn't empty.");
    }

    @Test
    @Contract("split")
    void numbersTheRolesOfItsParts() {
        assertThat(csv.split(","))
                .extracting(Variable::role)
                .containsExactly("split part 0 of row", "split part 1 of row", "split part 2 of row");
    }

    @Test
    @Contract("split")
    void fillsShortRowsOfABatch() {
        List<Variable> parts = new Variable(List.of("a,b", "c"), "rows").split(",");

        assertThat(parts).extracting(Variable::data).containsExactly(List.of("a", "c"), List.of("b", ""));
    }

    @Test
    @Contract("split")
    void givesOneItemPerPartAndAnEmptyOneWhereNothingWasSaid() {
        List<Variable> parts = csv.split(",");
        run(parts.get(1).backward(new Variable("Say more.", "feedback")));

        assertThat(gradTexts(csv)).containsExactly("<ITEM></ITEM><ITEM>Say more.</ITEM><ITEM></ITEM>");
        assertThat(csv.grad().get(0).role()).isEqualTo("feedback to row");
    }

    @Test
    @Contract("split")
    void appendsOneEntryPerPass() {
        List<Variable> parts = csv.split(",");
        BackwardOptions keep = BackwardOptions.DEFAULTS.retainGraph(true);
        run(parts.get(0).backward(keep.gradient(new Variable("One.", "feedback"))));
        run(parts.get(2).backward(keep.gradient(new Variable("Two.", "feedback"))));

        assertThat(gradTexts(csv))
                .containsExactly(
                        "<ITEM>One.</ITEM><ITEM></ITEM><ITEM></ITEM>", "<ITEM></ITEM><ITEM></ITEM><ITEM>Two.</ITEM>");
    }

    @Test
    void goesSampleBySampleThroughABatch() {
        Variable rows = new Variable(List.of("a,b", "c"), "rows", true);
        List<Variable> parts = rows.split(",");
        run(parts.get(0).backward(new Variable(List.of("", "Why c?"), "feedback")));

        assertThat(rows.grad().get(0).texts()).containsExactly("", "<ITEM>Why c?</ITEM><ITEM></ITEM>");
    }

    @Test
    void gathersWhatTheUsersOfItsPartsSay() {
        List<Variable> parts = csv.split(",");
        run(Variable.sum(List.of(parts.get(2), parts.get(0))).backward(new Variable("Be brief.", "feedback")));

        assertThat(gradTexts(csv).get(0))
                .isEqualTo("<ITEM>Feedback on a result that was made from split part 0 of row and other variables:\n\n"
                        + "Be brief.</ITEM><ITEM></ITEM>"
                        + "<ITEM>Feedback on a result that was made from split part 2 of row and other variables:\n\n"
                        + "Be brief.</ITEM>");
    }
}
