package io.afnio4j.model.anthropic;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The ids of calls as this API wants them: each once in a conversation, made of letters, digits, hyphens and underscores. Those that it gave
 * itself stay as they are; other providers, from whom a conversation may come, begin anew in each turn or write {@code functions.f:0}.
 */
final class CallIds {

    private final Set<String> taken = new HashSet<>();
    private final Map<String, String> latest = new HashMap<>();

    /**
     * The id of a further call.
     *
     * @param id the id that the call has
     * @return the id to write
     */
    String called(String id) {
        String fit = fit(id);
        String unique = fit;
        for (int times = 2; !taken.add(unique); times++) {
            unique = fit + "_" + times;
        }
        latest.put(id, unique);
        return unique;
    }

    /**
     * The id of the call that is answered.
     *
     * @param id the id that the answer names
     * @return what was written for the last call of this id
     */
    String answered(String id) {
        return latest.getOrDefault(id, fit(id));
    }

    private static String fit(String id) {
        return id.isEmpty() ? "call" : id.replaceAll("[^A-Za-z0-9_-]", "_");
    }
}
