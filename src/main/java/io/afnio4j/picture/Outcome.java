package io.afnio4j.picture;

import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.Spent;
import io.afnio4j.autodiff.Variable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of the nodes of one box, in a word or two and a colour.
 *
 * @param words a line or two, empty where nothing is known
 * @param fill a light colour as {@code #rrggbb}
 */
record Outcome(String words, String fill) {

    private static final String PLAIN = "#ffffff";
    private static final Map<PassRecord.State, String> FILLS = new EnumMap<>(Map.of(
            PassRecord.State.DONE, "#d8f0dc",
            PassRecord.State.WAITING, "#ffe9b8",
            PassRecord.State.SKIPPED, "#e4e4e4",
            PassRecord.State.FAILED, "#f8cfcf"));

    static Outcome of(Vertex vertex, @Nullable PassRecord record) {
        if (record == null) {
            return new Outcome("", PLAIN);
        }
        return vertex.kind() == Vertex.Kind.LEAF ? ofLeaves(vertex.nodes()) : ofFunctions(vertex.nodes(), record);
    }

    private static Outcome ofLeaves(List<Node> leaves) {
        int gradients = leaves.stream()
                .map(Node::variable)
                .mapToInt(leaf -> leaf == null ? 0 : leaf.grad().size())
                .sum();
        return gradients == 0
                ? new Outcome("no gradient", PLAIN)
                : new Outcome(gradients + (gradients == 1 ? " gradient" : " gradients") + firstOf(leaves), "#d6e6f8");
    }

    /** How the first gradient of a leaf begins; a box that stands for several leaves says of none. */
    private static String firstOf(List<Node> leaves) {
        Variable leaf = leaves.get(0).variable();
        if (leaves.size() > 1 || leaf == null || leaf.grad().isEmpty()) {
            return "";
        }
        return ": " + Escape.shortened(leaf.grad().get(0).text());
    }

    private static Outcome ofFunctions(List<Node> nodes, PassRecord record) {
        Map<PassRecord.State, Integer> counts = new EnumMap<>(PassRecord.State.class);
        long longest = 0;
        for (Node node : nodes) {
            PassRecord.Visit visit = record.of(node);
            if (visit != null) {
                counts.merge(visit.state(), 1, Integer::sum);
                longest = Math.max(longest, visit.took());
            }
        }
        if (counts.isEmpty()) {
            return new Outcome("", PLAIN);
        }
        StringBuilder words = new StringBuilder();
        counts.forEach((state, count) -> words.append(words.isEmpty() ? "" : ", ")
                .append(nodes.size() == 1 ? "" : count + " ")
                .append(state.name().toLowerCase(Locale.ROOT)));
        if (longest > 0) {
            String one = counts.containsKey(PassRecord.State.WAITING) ? " for " : " in ";
            words.append(nodes.size() == 1 ? one : ", the longest" + one).append(millis(longest));
        }
        words.append(cost(nodes.stream().map(record::spent).reduce(Spent.NOTHING, Spent::plus)));
        return new Outcome(words.toString(), FILLS.getOrDefault(worst(counts), PLAIN));
    }

    private static PassRecord.State worst(Map<PassRecord.State, Integer> counts) {
        for (PassRecord.State state : List.of(
                PassRecord.State.FAILED, PassRecord.State.WAITING, PassRecord.State.DONE, PassRecord.State.SKIPPED)) {
            if (counts.containsKey(state)) {
                return state;
            }
        }
        return PassRecord.State.SKIPPED;
    }

    private static String cost(Spent spent) {
        long tokens = spent.promptTokens() + spent.completionTokens();
        if (tokens == 0) {
            return "";
        }
        BigDecimal dollars = spent.dollars();
        return String.format(Locale.ROOT, "\n%,d tokens, ", tokens)
                + (dollars == null ? "cost unknown" : "$" + dollars.setScale(4, RoundingMode.HALF_UP));
    }

    static String millis(long nanos) {
        double millis = nanos / 1e6;
        return String.format(
                Locale.ROOT,
                millis < 10 ? "%.1f ms" : millis < 10_000 ? "%.0f ms" : "%.1f s",
                millis < 10_000 ? millis : millis / 1000);
    }
}
