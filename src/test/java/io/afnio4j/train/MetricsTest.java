package io.afnio4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.autodiff.Variable;
import io.afnio4j.ops.Evaluation;
import io.afnio4j.ops.Evaluator;
import io.afnio4j.ops.Reduction;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsTest {

    @Test
    void averagesWeighEachBatchByItsSamples() {
        Metrics all = new Metrics(9, Map.of("accuracy", 1.0)).plus(new Metrics(1, Map.of("accuracy", 0.0)));

        assertThat(all.samples()).isEqualTo(10);
        assertThat(all.mean("accuracy")).isEqualTo(0.9);
        assertThat(Metrics.NONE.plus(all)).isEqualTo(all);
    }

    @Test
    void aMetricThatOnlySomeBatchesReportIsAveragedOverThose() {
        Metrics all = new Metrics(2, Map.of("accuracy", 1.0, "length", 10.0))
                .plus(new Metrics(2, Map.of("accuracy", 0.0)))
                .plus(new Metrics(2, Map.of("length", 20.0)));

        assertThat(all.samples()).isEqualTo(6);
        assertThat(all.mean("accuracy")).isEqualTo(0.5);
        assertThat(all.mean("length")).isEqualTo(15);
    }

    @Test
    void lossStandsFirstAndTheOthersByName() {
        assertThat(new Metrics(1, Map.of("zeal", 1.0, "loss", 2.0, "accuracy", 3.0))
                        .means()
                        .keySet())
                .containsExactly("loss", "accuracy", "zeal");
    }

    @Test
    void countsBelongToAverages() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Metrics(1, Map.of("a", 1.0), Map.of("b", 1L)))
                .withMessage("The averages are of [a], but the counts of [b]. Give a count for each average.");
    }

    @Test
    void aStepsResultShowsTheAverageScoreAsLossAndWhatElseThereIs() {
        Evaluation evaluation = Evaluator.exactMatch()
                .reducedBy(Reduction.NONE)
                .evaluate(new Variable(List.of("a", "b", "c", "d"), "answer"), "a");

        assertThat(StepResult.of(evaluation).metrics()).isEqualTo(new Metrics(4, Map.of("loss", 0.25)));
        assertThat(StepResult.of(evaluation, Map.of("length", 1.0)).metrics())
                .isEqualTo(new Metrics(4, Map.of("loss", 0.25, "length", 1.0)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StepResult.of(evaluation, Map.of("loss", 1.0)))
                .withMessageContaining("'loss' is the average of the judgement's scores");
    }
}
