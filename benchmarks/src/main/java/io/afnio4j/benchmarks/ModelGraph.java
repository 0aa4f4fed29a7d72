package io.afnio4j.benchmarks;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Engine;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Inputs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import reactor.core.publisher.Mono;

/** Chat completions side by side, each with a prompt of its own to serve. */
final class ModelGraph {

    static final Duration LIMIT = Duration.ofMinutes(2);

    private final List<Variable> leaves;
    private final Mono<Void> pass;

    ModelGraph(int nodes, FixedModel feedback) {
        leaves = new ArrayList<>(nodes);
        List<Variable> answers = new ArrayList<>(nodes);
        for (int i = 0; i < nodes; i++) {
            Variable leaf = new Parameter(Texts.PROMPT, "prompt that asks for a category");
            leaves.add(leaf);
            answers.add(ChatCompletion.of(
                            FixedModel.atOnce("cognition " + i), // equal questions would be asked once
                            List.of(Message.user(leaf)),
                            Inputs.of("definition", Texts.INPUT))
                    .as("category of the definition")
                    .run()
                    .block(LIMIT));
        }
        Variable judged = new Variable(Texts.FEEDBACK, "feedback to the category of the definition");
        BackwardClient client = feedback.asBackwardClient();
        pass = Engine.backward(answers, Collections.nCopies(nodes, judged), BackwardOptions.DEFAULTS.retainGraph(true))
                .contextWrite(client::in);
    }

    /** Runs the pass. */
    void backward() {
        pass.block(LIMIT);
    }

    /** Proves that the pass served every leaf, and makes way for the next one. */
    void takeGradients() {
        takeOneGradientEach(leaves);
    }

    static void takeOneGradientEach(List<Variable> leaves) {
        for (Variable leaf : leaves) {
            if (leaf.grad().size() != 1) {
                throw new IllegalStateException("A leaf got " + leaf.grad().size() + " gradients instead of one.");
            }
            leaf.clearGrad();
        }
    }
}
