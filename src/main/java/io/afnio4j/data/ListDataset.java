package io.afnio4j.data;

import java.util.List;

/** Samples in a list. */
record ListDataset<S>(List<S> samples) implements Dataset<S> {

    @Override
    public int size() {
        return samples.size();
    }

    @Override
    public S get(int index) {
        return samples.get(index);
    }
}
