package io.afnio4j.benchmarks;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Variable;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/** Branches that each ask once, from one leaf to one join. */
public final class WideGraph {

    private WideGraph() {}

    /**
     * Builds the graph.
     *
     * @param branches how many
     * @param call what each of them asks
     * @return the pass over it, again and again
     */
    public static Mono<Void> pass(int branches, Mono<?> call) {
        Variable leaf = new Variable("question", "question", true);
        Asking asking = new Asking(call);
        List<Variable> parts = new ArrayList<>(branches);
        for (int i = 0; i < branches; i++) {
            parts.add(asking.apply(leaf));
        }
        return new PassThrough()
                .applyAll(parts)
                .get(0)
                .backward(BackwardOptions.DEFAULTS
                        .gradient(new Variable(Texts.FEEDBACK, "feedback"))
                        .retainGraph(true))
                .doOnTerminate(leaf::clearGrad);
    }
}
