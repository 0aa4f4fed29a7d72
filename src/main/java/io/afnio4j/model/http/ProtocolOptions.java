package io.afnio4j.model.http;

import io.afnio4j.model.Tool;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads options, which are kept in the words of the chat protocol, for providers that have other words for them. */
public final class ProtocolOptions {

    /**
     * Without them an answer is as good: they ask for what comes anyway, name the user, or hint at what may be kept or
     * guessed. How calls of tools are limited, other providers have other words for.
     */
    private static final Set<String> WISHES = Set.of(
            "stream_options",
            "parallel_tool_calls",
            "user",
            "safety_identifier",
            "prompt_cache_key",
            "prompt_cache_retention",
            "prediction");

    private ProtocolOptions() {}

    /**
     * Reads an entry of {@code tools}.
     *
     * @param entry the entry
     * @return the function that it describes, null where it is something of the provider's own
     */
    public static @Nullable Tool tool(Object entry) {
        Map<?, ?> function = map(field(entry, "function"));
        if (function == null) {
            return null;
        }
        Map<?, ?> parameters = map(function.get("parameters"));
        return new Tool(
                text(function.get("name")),
                text(function.get("description")),
                parameters == null ? Map.of() : named(parameters));
    }

    /**
     * Reads {@code tool_choice}.
     *
     * @param choice the option
     * @return {@code auto}, {@code none}, {@code required}; or null, and then {@link #forcedTool} has the name
     */
    public static @Nullable String toolMode(Object choice) {
        return choice instanceof String mode ? mode : null;
    }

    /**
     * Reads the name of the one tool that must be called.
     *
     * @param choice the option {@code tool_choice}
     * @return the name, "" where there is none
     */
    public static String forcedTool(Object choice) {
        return text(field(field(choice, "function"), "name"));
    }

    /**
     * Reads the schema in {@code response_format}.
     *
     * @param format the option
     * @return the schema, null where the format has none
     */
    public static @Nullable Object schema(Object format) {
        return field(field(format, "json_schema"), "schema");
    }

    /**
     * Whether {@code response_format} asks for any JSON object.
     *
     * @param format the option
     * @return true where it does
     */
    public static boolean isJsonObject(Object format) {
        return "json_object".equals(field(format, "type"));
    }

    /**
     * Reads what may be one or several, such as {@code stop}.
     *
     * @param value the option
     * @return the list, or a list of the one
     */
    public static List<?> listOf(Object value) {
        return value instanceof List<?> several ? several : List.of(value);
    }

    /**
     * Reads an option that is an object.
     *
     * @param value the option
     * @return its fields, none where it is something else
     */
    public static Map<String, Object> fields(Object value) {
        Map<?, ?> map = map(value);
        return map == null ? Map.of() : named(map);
    }

    /**
     * Whether an option is a wish to OpenAI that other providers refuse to hear, and that an answer is as good without.
     *
     * @param name the option
     * @return true where it is to be left out
     */
    public static boolean isWish(String name) {
        return WISHES.contains(name);
    }

    private static @Nullable Object field(@Nullable Object of, String name) {
        Map<?, ?> map = map(of);
        return map == null ? null : map.get(name);
    }

    private static @Nullable Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : null;
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    @SuppressWarnings("unchecked") // JSON has no other keys than texts
    private static Map<String, Object> named(Map<?, ?> map) {
        return (Map<String, Object>) map;
    }
}
