package io.afnio4j.data;

import io.afnio4j.autodiff.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Joins samples that are variables, maps or lists, within each other to any depth. */
final class NestedColumns {

    private static final String OTHER = "something else";

    private NestedColumns() {}

    static Object join(List<?> samples) {
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("There are no samples to join; a batch needs at least one.");
        }
        return join("", samples);
    }

    private static Object join(String place, List<? extends @Nullable Object> cells) {
        Object first = cells.get(0);
        String form = form(first);
        for (int i = 0; i < cells.size(); i++) {
            String found = form(cells.get(i));
            if (!found.equals(form) || found.equals(OTHER)) {
                throw new BadSampleException(
                        i,
                        "holds " + found + place + ", but the first of its batch holds " + form
                                + "; give all samples variables, maps or lists there");
            }
        }
        if (first instanceof Map<?, ?> map) {
            Map<Object, Object> batch = new LinkedHashMap<>();
            map.keySet().forEach(name -> batch.put(name, join(place + " as '" + name + "'", column(name, cells))));
            return batch;
        }
        if (first instanceof List<?> list) {
            return IntStream.range(0, list.size())
                    .mapToObj(position -> join(place + " at position " + position, column(position, cells)))
                    .toList();
        }
        return VariableColumns.column(
                place, cells.stream().map(Variable.class::cast).toList());
    }

    private static List<@Nullable Object> column(Object step, List<? extends @Nullable Object> cells) {
        List<@Nullable Object> column = new ArrayList<>(cells.size());
        for (Object cell : cells) {
            column.add(cell instanceof List<?> list ? list.get((Integer) step) : ((Map<?, ?>) cell).get(step));
        }
        return column;
    }

    /** What must be the same for all samples: the kind, and of maps the names, of lists the length. */
    private static String form(@Nullable Object cell) {
        if (cell instanceof Variable) {
            return "a variable";
        }
        if (cell instanceof Map<?, ?> map) {
            return "a map of "
                    + map.keySet().stream().map(String::valueOf).sorted().toList();
        }
        return cell instanceof List<?> list ? "a list of " + list.size() : OTHER;
    }
}
