package io.afnio4j.cognitive;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.MultiTurnMessages;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.ChatModel;
import io.afnio4j.ops.Evaluation;
import io.afnio4j.ops.Inputs;
import io.afnio4j.ops.Judge;
import java.util.List;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/**
 * A {@link Judge} as a module: its messages and its model are registered, so that it can be saved, and out of eval mode
 * be learnt.
 *
 * <pre>{@code
 * JudgeModule judge = JudgeModule.of(model, messages, settings -> settings.fullScore(5).evalMode(false));
 * }</pre>
 */
public final class JudgeModule extends Module {

    private final MultiTurnMessages messages;
    private final UnaryOperator<Judge> settings;

    private JudgeModule(ChatModel model, List<Message> messages, UnaryOperator<Judge> settings) {
        this.messages = register("messages", messages);
        this.settings = settings;
        register("model", model);
    }

    /**
     * Makes the module.
     *
     * @param model who judges
     * @param messages what is asked, with a place <code>{prediction}</code>
     * @param settings sets what differs from {@link Judge#of}, and inputs that are the same each time
     * @return the module
     */
    public static JudgeModule of(ChatModel model, List<Message> messages, UnaryOperator<Judge> settings) {
        return new JudgeModule(model, messages, settings);
    }

    /**
     * Judges.
     *
     * @param prediction what came
     * @param target what was meant
     * @param inputs what fills the other places
     * @return as {@link Judge#evaluate(Variable, Variable)}
     */
    public Mono<Evaluation> forward(Variable prediction, Variable target, Inputs inputs) {
        return judge(inputs).evaluate(prediction, target);
    }

    /** The same without a target. */
    public Mono<Evaluation> forward(Variable prediction, Inputs inputs) {
        return judge(inputs).evaluate(prediction);
    }

    private Judge judge(Inputs inputs) {
        return settings.apply(Judge.of(model("model"), messages)).inputs(inputs);
    }
}
