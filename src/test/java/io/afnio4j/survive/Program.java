package io.afnio4j.survive;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.script.ScriptedChatModel;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Inputs;
import io.afnio4j.testing.Await;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Chains of calls side by side. Their forward needs no provider: all that is sent is feedback, one call for each link.
 */
record Program(List<Parameter> prompts, Variable result) {

    private static final ScriptedChatModel AGENT = ScriptedChatModel.by(
            request -> "answer to " + request.messages().get(0).text());

    static Program of(String name, int chains, int links) {
        List<Parameter> prompts = new ArrayList<>();
        List<Variable> ends = new ArrayList<>();
        for (int chain = 0; chain < chains; chain++) {
            Parameter prompt = new Parameter("task " + chain + " of " + name, "prompt " + chain);
            Variable end = prompt;
            for (int link = 0; link < links; link++) {
                end = Await.now(ChatCompletion.of(AGENT, List.of(Message.user(end)), Inputs.NONE)
                        .as("link " + link + " of chain " + chain)
                        .run());
            }
            prompts.add(prompt);
            ends.add(end);
        }
        return new Program(prompts, Variable.sum(ends));
    }

    Mono<Void> backward(ChatModel model) {
        return result.backward(BackwardOptions.DEFAULTS
                .gradient(new Variable("Shorter, please.", "feedback"))
                .context(new BackwardClient(model, CompletionOptions.NONE)::in));
    }

    List<String> gradients() {
        return prompts.stream()
                .flatMap(prompt -> prompt.grad().stream())
                .map(Variable::text)
                .toList();
    }
}
