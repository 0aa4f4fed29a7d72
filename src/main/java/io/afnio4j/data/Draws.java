package io.afnio4j.data;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;

/** The three ways to draw indices at random. */
final class Draws {

    private Draws() {}

    /** Every index once: Fisher and Yates's shuffle. */
    static int[] permutation(int size, Random random) {
        int[] order = IntStream.range(0, size).toArray();
        for (int i = size - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int held = order[i];
            order[i] = order[other];
            order[other] = held;
        }
        return order;
    }

    /** Indices by weight, each draw on its own. */
    static int[] repeated(double[] bounds, int draws, Random random) {
        double total = bounds[bounds.length - 1];
        return IntStream.generate(() -> firstAbove(bounds, random.nextDouble() * total))
                .limit(draws)
                .toArray();
    }

    /**
     * Indices by weight, none twice. Each sample waits for an exponential time with its weight as the rate, and the
     * first to arrive are taken: this is the same as drawing by weight among those that are left (Efraimidis and
     * Spirakis, 2006).
     */
    static int[] distinct(Weights weights, int draws, Random random) {
        // One number for each sample, whatever its weight: a changed weight leaves the times of all others as they
        // were.
        // StrictMath, because Math.log may differ by a bit between machines.
        double[] arrival = IntStream.range(0, weights.size())
                .mapToDouble(i -> -StrictMath.log(1 - random.nextDouble()) / weights.of(i))
                .toArray();
        return IntStream.range(0, weights.size())
                .filter(i -> weights.of(i) > 0)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> arrival[i])) // stable: ties keep the order of the data set
                .limit(draws)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The first index whose bound lies above the mark. A weight of 0 owns nothing, so it is never found. */
    private static int firstAbove(double[] bounds, double mark) {
        int low = 0;
        int high = bounds.length - 1;
        // nextDouble() < 1, but its product with the total may be rounded up to the total: the last bound must lie
        // above it.
        double below = Math.min(mark, Math.nextDown(bounds[high]));
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (bounds[middle] > below) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
