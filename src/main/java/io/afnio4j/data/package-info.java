/**
 * Where samples come from and how they travel. A {@link Dataset} holds them, a {@link Sampler} says in which order an
 * epoch visits them, {@link Collate} turns some of them into one batch, and the {@link DataLoader} puts the three
 * together: a {@code Flux} of batches for each epoch, the same in every run.
 */
@NullMarked
package io.afnio4j.data;

import org.jspecify.annotations.NullMarked;
