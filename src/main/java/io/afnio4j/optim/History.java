package io.afnio4j.optim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The momentum of one parameter: its last values and the feedback that each got, oldest first. */
final class History {

    private int kept; // guarded by this; the step under way is one of the window, so one less is kept
    private final Deque<Entry> entries = new ArrayDeque<>(); // guarded by this

    History(int window) {
        this.kept = kept(window);
    }

    private static int kept(int window) {
        return Math.max(0, window - 1);
    }

    synchronized void add(Entry entry) {
        entries.addLast(entry);
        while (entries.size() > kept) {
            entries.removeFirst();
        }
    }

    /**
     * Oldest first; steps that found the same value count as one, so that a value is shown once however many steps left
     * it as it was.
     */
    synchronized List<Entry> entries() {
        List<Entry> shown = new ArrayList<>();
        for (Entry entry : entries) {
            int last = shown.size() - 1;
            if (last >= 0 && shown.get(last).value.equals(entry.value)) {
                shown.set(last, shown.get(last).and(entry.feedback));
            } else {
                shown.add(entry);
            }
        }
        return shown;
    }

    synchronized List<Object> state() {
        List<Object> state = new ArrayList<>();
        for (Entry entry : entries) {
            Map<String, Object> saved = new LinkedHashMap<>(); // in this order in every file
            saved.put("value", entry.value);
            saved.put("feedback", entry.feedback);
            state.add(saved);
        }
        return state;
    }

    synchronized void restore(int window, List<Entry> saved) {
        kept = kept(window);
        entries.clear();
        saved.forEach(this::add);
    }

    /** One value and the feedback that it got. */
    record Entry(String value, List<String> feedback) {

        private Entry and(List<String> more) {
            return new Entry(
                    value, Stream.concat(feedback.stream(), more.stream()).toList());
        }

        /** Reads what {@link History#state()} made; null where it is something else. */
        static @Nullable Entry read(@Nullable Object saved) {
            if (!(saved instanceof Map<?, ?> entry)
                    || !(entry.get("value") instanceof String value)
                    || !(entry.get("feedback") instanceof List<?> feedback)) {
                return null;
            }
            List<String> texts = new ArrayList<>();
            for (Object text : feedback) {
                if (!(text instanceof String said)) {
                    return null;
                }
                texts.add(said);
            }
            return new Entry(value, texts);
        }
    }
}
