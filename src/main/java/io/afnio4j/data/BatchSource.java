package io.afnio4j.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads samples and joins them. Whatever fails here fails with the index of the sample. */
record BatchSource<S, B>(Dataset<S> dataset, Collate<S, B> collate) {

    B batch(int[] indices) {
        List<S> samples = new ArrayList<>(indices.length);
        for (int index : indices) {
            samples.add(sample(index));
        }
        try {
            return collate.collate(samples);
        } catch (BadSampleException bad) {
            if (!(collate instanceof Columns)) {
                throw bad; // of samples that the user's function has made of these
            }
            throw new IllegalArgumentException(
                    "Sample " + indices[bad.position()] + " of the data set " + bad.problem() + ".", bad);
        }
    }

    private S sample(int index) {
        if (index < 0 || index >= dataset.size()) {
            throw new IllegalStateException("The sampler asks for sample " + index + ", but the data set holds "
                    + dataset.size() + ", counted from 0. Make the sampler for this data set's size.");
        }
        @Nullable S sample;
        try {
            sample = dataset.get(index);
        } catch (RuntimeException broken) {
            throw new IllegalStateException(
                    "Sample " + index + " of the data set can't be read: "
                            + Objects.requireNonNullElse(
                                    broken.getMessage(), broken.getClass().getSimpleName()),
                    broken);
        }
        if (sample == null) {
            throw new IllegalStateException(
                    "Sample " + index + " of the data set is null. A data set gives a sample for every index.");
        }
        return sample;
    }
}
