package io.afnio4j.data;

import io.afnio4j.autodiff.Variable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Joins samples as a table is read: a sample is a row, and each column becomes one variable. */
final class VariableColumns {

    private VariableColumns() {}

    static Variable variables(List<Variable> samples) {
        return column("", samples);
    }

    static Map<String, Variable> byName(List<Map<String, Variable>> samples) {
        Set<String> names = first(samples).keySet();
        for (int i = 0; i < samples.size(); i++) {
            Set<String> found = samples.get(i).keySet();
            if (!found.equals(names)) {
                throw new BadSampleException(
                        i,
                        "has the names " + found + ", but the first of its batch has " + names
                                + "; give all samples the same names");
            }
        }
        Map<String, Variable> batch = new LinkedHashMap<>();
        for (String name : names) {
            List<@Nullable Variable> cells = new ArrayList<>(samples.size());
            samples.forEach(sample -> cells.add(sample.get(name)));
            batch.put(name, column(" as '" + name + "'", cells));
        }
        return Collections.unmodifiableMap(batch);
    }

    static List<Variable> byPosition(List<List<Variable>> samples) {
        int width = first(samples).size();
        for (int i = 0; i < samples.size(); i++) {
            if (samples.get(i).size() != width) {
                throw new BadSampleException(
                        i,
                        "has " + samples.get(i).size() + " variables, but the first of its batch has " + width
                                + "; give all samples the same length");
            }
        }
        List<Variable> batch = new ArrayList<>(width);
        for (int position = 0; position < width; position++) {
            List<@Nullable Variable> cells = new ArrayList<>(samples.size());
            for (List<Variable> sample : samples) {
                cells.add(sample.get(position));
            }
            batch.add(column(" at position " + position, cells));
        }
        return List.copyOf(batch);
    }

    private static <T extends @Nullable Object> T first(List<T> samples) {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("There are no samples to join; a batch needs at least one.");
        }
        return samples.get(0);
    }

    static Variable column(String place, List<? extends @Nullable Variable> cells) {
        Object first = data(first(cells));
        List<Object> column = new ArrayList<>(cells.size());
        for (int i = 0; i < cells.size(); i++) {
            Object data = data(cells.get(i));
            if (data == null || data instanceof List) {
                throw new BadSampleException(
                        i, "holds " + kind(data) + place + "; only single texts and numbers can be joined to a batch");
            }
            if (data instanceof String != first instanceof String) {
                throw new BadSampleException(
                        i,
                        "holds " + kind(data) + place + ", but the first of its batch holds " + kind(first)
                                + "; give all samples texts there, or all numbers");
            }
            column.add(data);
        }
        return new Variable(column, role(cells));
    }

    private static @Nullable Object data(@Nullable Variable variable) {
        return variable == null ? null : variable.data();
    }

    private static String role(List<? extends @Nullable Variable> cells) {
        Variable first = cells.get(0);
        return first == null ? "" : first.role();
    }

    private static String kind(@Nullable Object value) {
        if (value == null) {
            return "nothing";
        }
        if (value instanceof List<?> list) {
            return "a list of " + list.size();
        }
        return value instanceof String ? "a text" : "a number";
    }
}
