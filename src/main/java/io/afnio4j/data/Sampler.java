package io.afnio4j.data;

import java.util.stream.IntStream;

/**
 * The order in which an epoch visits a data set: a list of sample indices. An order depends on nothing but the
 * sampler's own settings and the number of the epoch, so a run that starts again with the same seed meets the same
 * batches, in epoch 7 as in epoch 0, whatever was drawn in between. Samplers are immutable and may be shared.
 */
public interface Sampler {

    /**
     * How many indices each epoch has.
     *
     * @return the length of every {@link #order}
     */
    int size();

    /**
     * The indices of one epoch.
     *
     * @param epoch which epoch, from 0
     * @return a new array of {@link #size()} indices; the caller may keep and change it
     */
    int[] order(int epoch);

    /**
     * Every sample once, in the data set's order.
     *
     * @param size the data set's size
     * @return the sampler
     */
    static Sampler sequential(int size) {
        return new OrderedSampler(size, epoch -> IntStream.range(0, size).toArray());
    }

    /**
     * Every sample once, in random order. Each epoch has an order of its own.
     *
     * @param size the data set's size
     * @param seed picks the sequence of orders
     * @return the sampler
     */
    static Sampler shuffled(int size, long seed) {
        return new OrderedSampler(size, epoch -> Draws.permutation(size, EpochRandom.of(seed, epoch)));
    }

    /**
     * Random samples, those of greater weight more often. The same sample may come again within an epoch.
     *
     * @param weights how likely each sample of the data set is, relative to the others: finite, not negative, and not
     *     all 0
     * @param draws how many indices an epoch has
     * @param seed picks the sequence of orders
     * @return the sampler
     */
    static Sampler weightedWithReplacement(double[] weights, int draws, long seed) {
        Weights checked = new Weights(weights);
        double[] bounds = checked.bounds();
        return new OrderedSampler(draws, epoch -> Draws.repeated(bounds, draws, EpochRandom.of(seed, epoch)));
    }

    /**
     * Random samples, each at most once in an epoch. A sample of greater weight is more likely to come, and to come
     * early: each draw is made by weight among the samples that are left.
     *
     * @param weights how likely each sample of the data set is, relative to the others: finite, not negative
     * @param draws how many indices an epoch has; at most as many as there are weights above 0
     * @param seed picks the sequence of orders
     * @return the sampler
     */
    static Sampler weightedWithoutReplacement(double[] weights, int draws, long seed) {
        Weights checked = new Weights(weights);
        if (draws > checked.positive()) {
            throw new IllegalArgumentException(
                    "An epoch of " + draws + " samples can't be drawn without replacement: only " + checked.positive()
                            + " weights are above 0. Ask for fewer draws.");
        }
        return new OrderedSampler(draws, epoch -> Draws.distinct(checked, draws, EpochRandom.of(seed, epoch)));
    }
}
