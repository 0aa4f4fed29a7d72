package io.afnio4j.cognitive;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.MultiTurnMessages;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.CompletionOptions;
import java.util.List;
import java.util.Map;

/**
 * A part of a program that can be learnt: a prompt and the call that uses it, or several such parts together. Extend
 * it, register what belongs to it in the constructor, and give it a method that runs it:
 *
 * <pre>{@code
 * final class Classifier extends Module {
 *     private final Parameter prompt = register("prompt", new Parameter("Name the mood of: {text}", "prompt for the mood"));
 *
 *     Classifier(ChatModel model) {
 *         register("model", model);
 *     }
 *
 *     Mono<Variable> forward(Variable text) {
 *         return ChatCompletion.of(model("model"), List.of(Message.user(prompt)), Inputs.of("text", text)).run();
 *     }
 * }
 * }</pre>
 *
 * <p>What is registered can be listed, switched between training and use, saved and loaded together: parameters,
 * buffers (variables that nobody optimises), chats, models, completion options, functions, and other modules. A
 * <em>path</em> is the names that lead to something, joined by dots: {@code classifier.prompt}. Whoever asks a
 * registered model reads it with {@link #model}, as loading a state may replace it.
 *
 * <p>A module is built by one thread and may then be used by any number of subscribers at once.
 */
public abstract class Module extends TrainingMode {

    private final Registered registered = new Registered();

    protected Module() {}

    /**
     * Makes a parameter part of this module.
     *
     * @param name its name here: no dots, not used before
     * @param parameter the parameter
     * @return the parameter
     */
    @CanIgnoreReturnValue
    protected final Parameter register(String name, Parameter parameter) {
        registered.add(name, Member.Kind.PARAMETER, parameter, true);
        return parameter;
    }

    /**
     * Makes another module part of this one.
     *
     * @param name its name here: no dots, not used before
     * @param module the module
     * @param <M> its type
     * @return the module
     * @throws IllegalArgumentException where this module is part of the other one, or is the other one
     */
    @CanIgnoreReturnValue
    protected final <M extends Module> M register(String name, M module) {
        if (module.modules().contains(this)) {
            throw new IllegalArgumentException("The module '" + name + "' holds the one that it is registered in.");
        }
        registered.add(name, Member.Kind.MODULE, module, false);
        return module;
    }

    /**
     * Makes a conversation part of this module. The parameters that stand in it are parameters of the module, by the
     * path {@code chat.turn.part}.
     *
     * @param name its name here: no dots, not used before
     * @param chat the turns
     * @return the conversation
     */
    @CanIgnoreReturnValue
    protected final MultiTurnMessages register(String name, List<Message> chat) {
        MultiTurnMessages turns = MultiTurnMessages.copyOf(chat);
        registered.add(name, Member.Kind.CHAT, turns, true);
        return turns;
    }

    /**
     * Makes a model part of this module. A state holds its type and what it used, and never a key.
     *
     * @param name its name here: no dots, not used before
     * @param model the model; whoever made it closes it
     */
    protected final void register(String name, ChatModel model) {
        registered.add(name, Member.Kind.MODEL, model, true);
    }

    /**
     * Makes completion options part of this module.
     *
     * @param name their name here: no dots, not used before
     * @param options the options
     */
    protected final void register(String name, CompletionOptions options) {
        registered.add(name, Member.Kind.OPTIONS, options, true);
    }

    /**
     * Makes a variable part of this module that is saved with it and that no optimizer changes.
     *
     * @param name its name here: no dots, not used before
     * @param buffer the variable
     * @return the variable
     */
    @CanIgnoreReturnValue
    protected final Variable registerBuffer(String name, Variable buffer) {
        return registerBuffer(name, buffer, true);
    }

    /**
     * The same, saved or not.
     *
     * @param name its name here: no dots, not used before
     * @param buffer the variable
     * @param persistent whether it is part of the module's state
     * @return the variable
     */
    @CanIgnoreReturnValue
    protected final Variable registerBuffer(String name, Variable buffer, boolean persistent) {
        if (buffer instanceof Parameter) {
            throw new IllegalArgumentException("'" + name + "' is a parameter, not a buffer. Use register.");
        }
        registered.add(name, Member.Kind.BUFFER, buffer, persistent);
        return buffer;
    }

