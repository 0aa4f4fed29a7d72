package io.afnio4j.cognitive;

import io.afnio4j.autodiff.GradMode;
import io.afnio4j.autodiff.Variable;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Layers one after the other: each gets what the one before made. They are registered as {@code 0}, {@code 1} and so on.
 *
 * <pre>{@code
 * Sequential agent = Sequential.of(summary, text -> Mono.just(text.upper()), headline);
 * Mono<Variable> made = agent.forward(article);
 * }</pre>
 */
public final class Sequential extends Module implements Layer {

    private final List<Layer> layers;

    private Sequential(List<Layer> layers) {
        this.layers = layers;
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i) instanceof Module module) {
                register(String.valueOf(i), module);
            } else {
                registerFunction(String.valueOf(i), layers.get(i));
            }
        }
    }

    /**
     * Puts layers in a row.
     *
     * @param layers the layers, at least one
     * @return the module
     */
    public static Sequential of(Layer... layers) {
        if (layers.length == 0) {
            throw new IllegalArgumentException("A sequence needs at least one layer.");
        }
        return new Sequential(List.of(layers));
    }

    @Override
    public Mono<Variable> forward(Variable input) {
        Mono<Variable> made = layers.get(0).forward(input);
        for (Layer layer : layers.subList(1, layers.size())) {
            made = made.flatMap(layer::forward);
        }
        // The later layers are asked after a block without grad has ended.
        return GradMode.isEnabled() ? made : GradMode.noGrad(made);
    }
}
