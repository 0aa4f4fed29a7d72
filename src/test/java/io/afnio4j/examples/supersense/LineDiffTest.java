package io.afnio4j.examples.supersense;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LineDiffTest {

    @Test
    void tellsOfALabelWhatWasAddedAndWhatWasTakenAway() {
        assertThat(LineDiff.between("Sort it.\nvery good: fine, nice", "Sort it.\nvery good: fine, great"))
                .containsExactly("very good: +great -nice");
    }

    @Test
    void tellsAllWordsOfANewLine() {
        assertThat(LineDiff.between("good: good", "good: good\nBe careful.")).containsExactly("Be +careful.");
    }
}
