package io.afnio4j.data;

/** Some samples of another data set, by their index there. */
final class SubsetDataset<S> implements Dataset<S> {

    private final Dataset<S> source;
    private final int[] indices;

    SubsetDataset(Dataset<S> source, int[] indices) {
        for (int index : indices) {
            if (index < 0 || index >= source.size()) {
                throw new IllegalArgumentException("The subset asks for sample " + index + ", but the data set holds "
                        + source.size() + " samples, counted from 0.");
            }
        }
        this.source = source;
        this.indices = indices;
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public S get(int index) {
        return source.get(indices[index]);
    }
}
