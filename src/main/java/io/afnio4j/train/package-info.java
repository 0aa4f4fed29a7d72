/**
 * The loop around everything: {@link Trainer} walks epochs and batches, lets a {@link Trainable} judge itself, walks
 * back, takes a step, keeps it or not, and tells all that as a stream of {@link TrainingEvent}s. It uses only what
 * users can use as well.
 */
@NullMarked
package io.afnio4j.train;

import org.jspecify.annotations.NullMarked;
