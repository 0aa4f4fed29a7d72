package io.afnio4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DatasetTest {

    @Test
    void keepsTheListAsItWasWhenItWasGiven() {
        List<String> samples = new ArrayList<>(List.of("a", "b"));
        Dataset<String> dataset = Dataset.of(samples);
        samples.clear();

        assertThat(dataset.size()).isEqualTo(2);
        assertThat(dataset.get(1)).isEqualTo("b");
    }

    @Test
    void mapsEachSampleWhenItIsAskedFor() {
        List<String> mapped = new ArrayList<>();
        Dataset<Integer> lengths = Dataset.of(List.of("a", "bb")).map(text -> {
            mapped.add(text);
            return text.length();
        });

        assertThat(lengths.size()).isEqualTo(2);
        assertThat(mapped).isEmpty();
        assertThat(lengths.get(1)).isEqualTo(2);
        assertThat(mapped).containsExactly("bb");
    }

    @Test
    void splitsIntoSubsets() {
        Dataset<String> all = Dataset.of(List.of("a", "b", "c"));
        Dataset<String> rest = all.subset(IntStream.range(1, 3).toArray());

        assertThat(rest.size()).isEqualTo(2);
        assertThat(rest.get(0)).isEqualTo("b");
        assertThat(rest.subset(1, 1).get(1)).isEqualTo("c");
    }

    @Test
    void refusesASubsetOfWhatIsNotThere() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Dataset.of(List.of("a")).subset(0, 1))
                .withMessage("The subset asks for sample 1, but the data set holds 1 samples, counted from 0.");
    }

    @Test
    void refusesASampleThatIsNullByItsPlace() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Dataset.of(Arrays.asList("a", null)))
                .withMessage("Sample 1 of the data set is null. Leave out rows that hold nothing.");
    }
}
