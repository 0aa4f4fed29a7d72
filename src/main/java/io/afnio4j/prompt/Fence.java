package io.afnio4j.prompt;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts text between tags that it can't close. The text stays exactly as it is, so that a model can quote from it; where it holds the closing
 * tag itself, the tag gets the first number that doesn't occur: {@code <output-2>}.
 */
public final class Fence {

    private Fence() {}

    /**
     * Fences a text.
     *
     * @param tag a word
     * @param text any text
     * @return the opening tag, the text and the closing tag, each on lines of their own
     */
    public static String around(String tag, String text) {
        String name = tag;
        for (int i = 2; text.contains("</" + name + ">"); i++) {
            name = tag + "-" + i;
        }
        return "<" + name + ">\n" + text + "\n</" + name + ">";
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
