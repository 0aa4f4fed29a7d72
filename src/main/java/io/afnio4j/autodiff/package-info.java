/**
 * Differentiation of programs over text. A {@link Variable} remembers the {@link Function} that made it as a
 * {@link Node}; the {@link Engine} walks those nodes backwards and brings each leaf its gradients. Nothing here knows
 * who answers: a node returns {@code Mono<List<Variable>>}, and whether a model, a person or a formula is behind it is
 * its own business.
 *
 * <ul>
 *   <li><b>Variables.</b> {@link Variable}, with its parts {@code DataHolder} and {@code GraphPlace},
 *       {@link Parameter}, {@link Message}, and the {@link Value} of a moment.
 *   <li><b>Functions.</b> {@link PureFunction} and {@link ReactiveFunction}, each application with its
 *       {@link FunctionContext}; those of the library are {@code Add}, {@code Sum}, {@code Split}, {@code Upper} and
 *       {@code MapTexts}. {@link GradMode} says whether they are watched.
 *   <li><b>Gradients.</b> Variables that know more: {@link SampleGradient}, {@link CondensedGradient},
 *       {@link GradientBundle} and {@code RelayedGradient}. {@code Gradients} joins them, after a
 *       {@link GradientReducer} where there is one.
 *   <li><b>A pass.</b> {@link BackwardOptions} say how it runs. A {@code Planner} makes a {@code Plan} of the graph,
 *       and {@code BackwardPass} carries it out: {@code ReadyNodes} are visited, {@code InFlight} are asked,
 *       {@code Inbox} takes their {@code Answer}s, {@code Delivery} brings gradients to {@code Slots}, {@code Commit}
 *       ends it.
 *   <li><b>Questions.</b> {@link FunctionContext#once} keeps an answer for a second try ({@code KeptAnswer}),
 *       {@link SharedAnswers} asks equal questions once, {@link Parts} tells which of several failed, and
 *       {@code CallGate} holds back what the pass may not yet ask.
 *   <li><b>Watching.</b> A {@link BackwardListener} hears {@link BackwardEvent}s; an {@link EventStream} makes a
 *       {@code Flux} of them.
 * </ul>
 */
@NullMarked
package io.afnio4j.autodiff;

import org.jspecify.annotations.NullMarked;
