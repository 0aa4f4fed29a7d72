package io.afnio4j.data;

import java.util.Random;

/**
 * The random numbers of one epoch. Seed and epoch are stirred together by a bijective mix of bits, so that neighbouring
 * epochs and neighbouring seeds have nothing in common. {@link Random} is used because its sequence is part of its
 * specification: a seed means the same on every JVM.
 */
final class EpochRandom {

    private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

    private EpochRandom() {}

    static Random of(long seed, int epoch) {
        return new Random(stirred(stirred(seed) + (epoch + 1L) * GOLDEN_RATIO));
    }

    /** The finaliser of SplitMix64. */
    private static long stirred(long bits) {
        long z = bits;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
