package io.afnio4j.data;

/** Checked weights, scaled so that the greatest is 1 and no sum of them can overflow. */
final class Weights {

    private final double[] weights;
    private final int positive;

    Weights(double[] given) {
        double greatest = 0;
        int count = 0;
        for (int i = 0; i < given.length; i++) {
            if (!(given[i] >= 0) || Double.isInfinite(given[i])) {
                throw new IllegalArgumentException("Weight " + i + " is " + given[i]
                        + ", but the weights of a sampler are finite numbers that aren't negative.");
            }
            greatest = Math.max(greatest, given[i]);
            count += given[i] > 0 ? 1 : 0;
        }
        if (count == 0) {
            throw new IllegalArgumentException("None of the " + given.length
                    + " weights is above 0, so there is nothing to draw from. Give at least one sample a weight.");
        }
        this.weights = new double[given.length];
        for (int i = 0; i < given.length; i++) {
            // A weight that is too small to be told from 0 beside the greatest must not become 0: it counts as
            // positive.
            weights[i] = given[i] == 0 ? 0 : Math.max(given[i] / greatest, Double.MIN_VALUE);
        }
        this.positive = count;
    }

    int size() {
        return weights.length;
    }

    int positive() {
        return positive;
    }

    double of(int index) {
        return weights[index];
    }

    /** The running sums: sample i owns what lies between bound i - 1 and bound i. */
    double[] bounds() {
        double[] bounds = new double[weights.length];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i];
            bounds[i] = sum;
        }
        return bounds;
    }
}
