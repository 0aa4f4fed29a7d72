package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ItemsTest {

    private static final String A = "a".repeat(60);
    private static final String B = "b".repeat(60);
    private static final String C = "c".repeat(15);

    @Test
    void textsStandEachInItsItem() {
        assertThat(Items.join(List.of("one", "two"))).isEqualTo("<ITEM>one</ITEM><ITEM>two</ITEM>");
    }

    @Test
    void shortRolesAreJoinedWhole() {
        List<String> most = List.of("a".repeat(62), "b".repeat(62), "c".repeat(61));

        assertThat(Items.roles(List.of("question", "hint"))).isEqualTo("question and hint");
        assertThat(Items.roles(most)).isEqualTo(String.join(" and ", most));
    }

    @Test
    void ofManyRolesTheFirstAreShownAndTheOthersCounted() {
        assertThat(Items.roles(List.of(A, B, C, A))).isEqualTo(A + " and " + B + " and " + C + " and 1 other");
        assertThat(Items.roles(List.of(A, B, C + "c", A))).isEqualTo(A + " and " + B + " and 2 others");
    }

    @Test
    void aLongRoleIsShownByItsEnds() {
        assertThat(Items.roles(List.of("a".repeat(100) + "z".repeat(100))))
                .isEqualTo("a".repeat(28) + "..." + "z".repeat(28));
    }
}
