/**
 * New values for parameters. An {@link io.afnio4j.optim.Optimizer} reads the gradients that a backward pass left and rewrites what they belong to;
 * {@link io.afnio4j.optim.TGD} does so with a model, in words.
 */
@NullMarked
package io.afnio4j.optim;

import org.jspecify.annotations.NullMarked;
