package io.afnio4j.optim;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.SampleGradient;
import io.afnio4j.autodiff.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;

class RewriteTest {

    @Test
    void feedbackOnABatchIsTakenApartAndRemembersItsSamples() {
        Parameter batch = new Parameter(List.of("a", "b", "c"), "questions");
        batch.grad(List.of(new Variable(List.of("longer", " ", "shorter"), "feedback to questions")));

        assertThat(Rewrite.feedback(batch))
                .extracting(gradient -> gradient.text() + " " + SampleGradient.samplesOf(gradient))
                .containsExactly("longer [0]", "shorter [2]");
    }
}
