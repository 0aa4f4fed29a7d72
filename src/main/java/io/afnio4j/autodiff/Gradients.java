package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How several gradients of one variable become one, and what makes a gradient fit its variable. */
final class Gradients {

    static final int SCALAR = -1;
    static final int UNUSUAL = -2;

    private Gradients() {}

    /** The gradient that a backward pass starts with where the user gives none: feedback without words. */
    static Variable implicit(Value root) {
        Object data = root.data();
        Object one = data instanceof Long ? (Object) 1L : data instanceof Double ? (Object) 1.0 : "";
        return new Variable(one, FeedbackRole.of(root.role()));
    }

    /** Takes bundles apart. */
    static void flatten(Variable gradient, List<Variable> into) {
        if (gradient instanceof GradientBundle bundle) {
            into.addAll(bundle.gradients());
        } else {
            into.add(gradient);
        }
    }

    /**
     * Joins the gradients that the consumers of one variable sent: numbers add up, texts become items in the given
     * order. A text that came more than once is said once. Where the pass creates a graph, the result remembers what it
     * was joined from.
     */
    static @Nullable Variable join(List<Variable> gradients) {
        if (gradients.size() <= 1) {
            return gradients.isEmpty() ? null : gradients.get(0);
        }
        List<Variable> originals = RelayedGradient.originalsOf(gradients);
        String role = gradients.get(0).role();
        Variable joined =
                areNumbersOfOneShape(gradients) ? new Variable(total(gradients), role) : joined(originals, role);
        boolean allRelayed = originals != gradients;
        return tied(allRelayed ? RelayedGradient.of(joined, FeedbackRole.variable(role)) : joined, gradients);
    }

    /** {@linkplain #join Joins} what came for each output, null where nothing came. */
    static List<@Nullable Variable> joinEach(List<List<Variable>> byOutput) {
        List<@Nullable Variable> joined = new ArrayList<>(byOutput.size());
        byOutput.forEach(gradients -> joined.add(join(gradients)));
        return joined;
    }

    private static boolean areNumbersOfOneShape(List<Variable> gradients) {
        int form = form(gradients.get(0).value());
        return gradients.stream().map(Variable::value).allMatch(value -> value.isNumeric() && form(value) == form);
    }

    private static Variable tied(Variable made, List<Variable> from) {
        boolean tied = from.stream().anyMatch(Variable::requiresGrad) && GradMode.isEnabled();
        return tied ? Relay.tie(made, from) : made;
    }

    /**
     * A gradient of another shape or kind, for a value that was replaced since: for a scalar the feedback on the
     * elements of a list becomes items, for a list each element gets all feedback, and numbers become words.
     */
    static Variable fitting(Value expected, Variable gradient) {
        if (objection(expected, gradient) == null) {
            return gradient;
        }
        Value came = gradient.value();
        if (came.isList() && expected.isList() && came.size() == expected.size()) {
            return tied(gradient.to(String.class).detach(), List.of(gradient));
        }
        String all = all(came);
        Object data = expected.isList() ? Collections.nCopies(expected.size(), all) : all;
        return tied(new Variable(data, gradient.role()), List.of(gradient));
    }

    private static String all(Value value) {
        Set<String> texts = new LinkedHashSet<>();
        for (int i = 0; i < value.size(); i++) {
            add(value.text(i), texts);
        }
        return joined(texts);
    }

    private static Variable joined(List<Variable> texts, String role) {
        Object items = items(texts);
        return texts.stream().noneMatch(CondensedGradient.class::isInstance)
                ? new Variable(items, role)
                : new CondensedGradient(items, role, CondensedGradient.sourcesOf(texts));
    }

    private static Object items(List<Variable> gradients) {
        Value first = gradients.get(0).value();
        if (!first.isList()) {
            return items(gradients, 0, false);
        }
        List<String> joined = new ArrayList<>(first.size());
        for (int i = 0; i < first.size(); i++) {
            joined.add(items(gradients, i, true));
        }
        return joined;
    }

    static String items(List<Variable> gradients, int index, boolean list) {
        Set<String> texts = new LinkedHashSet<>();
        for (Variable gradient : gradients) {
            Value value = gradient.value();
            boolean other =
                    value.isList() && (!list || index >= value.size()); // its user saw other data of the variable
            add(other ? all(value) : value.text(index), texts);
        }
        return joined(texts);
    }

    private static void add(String text, Set<String> texts) {
        if (!text.isBlank()) {
            texts.add(text);
        }
    }

    private static String joined(Set<String> texts) {
        return texts.size() == 1 ? texts.iterator().next() : Items.join(texts);
    }

    private static Object total(List<Variable> gradients) {
        Object total = gradients.get(0).data();
        for (Variable gradient : gradients.subList(1, gradients.size())) {
            total = Elements.combine(total, gradient.data(), Elements::add);
        }
        return total == null ? 0L : total;
    }

    /** The form of a gradient for a value: the length of a list, or {@link #SCALAR}. */
    static int form(Value value) {
        return value.data() instanceof List<?> list ? list.size() : SCALAR;
    }

    /**
     * The form of a gradient in words, which fits every value of that form; {@link #UNUSUAL} for one that has to be
     * looked at more closely.
     */
    static int form(Variable gradient) {
        Object data = gradient.value().data();
        if (data instanceof String) {
            return SCALAR;
        }
        if (!(data instanceof List<?> list) || list.isEmpty() || gradient instanceof GradientBundle) {
            return UNUSUAL;
        }
        return list.get(0) instanceof String ? list.size() : UNUSUAL;
    }

    /** What is wrong with a gradient for a value, in words; null where it fits. */
    static @Nullable String objection(Value expected, Variable gradient) {
        Value came = gradient.value();
        if (gradient instanceof GradientBundle) {
            return expected.isList() ? "a bundle of " + came.size() + " gradients came" : null;
        }
        boolean shapesDiffer = came.isList() != expected.isList() || came.size() != expected.size();
        boolean kindsDiffer = came.isNumeric() && !expected.isNumeric() && came.size() > 0;
        return came.data() == null || shapesDiffer || kindsDiffer ? came.shape() + " came" : null;
    }
}
