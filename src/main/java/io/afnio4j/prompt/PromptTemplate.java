package io.afnio4j.prompt;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A text with places to fill. A place is {@code {name}}, where a name is letters, digits, {@code _}, {@code .} and {@code -}, and it is filled only where {@code name} is among the given values: all
 * other braces, such as those of JSON, stay as they are. What is filled in is never looked at again, so a value that holds
 * {@code {name}} itself is safe.
 *
 * <pre>{@code
 * PromptTemplate.of("Translate {text} into {\"de\": ...}").render(Map.of("text", "{text}"));
 * // Translate {text} into {"de": ...}
 * }</pre>
 */
public final class PromptTemplate {

    private static final Pattern PLACE = Pattern.compile("\\{([\\p{L}_][\\p{L}\\p{N}_.-]*)}");

    private final List<String> literals; // one more than names: literal, name, literal, name, literal
    private final List<String> names;
    private final int literalLength;

    private PromptTemplate(List<String> literals, List<String> names) {
        this.literals = List.copyOf(literals);
        this.names = List.copyOf(names);
        this.literalLength = literals.stream().mapToInt(String::length).sum();
    }

    /**
     * Reads a template. Every text is a template; most have no places.
     *
     * @param text the text
     * @return the template
     */
    public static PromptTemplate of(String text) {
        int brace = text.indexOf('{');
        if (brace < 0) {
            return new PromptTemplate(List.of(text), List.of());
        }
        List<String> literals = new ArrayList<>();
        List<String> names = new ArrayList<>();
        int from = 0;
        Matcher place = PLACE.matcher(text);
        while (brace >= 0) { // looked for by hand, as a search by pattern would try every character
            if (place.region(brace, text.length()).lookingAt()) {
                literals.add(text.substring(from, brace));
                names.add(place.group(1));
                from = place.end();
            }
            brace = text.indexOf('{', Math.max(from, brace + 1));
        }
        literals.add(text.substring(from));
        return new PromptTemplate(literals, names);
    }

    /**
     * The names that stand in braces, each once, in order of appearance. Not all of them need to be places: {@code {x}} may be
     * meant as it stands.
     *
     * @return the names
     */
    public Set<String> names() {
        return new LinkedHashSet<>(names);
    }

    /**
     * Fills the places.
     *
     * @param values what to fill in, by name; names that the template doesn't have are ignored
     * @return the text
     */
    public String render(Map<String, String> values) {
        return render(values::get);
    }

    /**
     * Fills the places.
     *
     * @param values gives a name's value, or null to leave the place as it is
     * @return the text
     */
    public String render(Function<String, @Nullable String> values) {
        if (names.isEmpty()) {
            return literals.get(0);
        }
        @Nullable String[] found = new String[names.size()];
        int length = literalLength;
        for (int i = 0; i < found.length; i++) {
            String value = values.apply(names.get(i));
            found[i] = value;
            length += value == null ? names.get(i).length() + 2 : value.length();
        }
        StringBuilder out = new StringBuilder(length).append(literals.get(0));
        for (int i = 0; i < found.length; i++) {
            String value = found[i];
            if (value == null) {
                out.append('{').append(names.get(i)).append('}');
            } else {
                out.append(value);
            }
            out.append(literals.get(i + 1));
        }
        return out.toString();
    }
}
