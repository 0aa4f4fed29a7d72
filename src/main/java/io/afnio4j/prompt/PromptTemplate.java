package io.afnio4j.prompt;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A text with places to fill. A place is {@code {name}}, where a name is letters with their marks, digits, {@code _},
 * {@code .} and {@code -}, and it is filled only where {@code name} is among the given values: all other braces, such
 * as those of JSON, stay as they are. What is filled in is never looked at again, so a value that holds {@code {name}}
 * itself is safe.
 *
 * <pre>{@code
 * PromptTemplate.of("Translate {text} into {\"de\": ...}").render(Map.of("text", "{text}"));
 * // Translate {text} into {"de": ...}
 * }</pre>
 */
public final class PromptTemplate {

    private static final int NON_JOINER = 0x200C; // these two are spelling, in Persian and in India
    private static final int JOINER = 0x200D;

    private final List<String> literals; // one more than names: literal, name, literal, name, literal
    private final List<String> names;

    private PromptTemplate(List<String> literals, List<String> names) {
        this.literals = literals;
        this.names = names;
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
        List<String> literals = new ArrayList<>(3); // most templates have one place
        List<String> names = new ArrayList<>(1);
        int from = 0;
        while (brace >= 0) {
            int end = endOfName(text, brace + 1);
            if (end > 0) {
                literals.add(text.substring(from, brace));
                names.add(text.substring(brace + 1, end));
                from = end + 1;
            }
            brace = text.indexOf('{', Math.max(from, brace + 1));
        }
        literals.add(text.substring(from));
        return new PromptTemplate(literals, names);
    }

    /**
     * Whether a text can stand in braces as the name of a place.
     *
     * @param text for example the head of a column
     * @return false for a text with spaces, among others
     */
    public static boolean isName(String text) {
        return endOfName(text + "}", 0) == text.length();
    }

    /**
     * Where the closing brace behind a name stands; -1 where there is no name or no brace. By hand, as prompts are
     * filled by the thousand.
     */
    private static int endOfName(String text, int start) {
        int at = start;
        while (at < text.length()) {
            int letter = text.codePointAt(at);
            if (letter == '}' && at > start) {
                return at;
            }
            boolean first = Character.isLetter(letter) || letter == '_';
            if (!first && (at == start || !continuesName(letter))) {
                return -1;
            }
            at += Character.charCount(letter);
        }
        return -1;
    }

    private static boolean continuesName(int letter) {
        return switch (Character.getType(letter)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK -> true; // the vowels of many scripts
            default -> letter == '.' || letter == '-' || letter == NON_JOINER || letter == JOINER;
        };
    }

    /**
     * The names that stand in braces, each once, in order of appearance. Not all of them need to be places: {@code {x}}
     * may be meant as it stands.
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
        List<String> pieces = new ArrayList<>(2 * names.size() + 1);
        render(values, pieces);
        return String.join("", pieces);
    }

    /**
     * Gives the pieces of the filled text. Who has more to put around them joins all in the end, so that long texts are
     * copied once.
     *
     * @param values gives a name's value, or null to leave the place as it is
     * @param pieces where they are added
     */
    public void render(Function<String, @Nullable String> values, List<String> pieces) {
        fill(pieces, (name, into) -> {
            String value = values.apply(name);
            into.add(value == null ? "{" + name + "}" : value);
        });
    }

    /** The same with values that may have several pieces. */
    void fill(List<String> pieces, BiConsumer<String, List<String>> places) {
        for (int i = 0; i < names.size(); i++) {
            pieces.add(literals.get(i));
            places.accept(names.get(i), pieces);
        }
        pieces.add(literals.get(names.size()));
    }
}
