package io.afnio4j.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts text between tags that it can't close. The text stays exactly as it is, so that a model can quote from it; where it holds the closing
 * tag itself, the tag gets the first number that doesn't occur: {@code <output-2>}.
 */
public final class Fence {

    private final String name; // of the tag
    private final String text;

    private Fence(String name, String text) {
        this.name = name;
        this.text = text;
    }

    /**
     * Fences a text that is going to be put into a {@link Wording}.
     *
     * @param tag a word
     * @param text any text
     * @return the text and the tags
     */
    public static Fence of(String tag, String text) {
        String name = tag;
        for (int i = 2; text.contains("</" + name + ">"); i++) {
            name = tag + "-" + i;
        }
        return new Fence(name, text);
    }

    /**
     * Fences a text.
     *
     * @param tag a word
     * @param text any text
     * @return the opening tag, the text and the closing tag, each on lines of their own
     */
    public static String around(String tag, String text) {
        return of(tag, text).toString();
    }

    void addTo(List<String> pieces) {
        pieces.add("<");
        pieces.add(name);
        pieces.add(">\n");
        pieces.add(text);
        pieces.add("\n</");
        pieces.add(name);
        pieces.add(">");
    }

    /** The opening tag, the text and the closing tag. */
    @Override
    public String toString() {
        List<String> pieces = new ArrayList<>();
        addTo(pieces);
        return String.join("", pieces);
    }

    /**
     * Finds a fenced text in an answer, where a model was asked to fence it.
     *
     * @param tag the word that was asked for
     * @param answer the whole answer
     * @return what stands between the first opening and the last closing tag, without the line breaks at its ends; null where there is no such pair
     */
    public static @Nullable String content(String tag, String answer) {
        Matcher opening =
                Pattern.compile("<" + Pattern.quote(tag) + "(-\\d+)?>(\\R)?").matcher(answer);
        if (!opening.find()) {
            return null;
        }
        String suffix = opening.group(1) == null ? "" : opening.group(1);
        int end = answer.lastIndexOf("</" + tag + suffix + ">");
        if (end < opening.end()) {
            return null;
        }
        String content = answer.substring(opening.end(), end);
        String lineBreak = opening.group(2) == null ? "\n" : opening.group(2);
        return content.endsWith(lineBreak) ? content.substring(0, content.length() - lineBreak.length()) : content;
    }
}
