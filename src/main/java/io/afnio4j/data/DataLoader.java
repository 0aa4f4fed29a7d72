package io.afnio4j.data;

import java.util.Arrays;
import reactor.core.publisher.Flux;

/**
 * Batches of a data set, epoch by epoch:
 *
 * <pre>{@code
 * DataLoader<Map<String, Variable>> loader =
 *         DataLoader.of(dataset, 32, Collate.byName()).shuffle(42);
 * loader.epoch(0).concatMap(batch -> train(batch));
 * }</pre>
 *
 * <p>Without further words, an epoch visits every sample once in the data set's order, and its last batch may be
 * smaller. A loader is immutable, its methods return changed copies, and any number of threads may use it at once.
 *
 * @param <B> a batch
 */
public final class DataLoader<B> {

    /** Who decided on the order. */
    private enum Order {
        DATASET,
        SHUFFLE,
        SAMPLER
    }

    private final BatchSource<?, B> source;
    private final int batchSize;
    private final Order order;
    private final Sampler sampler;
    private final boolean dropsLast;

    private DataLoader(BatchSource<?, B> source, int batchSize, Order order, Sampler sampler, boolean dropsLast) {
        this.source = source;
        this.batchSize = batchSize;
        this.order = order;
        this.sampler = sampler;
        this.dropsLast = dropsLast;
    }

    /**
     * A loader in the data set's order.
     *
     * @param dataset where samples come from
     * @param batchSize how many make a batch, at least 1
     * @param collate how they become one
     * @param <S> a sample
     * @param <B> a batch
     * @return the loader
     */
    public static <S, B> DataLoader<B> of(Dataset<S> dataset, int batchSize, Collate<S, B> collate) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("A batch size of " + batchSize + " makes no batches; the least is 1.");
        }
        return new DataLoader<>(
                new BatchSource<>(dataset, collate),
                batchSize,
                Order.DATASET,
                Sampler.sequential(dataset.size()),
                false);
    }

    /**
     * Visits the samples in random order, another one in each epoch. The same seed gives the same epochs in every run.
     *
     * @param seed picks the sequence of orders
     * @return a copy that shuffles
     * @throws IllegalArgumentException where a sampler was given
     */
    public DataLoader<B> shuffle(long seed) {
        return inOrder(Order.SHUFFLE, Sampler.shuffled(source.dataset().size(), seed));
    }

    /**
     * Visits the samples as a sampler says.
     *
     * @param sampler says which samples come, in which order
     * @return a copy that follows the sampler
     * @throws IllegalArgumentException where {@link #shuffle} was asked for
     */
    public DataLoader<B> sampler(Sampler sampler) {
        return inOrder(Order.SAMPLER, sampler);
    }

    private DataLoader<B> inOrder(Order wanted, Sampler by) {
        if (order != Order.DATASET && order != wanted) {
            throw new IllegalArgumentException("A loader has either shuffle or a sampler, not both. "
                    + "Leave one out, or shuffle in the sampler itself.");
        }
        return new DataLoader<>(source, batchSize, wanted, by, dropsLast);
    }

    /**
     * Leaves out the last batch of an epoch where it is smaller than the others.
     *
     * @return a copy whose batches are all of one size
     */
    public DataLoader<B> dropLast() {
        return new DataLoader<>(source, batchSize, order, sampler, true);
    }

    /**
     * How many batches an epoch has.
     *
     * @return the count, 0 for a data set without samples
     */
    public int batches() {
        int full = sampler.size() / batchSize;
        return dropsLast || sampler.size() % batchSize == 0 ? full : full + 1;
    }

    /**
     * How many samples an epoch hands out.
     *
     * @return the sum of the sizes of its batches
     */
    public int size() {
        return dropsLast ? batches() * batchSize : sampler.size();
    }

    /**
     * The batches of one epoch. Each is made when it is asked for, on the thread that asks. May be subscribed to again,
     * and then gives the same.
     *
     * @param epoch which epoch, from 0
     * @return the batches in order; fails with an {@link IllegalStateException} that names the sample where one can't
     *     be read, and with an {@link IllegalArgumentException} where it doesn't go with the others of its batch
     */
    public Flux<B> epoch(int epoch) {
        if (epoch < 0) {
            throw new IllegalArgumentException("Epochs are counted from 0, so there is no epoch " + epoch + ".");
        }
        return Flux.defer(() -> {
            int[] indices = sampler.order(epoch);
            if (indices.length != sampler.size()) {
                throw new IllegalStateException("The sampler gave " + indices.length + " indices for epoch " + epoch
                        + ", but says that its size is " + sampler.size() + ". Let both agree.");
            }
            return Flux.range(0, batches()).map(batch -> source.batch(slice(indices, batch * batchSize)));
        });
    }

    private int[] slice(int[] indices, int from) {
        return Arrays.copyOfRange(indices, from, from + Math.min(batchSize, indices.length - from));
    }
}
