/**
 * New values for parameters. An {@link Optimizer} reads the gradients that a backward pass left and rewrites what they
 * belong to; {@link TGD} does so with a model, in words.
 */
@NullMarked
package io.afnio4j.optim;

import org.jspecify.annotations.NullMarked;
