package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.testing.Contract;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CastTest {

    @Test
    @Contract("Variable.to")
    void castsFromEachTypeToEachType() {
        assertThat(cast("7", String.class)).isEqualTo("7");
        assertThat(cast("7", Long.class)).isEqualTo(7L);
        assertThat(cast("7.5", Double.class)).isEqualTo(7.5);
        assertThat(cast(7, String.class)).isEqualTo("7");
        assertThat(cast(7, Long.class)).isEqualTo(7L);
        assertThat(cast(7, Double.class)).isEqualTo(7.0);
        assertThat(cast(7.5, String.class)).isEqualTo("7.5");
        assertThat(cast(7.5, Long.class)).isEqualTo(7L);
        assertThat(cast(-7.5, Long.class)).isEqualTo(-7L);
        assertThat(cast(7.5, Double.class)).isEqualTo(7.5);
    }

    @Test
    void castsEachElementOfAList() {
        assertThat(cast(List.of("1", "2"), Long.class)).isEqualTo(List.of(1L, 2L));
        assertThat(cast(List.of(1, 2), Double.class)).isEqualTo(List.of(1.0, 2.0));
        assertThat(cast(List.of(1.5, 2.5), String.class)).isEqualTo(List.of("1.5", "2.5"));
        assertThat(cast(List.of(), Long.class)).isEqualTo(List.of());
    }

    @Test
    void readsNumbersAsPeopleWriteThem() {
        assertThat(cast(" 12\n", Long.class)).isEqualTo(12L);
        assertThat(cast(" 1e3 ", Double.class)).isEqualTo(1000.0);
        assertThat(cast("-0.5", Double.class)).isEqualTo(-0.5);
        assertThat(cast("NaN", Double.class)).isEqualTo(Double.NaN);
    }

    @Test
    void aCastIsANewLeafWithRoleAndFlag() {
        Variable made = new Variable("1", "count", true).upper();
        Variable cast = made.to(Long.class);

        assertThat(cast.value()).isEqualTo(new Value(1L, "count"));
        assertThat(cast.requiresGrad()).isTrue();
        assertThat(cast.isLeaf()).isTrue();
        assertThat(made.data()).isEqualTo("1");
    }

    @Test
    @Contract("Variable.to: an element that can't be converted")
    void namesTheElementThatCannotBeConverted() {
        refuses(List.of("1", "two", "3"), Long.class, "Element 1 of the counts, the text 'two', can't become a Long.");
        refuses("three", Double.class, "The counts, the text 'three', can't become a Double.");
        refuses("3.7", Long.class, "The counts, the text '3.7', can't become a Long.");
        refuses(
                "x".repeat(50),
                Long.class,
                "The counts, the text '" + "x".repeat(20) + "..." + "x".repeat(20) + "', can't become a Long.");
        refuses(List.of(0.5, Double.NaN), Long.class, "Element 1 of the counts, the number NaN, can't become a Long.");
        refuses(
                0x1p63,
                Long.class,
                "The counts, the number 9.223372036854775807E18, can't become a Long.".replace("775807", "776"));
        assertThat(cast(-0x1p62, Long.class)).isEqualTo(-(1L << 62));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "1d", "1f", "2.5D", "0x10F", "1,5", "true", "one\n1f"})
    void refusesTextsThatAreNoNumbersToPeople(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> cast(text, Double.class));
    }

    @Test
    void refusesOtherTypesAndNothing() {
        refuses(
                "true",
                Boolean.class,
                "Data can be cast to String, Long or Double, not to java.lang.Boolean; whole numbers are Long and "
                        + "real ones Double.");
        refuses(null, String.class, "The counts holds nothing, which can't be cast to String. Set its data first.");
    }

    private static void refuses(@Nullable Object data, Class<?> type, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> cast(data, type)).withMessage(message);
    }

    private static @Nullable Object cast(@Nullable Object data, Class<?> type) {
        return new Variable(data, "counts").to(type).data();
    }
}