    /**
     * Makes a function part of this module: a parser, a score. It is listed and never saved, as a state holds no code.
     *
     * @param name its name here: no dots, not used before
     * @param function any object that does something
     * @param <F> its type
     * @return the function
     */
    @CanIgnoreReturnValue
    protected final <F> F registerFunction(String name, F function) {
        registered.add(name, Member.Kind.FUNCTION, function, false);
        return function;
    }

    /**
     * A model that is registered here.
     *
     * @param name its name here
     * @return the model that was registered, or handed in when a state was loaded
     * @throws IllegalArgumentException where no model has this name
     */
    public final ChatModel model(String name) {
        return (ChatModel) registered.get(name, Member.Kind.MODEL);
    }

    /**
     * Completion options that are registered here.
     *
     * @param name their name here
     * @return the options that were registered, or came with a state
     * @throws IllegalArgumentException where no options have this name
     */
    public final CompletionOptions options(String name) {
        return (CompletionOptions) registered.get(name, Member.Kind.OPTIONS);
    }

    final Registered registered() {
        return registered;
    }

    /**
     * The modules that are part of this one, by name.
     *
     * @return only the direct ones
     */
    public final Map<String, Module> children() {
        return registered.modules();
    }

    /** This module and all within it, each before its parts; by path, this one has the empty path. */
    @Override
    public final Members<Module> modules() {
        return Members.modules(this);
    }

    /** All parameters, those that stand in chats as well. */
    public final Members<Parameter> parameters() {
        return Members.parameters(this);
    }

    public final Members<Variable> buffers() {
        return Members.of(this, Member.Kind.BUFFER);
    }

    public final Members<MultiTurnMessages> chats() {
        return Members.of(this, Member.Kind.CHAT);
    }

    public final Members<ChatModel> models() {
        return Members.of(this, Member.Kind.MODEL);
    }

    public final Members<CompletionOptions> options() {
        return Members.of(this, Member.Kind.OPTIONS);
    }

    public final Members<Object> functions() {
        return Members.of(this, Member.Kind.FUNCTION);
    }

    /**
     * Freezes all parameters, or lets them be learnt again.
     *
     * @param required whether they require grad
     */
    public final void requiresGrad(boolean required) {
        parameters().forEach(parameter -> parameter.requiresGrad(required));
    }

    /** Empties the gradients of all parameters. */
    public final void clearGrad() {
        parameters().forEach(Variable::clearGrad);
    }

    /**
     * What was learnt, for saving: parameters, persistent buffers, chats, completion options, and of models their type
     * and what they used. Gradients, functions and keys are no part of it.
     *
     * @return a copy of each by its path, in order of registration
     */
    public final Map<String, Object> stateDict() {
        return new ModuleState(this).save();
    }

    /**
     * Takes over what was learnt; the models that are registered go on. Roles, and what is frozen, stay as this program
     * has them, but for a role that it leaves blank. Nothing is changed where the state doesn't fit.
     *
     * @param state what {@link #stateDict()} gave
     * @throws IllegalArgumentException where something is missing, unexpected or of another shape
     */
    public final void loadStateDict(Map<?, ?> state) {
        var unused = loadStateDict(state, true, models().byPath());
    }

    /**
     * Takes over what was learnt, with other models. Nothing is changed where the state doesn't fit.
     *
     * @param state what {@link #stateDict()} gave
     * @param strict whether paths that only one side has are an error; otherwise what both have is taken over
     * @param models a model for each one of the state, by path; it replaces the registered one and takes up what was
     *     used. Those that are registered are {@code models().byPath()}
     * @return the paths that only one side has
     * @throws IllegalArgumentException where something has another shape or kind, a model isn't handed in (named with
     *     its type), or, if strict, something is missing or unexpected
     */
    @CanIgnoreReturnValue
    public final IncompatibleKeys loadStateDict(
            Map<?, ?> state, boolean strict, Map<String, ? extends ChatModel> models) {
        return new ModuleState(this).load(state, strict, models);
    }
}
