package io.afnio4j.ops;

import io.afnio4j.autodiff.Variable;
import io.afnio4j.prompt.PromptTemplate;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What fills the places {@code {name}} of a conversation. A list of texts, or a variable that holds one, makes a batch:
 * one call per element.
 *
 * @param byName the values by name, in the order given; each name has one variable, or one per sample
 * @param perSample the names that have one variable per sample, be it a single one
 */
public record Inputs(Map<String, List<Variable>> byName, Set<String> perSample) {

    /** Nothing to fill in. */
    public static final Inputs NONE = new Inputs(Map.of(), Set.of());

    public Inputs {
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
        perSample = Set.copyOf(perSample);
        for (Map.Entry<String, List<Variable>> input : byName.entrySet()) {
            if (!PromptTemplate.isName(input.getKey())) {
                throw new IllegalArgumentException(
                        "The input '" + input.getKey()
                                + "' can't stand in braces: a name is letters, digits, '_', '.' and '-', and begins with a letter or '_'.");
            }
            if (input.getValue().size() != 1 && !perSample.contains(input.getKey())) {
                throw new IllegalArgumentException("The input '" + input.getKey() + "' has "
                        + input.getValue().size() + " variables, but isn't said to be given per sample.");
            }
        }
    }

    public static Inputs of(String name, Variable value) {
        return NONE.and(name, value);
    }

    public static Inputs of(String name, String text) {
        return NONE.and(name, text);
    }

    public static Inputs of(String name, List<String> texts) {
        return NONE.and(name, texts);
    }

    /**
     * Adds a value. Where it holds a list, each element is a sample.
     *
     * @param name the place's name
     * @param value what to fill in
     * @return these inputs and the new one
     * @throws IllegalArgumentException where the name is given already, or the value is null
     */
    public Inputs and(String name, Variable value) {
        return with(name, List.of(there(name, value)), perSample);
    }

    public Inputs and(String name, String text) {
        return and(name, new Variable(there(name, text), name));
    }

    public Inputs and(String name, List<String> texts) {
        return and(name, new Variable(there(name, texts), name));
    }

    /** A row or a batch that lacks a field gives null for it, and a call with a gap in its prompt would be paid for. */
    private static <T> T there(String name, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(
                    "The input '" + name
                            + "' is null. Does the row or the batch that it was taken from have it, under the name that was asked for?");
        }
        return value;
    }

    /**
     * Adds one variable per sample, so that each sample's feedback reaches a variable of its own. It makes a batch, a
     * single sample too.
     *
     * @param name the place's name
     * @param samples scalars, one per sample
     * @return these inputs and the new one
     */
    public Inputs andEach(String name, List<Variable> samples) {
        if (samples.isEmpty()
                || samples.stream().anyMatch(sample -> sample.value().isList())) {
            throw new IllegalArgumentException(
                    "The input '" + name + "' needs one scalar variable per sample, at least one.");
        }
        Set<String> each = new HashSet<>(perSample);
        each.add(name);
        return with(name, samples, each);
    }

    /** These and those of others, which take the place of these where they have the same names. */
    Inputs overriddenBy(Inputs others) {
        Map<String, List<Variable>> all = new LinkedHashMap<>(byName);
        all.putAll(others.byName);
        Set<String> each = new HashSet<>(perSample);
        each.removeAll(others.byName.keySet());
        each.addAll(others.perSample);
        return new Inputs(all, each);
    }

    private Inputs with(String name, List<Variable> values, Set<String> each) {
        Map<String, List<Variable>> copy = new LinkedHashMap<>(byName);
        if (copy.put(name, List.copyOf(values)) != null) {
            throw new IllegalArgumentException("The input '" + name + "' is given twice.");
        }
        return new Inputs(copy, each);
    }
}
