/**
 * Differentiation of programs over text. A {@link io.afnio4j.autodiff.Variable} remembers the {@link io.afnio4j.autodiff.Function} that made
 * it as a {@link io.afnio4j.autodiff.Node}; the {@link io.afnio4j.autodiff.Engine} walks those nodes backwards and brings each leaf its
 * gradients. Nothing here knows who answers: a node returns {@code Mono<List<Variable>>}, and whether a model, a person or a formula is behind it
 * is its own business. Read {@code Variable}, then {@code Function}, then {@code Engine}.
 */
@NullMarked
package io.afnio4j.autodiff;

import org.jspecify.annotations.NullMarked;
