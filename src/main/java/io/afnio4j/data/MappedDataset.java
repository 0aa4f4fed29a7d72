package io.afnio4j.data;

import java.util.function.Function;

/** A data set whose samples are changed as they are read. */
record MappedDataset<S, T>(Dataset<S> source, Function<? super S, ? extends T> change) implements Dataset<T> {

    @Override
    public int size() {
        return source.size();
    }

    @Override
    public T get(int index) {
        return change.apply(source.get(index));
    }
}
