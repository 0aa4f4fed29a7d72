package io.afnio4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SamplerTest {

    @Test
    void sequentialVisitsInTheDataSetsOrderInEveryEpoch() {
        assertThat(Sampler.sequential(4).order(0)).containsExactly(0, 1, 2, 3);
        assertThat(Sampler.sequential(4).order(9)).containsExactly(0, 1, 2, 3);
    }

    @Property(tries = 200)
    void everyShuffledEpochIsAPermutation(
            @ForAll @IntRange(max = 200) int size, @ForAll long seed, @ForAll @IntRange int epoch) {
        int[] order = Sampler.shuffled(size, seed).order(epoch);

        Arrays.sort(order);
        assertThat(order).isEqualTo(IntStream.range(0, size).toArray());
    }

    @Property(tries = 200)
    void theSameSeedGivesTheSameEpochsAndNoTwoOfThemAreAlike(
            @ForAll @IntRange(min = 20, max = 100) int size, @ForAll long seed) {
        List<List<Integer>> epochs = epochs(Sampler.shuffled(size, seed)::order, 10);

        assertThat(epochs(Sampler.shuffled(size, seed)::order, 10)).isEqualTo(epochs);
        assertThat(new HashSet<>(epochs)).hasSize(10);
    }

    @Test
    void neighbouringSeedsShareNoEpoch() {
        Set<List<Integer>> seen = new HashSet<>();
        for (int seed = 0; seed < 20; seed++) {
            seen.addAll(epochs(Sampler.shuffled(20, seed)::order, 20));
        }
        assertThat(seen).hasSize(400);
    }

    /** A seed printed by one run must mean the same to the next one, on another machine and another day. */
    @Test
    void aSeedMeansTheSameForever() {
        double[] weights = {1, 2, 3, 4, 5};

        assertThat(Sampler.shuffled(10, 42).order(0)).containsExactly(0, 5, 9, 8, 3, 6, 1, 7, 2, 4);
        assertThat(Sampler.shuffled(10, 42).order(1)).containsExactly(3, 0, 1, 9, 2, 5, 4, 8, 6, 7);
        assertThat(Sampler.weightedWithoutReplacement(weights, 5, 42).order(0)).containsExactly(2, 3, 4, 0, 1);
        assertThat(Sampler.weightedWithReplacement(weights, 5, 42).order(0)).containsExactly(4, 4, 3, 4, 4);
    }

    @Test
    void everyIndexComesFirstEquallyOften() {
        int[] first = new int[5];
        Sampler sampler = Sampler.shuffled(5, 7);
        for (int epoch = 0; epoch < 10_000; epoch++) {
            first[sampler.order(epoch)[0]]++;
        }
        assertThat(Arrays.stream(first)).allMatch(count -> Math.abs(count - 2_000) < 200); // five standard deviations
    }

    @Test
    void drawsWithReplacementByWeight() {
        int[] counts = counts(Sampler.weightedWithReplacement(new double[] {1, 0, 2, 5}, 80_000, 3), 4);

        assertThat(counts[1]).isZero();
        assertThat(counts[0]).isBetween(9_500, 10_500);
        assertThat(counts[2]).isBetween(19_300, 20_700);
        assertThat(counts[3]).isBetween(49_200, 50_800);
    }

    @Property(tries = 200)
    void weightedSamplingWithoutReplacementNeverRepeats(
            @ForAll @Size(min = 1, max = 50) List<@DoubleRange(max = 1e6) Double> given, @ForAll long seed) {
        double[] weights = given.stream().mapToDouble(Double::doubleValue).toArray();
        weights[0] = 1;
        int draws = (int) Arrays.stream(weights).filter(weight -> weight > 0).count();

        int[] order = Sampler.weightedWithoutReplacement(weights, draws, seed).order(0);

        assertThat(order).hasSize(draws).doesNotHaveDuplicates();
        assertThat(Arrays.stream(order)).allMatch(index -> weights[index] > 0);
    }

    @Test
    void weightsMatterWithoutReplacementToo() {
        int[] first = new int[3];
        int[] chosen = new int[3];
        Sampler sampler = Sampler.weightedWithoutReplacement(new double[] {1, 2, 5}, 2, 11);
        for (int epoch = 0; epoch < 8_000; epoch++) {
            int[] order = sampler.order(epoch);
            first[order[0]]++;
            chosen[order[0]]++;
            chosen[order[1]]++;
        }
        assertThat(first[0]).isBetween(850, 1_150);
        assertThat(first[1]).isBetween(1_800, 2_200);
        assertThat(first[2]).isBetween(4_775, 5_225);
        // P(0 is chosen) = 1/8 + 2/8 * 1/6 + 5/8 * 1/3 = 0.375
        assertThat(chosen[0]).isBetween(2_780, 3_220);
    }

    @Test
    void weightsFarApartNeitherOverflowNorVanish() {
        double[] weights = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MIN_VALUE};

        assertThat(Sampler.weightedWithReplacement(weights, 100, 1).order(0)).contains(0, 1);
        assertThat(Sampler.weightedWithoutReplacement(weights, 3, 1).order(0)).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void refusesWeightsThatAreNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sampler.weightedWithReplacement(new double[] {1, -2}, 1, 0))
                .withMessage("Weight 1 is -2.0, but the weights of a sampler are finite numbers that aren't negative.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sampler.weightedWithReplacement(new double[] {Double.NaN}, 1, 0))
                .withMessageContaining("Weight 0 is NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sampler.weightedWithoutReplacement(new double[] {Double.POSITIVE_INFINITY}, 1, 0))
                .withMessageContaining("Weight 0 is Infinity");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sampler.weightedWithReplacement(new double[] {0, 0}, 1, 0))
                .withMessageContaining("None of the 2 weights is above 0");
    }

    @Test
    void refusesMoreDrawsThanThereAreSamplesToDraw() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sampler.weightedWithoutReplacement(new double[] {1, 0, 1}, 3, 0))
                .withMessage("An epoch of 3 samples can't be drawn without replacement: only 2 weights are above 0. "
                        + "Ask for fewer draws.");
    }

    @Test
    void refusesNegativeSizesAndEpochs() {
        assertThatIllegalArgumentException().isThrownBy(() -> Sampler.sequential(-1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sampler.sequential(1).order(-1))
                .withMessageContaining("no epoch -1");
    }

    private static List<List<Integer>> epochs(IntFunction<int[]> orders, int count) {
        return IntStream.range(0, count)
                .mapToObj(epoch -> Arrays.stream(orders.apply(epoch)).boxed().toList())
                .toList();
    }

    private static int[] counts(Sampler sampler, int size) {
        int[] counts = new int[size];
        Arrays.stream(sampler.order(0)).forEach(index -> counts[index]++);
        return counts;
    }
}
