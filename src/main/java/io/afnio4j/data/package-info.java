/**
 * Where samples come from and how they travel. A {@link io.afnio4j.data.Dataset} holds them, a
 * {@link io.afnio4j.data.Sampler} says in which order an epoch visits them, {@link io.afnio4j.data.Collate} turns some of
 * them into one batch, and the {@link io.afnio4j.data.DataLoader} puts the three together: a {@code Flux} of batches for each
 * epoch, the same in every run.
 */
@NullMarked
package io.afnio4j.data;

import org.jspecify.annotations.NullMarked;
