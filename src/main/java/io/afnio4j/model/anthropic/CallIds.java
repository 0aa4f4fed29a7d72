package io.afnio4j.model.anthropic;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The ids of calls as this API wants them: each once in a conversation, made of letters, digits, hyphens and
 * underscores. Those that it gave itself stay as they are; other providers, from whom a conversation may come, begin
 * anew in each turn or write {@code functions.f:0}.
 */
final class CallIds {

    private static final Pattern UNFIT = Pattern.compile("[^A-Za-z0-9_-]");

    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> times = new HashMap<>();
    private final Map<String, Queue<String>> unanswered = new HashMap<>();

    /**
     * The id of a further call.
     *
     * @param id the id that the call has
     * @return the id to write
     */
    String called(String id) {
        String fit = fit(id);
        String unique = numbered(fit);
        while (!taken.add(unique)) {
            unique = numbered(fit);
        }
        unanswered.computeIfAbsent(id, absent -> new ArrayDeque<>(1)).add(unique);
        return unique;
    }

    /**
     * The id of the call that is answered.
     *
     * @param id the id that the answer names
     * @return what was written for the first call of this id that has no answer yet
     */
    String answered(String id) {
        Queue<String> calls = unanswered.get(id);
        String first = calls == null ? null : calls.poll();
        return first == null ? fit(id) : first;
    }

    private String numbered(String fit) {
        int time = times.merge(fit, 1, Integer::sum);
        return time == 1 ? fit : fit + "_" + time;
    }

    private static String fit(String id) {
        return id.isEmpty() ? "call" : UNFIT.matcher(id).replaceAll("_");
    }
}
