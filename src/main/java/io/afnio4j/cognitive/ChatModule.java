package io.afnio4j.cognitive;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.MultiTurnMessages;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Inputs;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * One call of a model as a module: its messages, its model and its options are registered, and the parameters among the
 * messages are learnt.
 *
 * <pre>{@code
 * ChatModule mood = ChatModule.of(model, List.of(Message.user(new Parameter("Name the mood of: {text}", "prompt for the mood"))));
 * Mono<Variable> said = mood.forward(Inputs.of("text", review));
 * }</pre>
 */
public final class ChatModule extends Module implements Layer {

    private static final String INPUT = "input";

    private final MultiTurnMessages messages;
    private final String role;

    private ChatModule(ChatModel model, List<Message> messages, CompletionOptions options, String role) {
        this.messages = register("messages", messages);
        this.role = role;
        register("model", model);
        register("options", options);
    }

    /**
     * Makes the module; the model answers by its own defaults.
     *
     * @param model who is asked
     * @param messages what is asked, with places in braces for the inputs
     * @return the module
     */
    public static ChatModule of(ChatModel model, List<Message> messages) {
        return new ChatModule(model, messages, CompletionOptions.NONE, "answer of a model");
    }

    /**
     * Sets how the model is to answer.
     *
     * @param completion temperature, format, limits
     * @return another module with the same messages
     */
    public ChatModule with(CompletionOptions completion) {
        return new ChatModule(model("model"), messages, completion, role);
    }

    /**
     * Says what the answer is, for those who give feedback on it.
     *
     * @param outputRole the role of the output, for example {@code "mood of the review"}
     * @return another module with the same messages
     */
    public ChatModule as(String outputRole) {
        return new ChatModule(model("model"), messages, options("options"), outputRole);
    }

    /**
     * Asks the model.
     *
     * @param inputs what fills the places
     * @return the answer, or the list of answers, as of {@link ChatCompletion#run()}
     */
    public Mono<Variable> forward(Inputs inputs) {
        return ChatCompletion.of(model("model"), messages, inputs)
                .with(options("options"))
                .as(role)
                .run();
    }

    /** The same with one input, which fills the place <code>{input}</code>. */
    @Override
    public Mono<Variable> forward(Variable input) {
        return forward(Inputs.of(INPUT, input));
    }
}
