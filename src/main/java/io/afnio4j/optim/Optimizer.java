package io.afnio4j.optim;

import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.ChatModel;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Rewrites parameters from their gradients. One step runs at a time; the parameters may be read meanwhile. */
public interface Optimizer {

    /**
     * What is optimised.
     *
     * @return the parameters, in a fixed order
     */
    List<Variable> parameters();

    /**
     * Rewrites every parameter that has gradients, all of them together: should one fail, none is changed. The
     * gradients stay; see {@link #clearGrad()}.
     *
     * @return what was rewritten, in the order of the parameters; fails with an {@link IllegalStateException} where a
     *     step of this optimizer is under way
     */
    Mono<List<Update>> step();

    /**
     * Runs something that brings gradients, and then takes the step.
     *
     * <pre>{@code
     * Mono<Evaluation> judged = optimizer.step(Mono.defer(() -> {
     *     optimizer.clearGrad();
     *     return agent.forward(batch)
     *             .map(said -> evaluator.evaluate(said, targets))
     *             .flatMap(evaluation -> evaluation.explanation().backward().thenReturn(evaluation));
     * }));
     * }</pre>
     *
     * @param closure clears the gradients, runs the program and walks back; where it is empty, no step is taken
     * @param <T> usually an evaluation: score and explanation
     * @return what the closure gave, once the step is done
     */
    default <T> Mono<T> step(Mono<T> closure) {
        return closure.flatMap(result -> step().thenReturn(result));
    }

    /** Empties the gradients of all parameters. */
    default void clearGrad() {
        parameters().forEach(Variable::clearGrad);
    }

    /**
     * The models that the optimizer asks.
     *
     * @return the models by the names under which a state knows them
     */
    Map<String, ChatModel> clients();

    /**
     * What the optimizer remembers between steps, for a checkpoint. Parameters are known by their index; of models it
     * holds the type and what they used, never a key.
     *
     * @return maps, lists, texts and numbers
     */
    Map<String, Object> stateDict();

    /**
     * Takes up what another optimizer of the same kind and parameters remembered; the models that it has go on.
     *
     * @param state what {@link #stateDict()} gave
     * @throws IllegalArgumentException where it doesn't fit; nothing is changed then
     */
    default void loadStateDict(Map<?, ?> state) {
        loadStateDict(state, clients());
    }

    /**
     * Takes up what another optimizer of the same kind and parameters remembered, with other models.
     *
     * @param state what {@link #stateDict()} gave
     * @param clients a model for each one of the state, by name; it replaces the present one and takes up what was used
     * @throws IllegalArgumentException where the state doesn't fit, or a model isn't handed in (named with its type);
     *     nothing is changed then
     */
    void loadStateDict(Map<?, ?> state, Map<String, ? extends ChatModel> clients);
}
