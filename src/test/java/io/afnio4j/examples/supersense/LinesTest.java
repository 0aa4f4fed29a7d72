package io.afnio4j.examples.supersense;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinesTest {

    @Test
    void whatAModelWritesCannotControlTheScreen() {
        assertThat(Lines.wrapped("a\u001b[2Jb\u009b31mc\rd\u202Ee \uD83D\uDE00\u200D", 98, ""))
                .isEqualTo("a [2Jb 31mc d e \uD83D\uDE00\u200D");
    }
}
