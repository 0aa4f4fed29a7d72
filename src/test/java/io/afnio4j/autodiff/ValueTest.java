package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.testing.Contract;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTest {

    @Test
    @Contract({"Variable.data", "Variable.__init__"})
    void wholeNumbersBecomeLongsAndRealOnesDoubles() {
        assertThat(data((byte) 1)).isEqualTo(1L);
        assertThat(data((short) 2)).isEqualTo(2L);
        assertThat(data(3)).isEqualTo(3L);
        assertThat(data(4L)).isEqualTo(4L);
        assertThat(data(0.5f)).isEqualTo(0.5);
        assertThat(data(0.25)).isEqualTo(0.25);
    }

    @Test
    @Contract({"Variable.data", "Variable.__init__"})
    void textAndNullStayAsTheyAre() {
        assertThat(data("abc")).isEqualTo("abc");
        assertThat(data(null)).isNull();
        assertThat(data(List.of())).isEqualTo(List.of());
    }

    @Test
    @Contract("Variable.data: ints beside floats")
    void wholeNumbersBesideRealOnesBecomeReal() {
        assertThat(data(List.<Number>of(1, 2.5, 3L))).isEqualTo(List.of(1.0, 2.5, 3.0));
        assertThat(data(List.<Number>of(1, (short) 2, 3L))).isEqualTo(List.of(1L, 2L, 3L));
    }

    @Test
    @Contract("Variable.data: strings beside numbers")
    void refusesTextsAmongNumbers() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Value(List.<Object>of("a", 1), ""))
                .withMessage(
                        "A variable's list is all text or all numbers, but this one holds 1 texts among 2 elements.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Value(List.<Object>of(1, "a", 2.5), ""))
                .withMessageEndingWith("but this one holds 1 texts among 3 elements.");
    }

    @Test
    void refusesNullInAList() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Value(Arrays.asList("a", null), ""))
                .withMessageContaining("can't hold null (element 1)");
    }

    @Test
    @Contract("Variable.data: other kinds")
    void refusesBooleansAndSaysWhatToDo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Value(true, ""))
                .withMessageContaining("java.lang.Boolean")
                .withMessageEndingWith("Write true and false as 1 and 0, or as words.");
    }

    @Test
    @Contract("Variable.data: other kinds")
    void refusesOtherKinds() {
        for (Object other :
                List.of('c', new BigDecimal("1"), new Object(), List.of(List.of("nested")), new int[] {1})) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Value(other, ""))
                    .withMessageContaining("but not");
        }
    }

    @Test
    @Contract("Variable.data: sequences")
    void copiesListsInAndHandsThemOutImmutable() {
        List<String> mutable = new ArrayList<>(List.of("a"));
        Value value = new Value(mutable, "");
        mutable.add("b");

        assertThat(value.data()).isEqualTo(List.of("a"));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> value.elements().remove(0));
    }

    @Test
    void aScalarHasSizeOneAndStandsForEveryIndex() {
        assertThat(new Value("a", "").size()).isOne();
        assertThat(new Value(null, "").size()).isOne();
        assertThat(new Value("a", "").text(7)).isEqualTo("a");
        assertThat(new Value(List.of(), "").size()).isZero();
        assertThat(new Value(List.of("a", "b"), "").text(1)).isEqualTo("b");
    }

    @Test
    void numbersAreTextInDecimalAndNullIsEmptyText() {
        assertThat(new Value(12, "").text(0)).isEqualTo("12");
        assertThat(new Value(0.5, "").text(0)).isEqualTo("0.5");
        assertThat(new Value(null, "").text(0)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "5e-4, 0.0005",
        "-2.5e-7, -0.00000025",
        "3, 3",
        "-0.0, 0",
        "12500000, 12500000",
        "123456789.125, 123456789.125",
        "9e15, 9000000000000000",
        "1e16, 1.0E16",
        "1e-10, 1.0E-10",
        "NaN, NaN",
        "-Infinity, -Infinity"
    })
    void realNumbersAreTextAsPeopleWriteThem(double number, String text) {
        assertThat(new Value(List.of(0.5, number), "").text(1)).isEqualTo(text);
        assertThat(new Variable(number).to(String.class).text()).isEqualTo(text);
        assertThat(new Variable("x").plus(new Variable(number)).text()).isEqualTo("x" + text);
    }

    @Test
    void mapsEveryTextAndKeepsTheShape() {
        assertThat(new Value(List.of(1, 2), "n").mapTexts(text -> text + "!", "m"))
                .isEqualTo(new Value(List.of("1!", "2!"), "m"));
        assertThat(new Value("a", "n").mapTexts(text -> text + "!", "m")).isEqualTo(new Value("a!", "m"));
    }

    @Test
    void saysItsShapeInWords() {
        assertThat(new Value("a", "").shape()).isEqualTo("a scalar text");
        assertThat(new Value(1, "").shape()).isEqualTo("a scalar number");
        assertThat(new Value(List.of(1, 2, 3), "").shape()).isEqualTo("a list of 3 numbers");
        assertThat(new Value(List.of("a"), "").shape()).isEqualTo("a list of 1 text");
        assertThat(new Value(null, "").shape()).isEqualTo("nothing");
    }

    @Test
    @Contract("Variable.__init__")
    @SuppressWarnings("NullAway") // on purpose
    void refusesANullRole() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Value("a", null))
                .withMessage("A variable's role can't be null. Use \"\" where there is nothing to say.");
    }

    @Test
    @Contract("Variable.__repr__")
    void showsALongTextByItsEnds() {
        assertThat(new Value("x".repeat(40), "").shown()).isEqualTo("x".repeat(40));
        assertThat(new Value("a".repeat(30) + "b".repeat(30), "").shown())
                .isEqualTo("a".repeat(20) + "..." + "b".repeat(20));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void neverCutsACharacterInTwo(int shift) {
        String shown = new Value("x".repeat(shift) + "😀".repeat(40), "").shown();

        assertThat(shown.codePoints()).noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    @Test
    void leavesOutACharacterThatTheCutWouldHalve() {
        String text = "x".repeat(19) + "😀" + "-".repeat(30) + "😀" + "y".repeat(19);

        assertThat(new Value(text, "").shown()).isEqualTo("x".repeat(19) + "..." + "y".repeat(19));
    }

    @Test
    @Contract("Variable.__repr__")
    void showsALongListByItsEnds() {
        List<Integer> seven = IntStream.rangeClosed(1, 7).boxed().toList();

        assertThat(new Value(seven.subList(0, 6), "").shown()).isEqualTo("[1, 2, 3, 4, 5, 6]");
        assertThat(new Value(seven, "").shown()).isEqualTo("[1, 2, 3, ..., 5, 6, 7]");
    }

    private static @Nullable Object data(@Nullable Object given) {
        return new Value(given, "").data();
    }
}
