package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is to happen when gradients pass a node. Immutable; nearly all nodes have none.
 *
 * @param retaining the variables that keep their gradient though they are no leaves, by output number
 * @param replaced the outputs whose data were replaced since forward
 * @param arriving who looks at the gradients that arrive
 * @param leaving who looks at the gradients that are sent on
 */
record Hooks(
        Map<Integer, Variable> retaining,
        Set<Integer> replaced,
        List<Consumer<List<@Nullable Variable>>> arriving,
        List<Consumer<List<@Nullable Variable>>> leaving) {

    static final Hooks NONE = new Hooks(Map.of(), Set.of(), List.of(), List.of());

    Hooks retain(int outputNr, @Nullable Variable variable) {
        Map<Integer, Variable> copy = new TreeMap<>(retaining);
        if (variable == null) {
            copy.remove(outputNr);
        } else {
            copy.put(outputNr, variable);
        }
        return new Hooks(copy, replaced, arriving, leaving);
    }

    Hooks withReplaced(int outputNr) {
        Set<Integer> copy = new TreeSet<>(replaced);
        copy.add(outputNr);
        return new Hooks(retaining, copy, arriving, leaving);
    }

    Hooks withArriving(Consumer<List<@Nullable Variable>> hook) {
        return new Hooks(retaining, replaced, with(arriving, hook), leaving);
    }

    Hooks withLeaving(Consumer<List<@Nullable Variable>> hook) {
        return new Hooks(retaining, replaced, arriving, with(leaving, hook));
    }

    Hooks without(Consumer<List<@Nullable Variable>> hook) {
        return new Hooks(retaining, replaced, without(arriving, hook), without(leaving, hook));
    }

    /** The gradients in the shapes of what the node's function made, whatever its outputs hold now. */
    List<@Nullable Variable> fitting(List<@Nullable Variable> gradients, Node node) {
        if (replaced.isEmpty()) {
            return gradients;
        }
        List<@Nullable Variable> fitting = new ArrayList<>(gradients);
        for (int output : replaced) {
            Variable gradient = fitting.get(output);
            fitting.set(output, gradient == null ? null : Gradients.fitting(node.output(output), gradient));
        }
        return fitting;
    }

    void showArriving(List<? extends @Nullable Variable> gradients) {
        show(gradients, arriving);
    }

    void showLeaving(List<? extends @Nullable Variable> gradients) {
        show(gradients, leaving);
    }

    private static void show(
            List<? extends @Nullable Variable> gradients, List<Consumer<List<@Nullable Variable>>> hooks) {
        List<@Nullable Variable> shown = Collections.unmodifiableList(gradients);
        hooks.forEach(hook -> hook.accept(shown));
    }

    private static List<Consumer<List<@Nullable Variable>>> with(
            List<Consumer<List<@Nullable Variable>>> hooks, Consumer<List<@Nullable Variable>> hook) {
        List<Consumer<List<@Nullable Variable>>> copy = new ArrayList<>(hooks);
        copy.add(hook);
        return copy;
    }

    private static List<Consumer<List<@Nullable Variable>>> without(
            List<Consumer<List<@Nullable Variable>>> hooks, Consumer<List<@Nullable Variable>> hook) {
        return hooks.stream().filter(other -> other != hook).toList();
    }
}
