package io.afnio4j.data;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Samples that can be had by index. A sample is whatever the user works with: a {@code Variable}, a map of them, a
 * record.
 *
 * <p>A data set may be read by many threads at once, and {@link #get} answers from memory: loaders call it on the
 * thread that asks for the batch, which must not block. Data that have to be fetched are fetched before the data set is
 * made.
 *
 * @param <S> a sample
 */
public interface Dataset<S> {

    /**
     * How many samples there are.
     *
     * @return the count, the same at every call
     */
    int size();

    /**
     * One sample.
     *
     * @param index from 0 to {@link #size()} - 1
     * @return the sample, the same at every call
     */
    S get(int index);

    /**
     * A data set of samples in memory.
     *
     * @param samples the samples; copied
     * @param <S> a sample
     * @return the data set, in the list's order
     * @throws IllegalArgumentException where a sample is null, as readers of tables and JSON give for a row that is
     *     empty
     */
    static <S> Dataset<S> of(List<? extends S> samples) {
        int missing = new ArrayList<>(samples).indexOf(null); // lists that can't hold null can't be asked for it
        if (missing >= 0) {
            throw new IllegalArgumentException(
                    "Sample " + missing + " of the data set is null. Leave out rows that hold nothing.");
        }
        return new ListDataset<>(List.copyOf(samples));
    }

    /**
     * This data set with each sample changed. The function is called anew whenever a sample is asked for.
     *
     * @param change the function; without side effects, as any thread may call it any number of times
     * @param <T> a sample of the new data set
     * @return a view of this data set
     */
    default <T> Dataset<T> map(Function<? super S, ? extends T> change) {
        return new MappedDataset<>(this, change);
    }

    /**
     * Some samples of this data set, for example one side of a split: {@code all.subset(IntStream.range(0,
     * 900).toArray())}.
     *
     * @param indices which ones, in their new order; an index may come more than once
     * @return a view of this data set
     * @throws IllegalArgumentException for an index that this data set doesn't have
     */
    default Dataset<S> subset(int... indices) {
        return new SubsetDataset<>(this, indices.clone());
    }
}
