package io.afnio4j.cognitive;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A part of a program that can be learnt: a prompt and the call that uses it, or several such parts together. Extend it, register what belongs
 * to it in the constructor, and give it a method that runs it:
 *
 * <pre>{@code
 * final class Classifier extends Module {
 *     private final Parameter prompt = register("prompt", new Parameter("Name the mood of: {text}", "prompt for the mood"));
 *     private final ChatModel model;
 *
 *     Classifier(ChatModel model) {
 *         this.model = model;
 *     }
 *
 *     Mono<Variable> forward(Variable text) {
 *         return ChatCompletion.of(model, List.of(Message.user(prompt)), Inputs.of("text", text)).run();
 *     }
 * }
 * }</pre>
 *
 * <p>A module is built by one thread and may then be used by any number of subscribers at once.
 */
public abstract class Module {

    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Module> modules = new LinkedHashMap<>();
    private volatile boolean training = true;

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
        checkName(name);
        parameters.put(name, parameter);
        return parameter;
    }

    /**
     * Makes another module part of this one.
     *
     * @param name its name here: no dots, not used before
     * @param module the module
     * @param <M> its type
     * @return the module
     */
    @CanIgnoreReturnValue
    protected final <M extends Module> M register(String name, M module) {
        checkName(name);
        modules.put(name, module);
        return module;
    }

    private void checkName(String name) {
        if (name.isBlank() || name.contains(".")) {
            throw new IllegalArgumentException("A name in a module is a word without dots, not '" + name + "'.");
        }
        if (parameters.containsKey(name) || modules.containsKey(name)) {
            throw new IllegalArgumentException("The name '" + name + "' is taken in this module.");
        }
    }

    /**
     * The modules that are part of this one, by name.
     *
     * @return only the direct ones
     */
    public final Map<String, Module> children() {
        return Collections.unmodifiableMap(modules);
    }

    /**
     * All parameters of this module and of those within it.
     *
     * @return each once, in order of registration
     */
    public final List<Parameter> parameters() {
        return new ArrayList<>(new LinkedHashSet<>(namedParameters().values()));
    }

    /**
     * All parameters by their path.
     *
     * @return for example {@code classifier.prompt}, in order of registration
     */
    public final Map<String, Parameter> namedParameters() {
        Map<String, Parameter> named = new LinkedHashMap<>(parameters);
        modules.forEach((name, module) ->
                module.namedParameters().forEach((path, parameter) -> named.put(name + "." + path, parameter)));
        return named;
    }

    /** Tells this module and those within it that they are being trained. */
    public final void train() {
        setTraining(true);
    }

    /** Tells this module and those within it that they are being used or judged. */
    public final void eval() {
        setTraining(false);
    }

    private void setTraining(boolean mode) {
        training = mode;
        modules.values().forEach(module -> module.setTraining(mode));
    }

    public final boolean isTraining() {
        return training;
    }

    /**
     * What was learnt, for saving.
     *
     * @return a copy of each parameter by its path
     */
    public final Map<String, Object> state() {
        Map<String, Object> state = new LinkedHashMap<>();
        namedParameters()
                .forEach((path, parameter) ->
                        state.put(path, new Parameter(parameter.data(), parameter.role(), parameter.requiresGrad())));
        return state;
    }

    /**
     * Takes over what was learnt. Nothing is changed where the state doesn't fit.
     *
     * @param state what {@link #state()} gave
     * @throws IllegalArgumentException where a parameter is missing, unexpected or of another shape
     */
    public final void load(Map<String, ?> state) {
        Map<String, Parameter> named = namedParameters();
        Set<String> missing = new LinkedHashSet<>(named.keySet());
        missing.removeAll(state.keySet());
        Set<String> unexpected = new LinkedHashSet<>(state.keySet());
        unexpected.removeAll(named.keySet());
        if (!missing.isEmpty() || !unexpected.isEmpty()) {
            throw new IllegalArgumentException("The state doesn't fit this module: missing " + missing + ", unexpected "
                    + unexpected + ". Was it saved from another one?");
        }
        named.forEach((path, parameter) -> {
            boolean fits = state.get(path) instanceof Variable saved
                    && saved.value().isList() == parameter.value().isList()
                    && saved.size() == parameter.size();
            if (!fits) {
                throw new IllegalArgumentException("The state has no variable of the right shape for '" + path + "'.");
            }
        });
        named.forEach((path, parameter) -> {
            if (state.get(path) instanceof Variable saved) {
                parameter.copyFrom(saved);
            }
        });
    }
}
