package io.afnio4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.autodiff.Variable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class DataLoaderTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private record Row(int id) {}

    @Test
    void readsNaturallyWithMapsOfVariables() {
        Dataset<Map<String, Variable>> dataset =
                Dataset.of(List.of("a", "b", "c")).map(text -> Map.of("question", new Variable(text, "the question")));
        DataLoader<Map<String, Variable>> loader = DataLoader.of(dataset, 2, Collate.byName());

        assertThat(batches(loader, 0))
                .extracting(
                        batch -> Objects.requireNonNull(batch.get("question")).data())
                .containsExactly(List.of("a", "b"), List.of("c"));
    }

    @Test
    void takesAnySampleWithAFunctionOfTheUsers() {
        DataLoader<Integer> sums = DataLoader.of(
                rows(5), 2, samples -> samples.stream().mapToInt(Row::id).sum());

        StepVerifier.create(sums.epoch(0)).expectNext(1, 5, 4).expectComplete().verify(LIMIT);
    }

    @Property(tries = 200)
    void batchesJoinedAreTheSamplersOrder(
            @ForAll @IntRange(max = 60) int size,
            @ForAll @IntRange(min = 1, max = 70) int batchSize,
            @ForAll long seed,
            @ForAll boolean dropLast) {
        DataLoader<List<Integer>> loader = ids(size, batchSize).shuffle(seed);
        DataLoader<List<Integer>> tested = dropLast ? loader.dropLast() : loader;

        List<List<Integer>> batches = batches(tested, 3);

        int[] order = Sampler.shuffled(size, seed).order(3);
        assertThat(joined(batches))
                .isEqualTo(Arrays.stream(order).limit(tested.size()).boxed().toList());
        assertThat(batches).hasSize(tested.batches());
        assertThat(batches.stream().limit(Math.max(0, batches.size() - 1)))
                .allMatch(batch -> batch.size() == batchSize);
        assertThat(size - tested.size()).isEqualTo(dropLast ? size % batchSize : 0);
    }

    @Property(tries = 100)
    void aSeedGivesTheSameSequenceOfDifferentEpochs(
            @ForAll @IntRange(min = 20, max = 60) int size,
            @ForAll @IntRange(min = 1, max = 9) int batchSize,
            @ForAll long seed) {
        DataLoader<List<Integer>> one = ids(size, batchSize).shuffle(seed);
        DataLoader<List<Integer>> again = ids(size, batchSize).shuffle(seed);

        assertThat(batches(again, 0)).isEqualTo(batches(one, 0));
        assertThat(batches(again, 1)).isEqualTo(batches(one, 1)).isNotEqualTo(batches(one, 0));
        assertThat(joined(batches(one, 1)))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, size).boxed().toList());
    }

    @Test
    void dropsAShortLastBatchOnly() {
        assertThat(batches(ids(5, 2).dropLast(), 0)).containsExactly(List.of(0, 1), List.of(2, 3));
        assertThat(batches(ids(4, 2).dropLast(), 0)).containsExactly(List.of(0, 1), List.of(2, 3));
        assertThat(ids(1, 2).dropLast()).returns(0, DataLoader::batches).returns(0, DataLoader::size);
    }

    @Test
    void aSamplerDecidesHowManySamplesAnEpochHas() {
        DataLoader<List<Integer>> loader =
                ids(3, 2).sampler(Sampler.weightedWithReplacement(new double[] {0, 1, 0}, 5, 1));

        assertThat(loader).returns(3, DataLoader::batches).returns(5, DataLoader::size);
        assertThat(batches(loader, 0)).containsExactly(List.of(1, 1), List.of(1, 1), List.of(1));
    }

    @Test
    void anEmptyDataSetHasNoBatches() {
        assertThat(ids(0, 3).shuffle(1)).returns(0, DataLoader::batches).returns(0, DataLoader::size);
        StepVerifier.create(ids(0, 3).epoch(0)).expectComplete().verify(LIMIT);
    }

    @Test
    void refusesASamplerTogetherWithShuffle() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ids(3, 1).shuffle(1).sampler(Sampler.sequential(3)))
                .withMessageContaining("either shuffle or a sampler");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ids(3, 1).sampler(Sampler.sequential(3)).shuffle(1))
                .withMessageContaining("either shuffle or a sampler");
    }

    @Test
    void refusesBatchesWithoutSizeAndEpochsBeforeTheFirst() {
        assertThatIllegalArgumentException().isThrownBy(() -> ids(3, 0)).withMessageContaining("batch size of 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ids(3, 1).epoch(-1))
                .withMessageContaining("no epoch -1");
    }

    @Test
    void readsNoMoreThanIsAskedForAndCanBeRestarted() {
        List<Integer> read = new ArrayList<>();
        Flux<List<Integer>> epoch =
                DataLoader.of(counting(read), 2, List::copyOf).epoch(0);
        assertThat(read).isEmpty();

        for (int run = 0; run < 2; run++) {
            read.clear();
            StepVerifier.create(epoch, 0)
                    .expectSubscription()
                    .then(() -> assertThat(read).isEmpty())
                    .thenRequest(1)
                    .expectNext(List.of(0, 1))
                    .then(() -> assertThat(read).containsExactly(0, 1))
                    .thenRequest(1)
                    .expectNext(List.of(2, 3))
                    .thenCancel()
                    .verify(LIMIT);
            assertThat(read).containsExactly(0, 1, 2, 3);
        }
    }

    @Test
    void saysWhatIsWrongWithSamplesThatTheUsersFunctionHasMade() {
        Collate<List<Variable>, Variable> flat = samples -> Collate.variables()
                .collate(samples.stream().flatMap(List::stream).toList());
        Dataset<List<Variable>> pairs = Dataset.of(List.of(List.of(new Variable("a"), new Variable(1))));

        StepVerifier.create(DataLoader.of(pairs, 1, flat).epoch(0))
                .expectErrorMessage(
                        "Sample 1 of the batch holds a number, but the first of its batch holds a text; give all"
                                + " samples texts there, or all numbers.")
                .verify(LIMIT);
    }

    @Test
    void namesTheSampleThatCannotBeRead() {
        IllegalArgumentException cause = new IllegalArgumentException("no label");
        Dataset<Integer> broken = Dataset.of(List.of(0, 1, 2, 3)).map(id -> {
            if (id == 2) {
                throw cause;
            }
            return id;
        });

        StepVerifier.create(DataLoader.of(broken, 2, List::copyOf).epoch(0))
                .expectNext(List.of(0, 1))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("Sample 2 of the data set can't be read: no label")
                        .hasCause(cause))
                .verify(LIMIT);
    }

    @Test
    void namesTheDataSetsIndexOfASampleThatDoesNotFit() {
        Dataset<Variable> mixed =
                Dataset.of(List.of(new Variable("a", "r"), new Variable("b", "r"), new Variable(3L, "r")));

        StepVerifier.create(DataLoader.of(mixed, 2, Collate.variables())
                        .sampler(new OrderedSampler(2, epoch -> new int[] {1, 2}))
                        .epoch(0))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("Sample 2 of the data set holds a number, but the first of its batch holds a text; "
                                + "give all samples texts there, or all numbers."))
                .verify(LIMIT);
    }

    @Test
    void aSampleThatTheUsersFunctionMadeIsTakenForNoneOfTheDataSet() {
        Dataset<List<Variable>> pairs = Dataset.of(List.of(
                List.of(new Variable("a", "r"), new Variable(3L, "r")),
                List.of(new Variable("b", "r"), new Variable("c", "r"))));
        Collate<List<Variable>, Variable> flat = samples -> Collate.variables()
                .collate(samples.stream().flatMap(List::stream).toList());

        StepVerifier.create(DataLoader.of(pairs, 2, flat).epoch(0))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("Sample 1 of the batch holds a number"))
                .verify(LIMIT);
    }

    @Test
    void namesASamplerThatWasMadeForAnotherDataSet() {
        StepVerifier.create(ids(3, 1).sampler(Sampler.sequential(4)).epoch(0))
                .expectNextCount(3)
                .expectErrorMessage("The sampler asks for sample 3, but the data set holds 3, counted from 0. "
                        + "Make the sampler for this data set's size.")
                .verify(LIMIT);
        StepVerifier.create(ids(3, 1)
                        .sampler(new OrderedSampler(3, epoch -> new int[2]))
                        .epoch(0))
                .expectErrorMessage(
                        "The sampler gave 2 indices for epoch 0, but says that its size is 3. Let both agree.")
                .verify(LIMIT);
    }

    private static Dataset<Row> rows(int size) {
        return Dataset.of(IntStream.range(0, size).mapToObj(Row::new).toList());
    }

    private static DataLoader<List<Integer>> ids(int size, int batchSize) {
        return DataLoader.of(
                rows(size), batchSize, samples -> samples.stream().map(Row::id).toList());
    }

    private static Dataset<Integer> counting(List<Integer> read) {
        return Dataset.of(List.of(0, 1, 2, 3, 4, 5)).map(id -> {
            read.add(id);
            return id;
        });
    }

    private static <B> List<B> batches(DataLoader<B> loader, int epoch) {
        List<B> batches = new ArrayList<>();
        StepVerifier.create(loader.epoch(epoch))
                .recordWith(() -> batches)
                .thenConsumeWhile(batch -> true)
                .expectComplete()
                .verify(LIMIT);
        return batches;
    }

    private static List<Integer> joined(List<List<Integer>> batches) {
        return batches.stream().flatMap(List::stream).toList();
    }
}
