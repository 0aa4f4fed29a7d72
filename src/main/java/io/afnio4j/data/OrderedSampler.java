package io.afnio4j.data;

import java.util.function.IntFunction;

/** A sampler that a function of the epoch describes. */
record OrderedSampler(int size, IntFunction<int[]> orders) implements Sampler {

    OrderedSampler {
        if (size < 0) {
            throw new IllegalArgumentException("An epoch can't have " + size + " samples; the least is 0.");
        }
    }

    @Override
    public int[] order(int epoch) {
        if (epoch < 0) {
            throw new IllegalArgumentException("Epochs are counted from 0, so there is no epoch " + epoch + ".");
        }
        return orders.apply(epoch);
    }
}
