package io.afnio4j.data;

/**
 * A ready way to join samples: the places of which its {@link BadSampleException} speaks are those of the samples that
 * it was given.
 *
 * @param <S> a sample
 * @param <B> a batch
 */
@FunctionalInterface
interface Columns<S, B> extends Collate<S, B> {}
