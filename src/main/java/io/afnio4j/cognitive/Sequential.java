package io.afnio4j.cognitive;

import io.afnio4j.autodiff.GradMode;
import io.afnio4j.autodiff.Variable;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Layers one after the other: each gets what the one before made. They are registered as {@code 0}, {@code 1} and so
 * on.
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
        // Each layer is asked from a loop and not from within the one before, so that any number of them takes no
        // stack.
        Mono<Variable> made = layers.get(0)
                .forward(input)
                .map(first -> new Made(1, first))
                .expand(this::next)
                .filter(this::isLast)
                .singleOrEmpty()
                .map(Made::output);
        // The later layers are asked after a block without grad has ended.
        return GradMode.isEnabled() ? made : GradMode.noGrad(made);
    }

    private Mono<Made> next(Made made) {
        return isLast(made)
                ? Mono.empty()
                : layers.get(made.layers).forward(made.output).map(next -> new Made(made.layers + 1, next));
    }

    private boolean isLast(Made made) {
        return made.layers == layers.size();
    }

    /** What so many of the layers have made. */
    private record Made(int layers, Variable output) {}
}
