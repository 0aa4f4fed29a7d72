package io.afnio4j.picture;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.Spent;
import io.afnio4j.autodiff.Variable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What pictures say of nodes and of times. */
final class Words {

    /** How much of a role, a gradient or a message somebody may want to read at a time. */
    private static final int WHOLE = 300;

    private Words() {}

    /** The whole name of a node. */
    static String name(Node node) {
        return node.name() + ": " + whole(node.role());
    }

    static String whole(String text) {
        return Escape.shortened(text, WHOLE);
    }

    /** A gradient may be a list. */
    static String text(Variable gradient) {
        return String.join("\n", gradient.texts());
    }

    /** Such as {@code done in 300 ms}. */
    static String of(Visit visit) {
        Fate fate = Fate.of(visit);
        return fate.words()
                + switch (fate) {
                    case DONE, FAILED -> " in " + time(visit.took());
                    case WAITING -> (visit.calls().isEmpty() ? " for a place for " : " for ") + time(visit.took());
                    case CALLED_OFF -> " after " + time(visit.took());
                    case NEVER_ASKED, NOT_REACHED, SKIPPED -> "";
                };
    }

    /** All that a record knows of a node, a line each. */
    static List<String> about(Visit visit) {
        List<String> lines = new ArrayList<>();
        lines.add(of(visit) + cause(visit.cause()));
        if (visit.state() != Visit.State.SKIPPED) {
            lines.add("ready after " + time(visit.from()) + ", " + shares(visit));
        }
        String cost = cost(visit.feedback().spent());
        if (!cost.isEmpty()) {
            lines.add(cost);
        }
        BackwardEvent.FeedbackReceived first = visit.feedback().first();
        if (first != null) {
            lines.add("feedback to " + whole(first.role()) + ": " + whole(text(first.gradient())));
        }
        return lines;
    }

    private static String cause(@Nullable Throwable cause) {
        return cause == null ? "" : ": " + whole(String.valueOf(cause.getMessage()));
    }

    /** How a node's time divides into calls and waiting, and what it waited for. */
    static String shares(Visit visit) {
        List<String> shares = new ArrayList<>();
        long limit = Math.min(visit.waitedForLimit(), visit.waitedFirst());
        long client = visit.waitedFirst() - limit;
        long again = visit.waited() - visit.waitedFirst();
        int count = visit.asked().count();
        shares.add("called " + time(visit.called()) + (count > 1 ? " (" + count + " calls)" : ""));
        if (isWorthSaying(limit)) {
            shares.add("waited " + time(limit) + " for a place (limit of the pass)");
        }
        if (isWorthSaying(client)) {
            shares.add("waited " + time(client) + " for a place (at the client)");
        }
        if (isWorthSaying(again)) {
            shares.add("waited " + time(again) + " between calls");
        }
        return String.join(", ", shares);
    }

    private static boolean isWorthSaying(long nanos) {
        return nanos >= 1_000_000;
    }

    static String cost(Spent spent) {
        long tokens = spent.promptTokens() + spent.completionTokens();
        if (tokens == 0) {
            return "";
        }
        BigDecimal dollars = spent.dollars();
        return String.format(Locale.ROOT, "%,d tokens, ", tokens)
                + (dollars == null ? "cost unknown" : "$" + dollars.setScale(4, RoundingMode.HALF_UP));
    }

    /** A time as somebody reads it. */
    static String time(long nanos) {
        double millis = nanos / 1e6;
        if (millis < 0.05) {
            return "0 ms";
        } else if (millis < 10) {
            return String.format(Locale.ROOT, "%.1f ms", millis);
        } else if (millis < 10_000) {
            return String.format(Locale.ROOT, "%.0f ms", millis);
        }
        double seconds = millis / 1000;
        return seconds < 600
                ? String.format(Locale.ROOT, "%.1f s", seconds)
                : String.format(Locale.ROOT, "%,.1f min", seconds / 60);
    }
}
