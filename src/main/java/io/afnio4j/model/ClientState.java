package io.afnio4j.model;

import io.afnio4j.context.Phase;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client as a saved state holds it: its type and what it used, never how to reach it and never a key. Whoever loads
 * the state hands a client in again, which takes up the count.
 *
 * @param type the model's path, for example {@code openai/gpt-4o}
 * @param usage what it used, by phase; null where it doesn't count
 */
public record ClientState(String type, @Nullable Map<Phase, UsageMeter.Totals> usage) {

    public static ClientState of(ChatModel client) {
        UsageMeter meter = Metered.of(client);
        return new ClientState(client.name(), meter == null ? null : meter.byPhase());
    }

    /**
     * Reads what {@link #toTree()} made.
     *
     * @param name the client's name in the state, for messages
     * @param tree the saved value
     * @return the state
     * @throws IllegalArgumentException where it is something else
     */
    public static ClientState read(String name, @Nullable Object tree) {
        if (!(tree instanceof Map<?, ?> fields) || !(fields.get("type") instanceof String type)) {
            throw broken(name);
        }
        Object usage = fields.get("usage");
        if (usage == null) {
            return new ClientState(type, null);
        }
        if (!(usage instanceof Map<?, ?> phases)) {
            throw broken(name);
        }
        Map<Phase, UsageMeter.Totals> totals = new EnumMap<>(Phase.class);
        phases.forEach((phase, saved) -> totals.put(phase(name, phase), totals(name, saved)));
        return new ClientState(type, totals);
    }

    /**
     * The state as maps, texts and numbers.
     *
     * @return a tree that can be saved
     */
    public Map<String, Object> toTree() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", type);
        if (usage != null) {
            Map<String, Object> phases = new LinkedHashMap<>();
            usage.forEach((phase, totals) -> phases.put(phase.name().toLowerCase(Locale.ROOT), tree(totals)));
            fields.put("usage", phases);
        }
        return fields;
    }

    /**
     * Finds the client that goes on for the saved one.
     *
     * @param name the client's name in the state
     * @param clients those that are handed in, by name
     * @return the client of this name; another type than the saved one is allowed
     * @throws IllegalArgumentException where there is none
     */
    public ChatModel among(String name, Map<String, ? extends ChatModel> clients) {
        ChatModel client = clients.get(name);
        if (client == null) {
            throw new IllegalArgumentException(
                    "The state needs a model client '" + name + "' of type " + type + ", but only " + clients.keySet()
                            + " are handed in. A state holds no keys: make the client anew.");
        }
        return client;
    }

    /**
     * Lets a client go on counting from what was saved, as {@link UsageMeter#restore} has it. A client that doesn't
     * count is left as it is.
     *
     * @param client the client that goes on
     */
    public void restore(ChatModel client) {
        UsageMeter meter = Metered.of(client);
        if (usage != null && meter != null) {
            meter.restore(usage);
        }
    }

    private static Map<String, Object> tree(UsageMeter.Totals totals) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("calls", totals.calls());
        fields.put("failures", totals.failures());
        fields.put("cancelled", totals.cancelled());
        fields.put("promptTokens", totals.usage().promptTokens());
        fields.put("cachedTokens", totals.usage().cachedTokens());
        fields.put("cacheWriteTokens", totals.usage().cacheWriteTokens());
        fields.put("completionTokens", totals.usage().completionTokens());
        fields.put("reasoningTokens", totals.usage().reasoningTokens());
        fields.put("nanoDollars", totals.cost().nanoDollars());
        fields.put("assumedNanoDollars", totals.assumedCost().nanoDollars());
        fields.put("unpriced", totals.unpriced());
        fields.put("callNanos", totals.callTime().toNanos());
        return fields;
    }

    private static UsageMeter.Totals totals(String name, @Nullable Object saved) {
        if (!(saved instanceof Map<?, ?> fields)) {
            throw broken(name);
        }
        Usage tokens = new Usage(
                count(name, fields, "promptTokens"),
                count(name, fields, "cachedTokens"),
                fields.containsKey("cacheWriteTokens")
                        ? count(name, fields, "cacheWriteTokens")
                        : 0, // not in older states
                count(name, fields, "completionTokens"),
                count(name, fields, "reasoningTokens"));
        return new UsageMeter.Totals(
                count(name, fields, "calls"),
                count(name, fields, "failures"),
                count(name, fields, "cancelled"),
                tokens,
                new Cost(count(name, fields, "nanoDollars")),
                new Cost(count(name, fields, "assumedNanoDollars")),
                count(name, fields, "unpriced"),
                Duration.ofNanos(count(name, fields, "callNanos")));
    }

    private static long count(String name, Map<?, ?> fields, String field) {
        if (fields.get(field) instanceof Long count && count >= 0) {
            return count;
        }
        throw broken(name);
    }

    private static Phase phase(String name, Object label) {
        for (Phase phase : Phase.values()) {
            if (phase.name().toLowerCase(Locale.ROOT).equals(label)) {
                return phase;
            }
        }
        throw broken(name);
    }

    private static IllegalArgumentException broken(String name) {
        return new IllegalArgumentException("The state has no proper type and usage of a model client '" + name
                + "'. Was it saved from another one?");
    }
}
