package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A text in parts: see {@link Variable#split(String, int)}. */
final class Split extends PureFunction {

    private final Pattern separator;
    private final int limit;

    Split(String separator, int maxSplit) {
        if (separator.isEmpty()) {
            throw new IllegalArgumentException("split needs a separator that isn't empty.");
        }
        this.separator = Pattern.compile(Pattern.quote(separator));
        this.limit = maxSplit < 0 ? -1 : maxSplit + 1;
    }

    @Override
    protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
        Value input = context.input(0);
        List<String[]> rows = new ArrayList<>(input.size());
        int parts = 1;
        for (int i = 0; i < input.size(); i++) {
            String[] row = separator.split(input.text(i), limit);
            rows.add(row);
            parts = Math.max(parts, row.length);
        }
        List<Variable> outputs = new ArrayList<>(parts);
        for (int part = 0; part < parts; part++) {
            String role = "split part " + part + " of " + input.role();
            outputs.add(new Variable(input.isList() ? column(rows, part) : rows.get(0)[part], role));
        }
        return outputs;
    }

    private static List<String> column(List<String[]> rows, int part) {
        return rows.stream().map(row -> part < row.length ? row[part] : "").toList();
    }

    @Override
    protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
        Value input = context.input(0);
        List<String> joined = new ArrayList<>(input.size());
        for (int i = 0; i < input.size(); i++) {
            joined.add(itemsOf(gradients, i));
        }
        String role = FeedbackRole.of(input.role());
        Variable gradient = new Variable(input.isList() ? joined : joined.get(0), role);
        return Mono.just(Arrays.asList(context.tie(0, gradient, gradients)));
    }

    private static String itemsOf(List<@Nullable Variable> gradients, int index) {
        List<String> texts = new ArrayList<>(gradients.size());
        for (Variable gradient : gradients) {
            texts.add(gradient == null ? "" : gradient.value().text(index));
        }
        return texts.stream().allMatch(String::isBlank) ? "" : Items.join(texts);
    }
}
