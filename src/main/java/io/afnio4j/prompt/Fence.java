package io.afnio4j.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts text between tags that it can't close. The text stays exactly as it is, so that a model can quote from it; where
 * it holds the closing tag itself, the tag gets the first number that doesn't occur: {@code <output-2>}.
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
     * Finds a fenced text in an answer, where a model was asked to fence it. A model that thinks aloud names the tags,
     * or drafts, before it answers: of several pairs one after the other, the last is taken. Where opening and closing
     * tags don't go together, all from the first to the last is.
     *
     * @param tag the word that was asked for
     * @param answer the whole answer
     * @return what stands between the opening and the closing tag, without the line breaks at its ends; null where
     *     there is no such pair
     */
    public static @Nullable String content(String tag, String answer) {
        Matcher opening =
                Pattern.compile("<" + Pattern.quote(tag) + "(-\\d+)?>").matcher(answer);
        if (!opening.find()) {
            return null;
        }
        String name = opening.group(1) == null ? tag : tag + opening.group(1);
        int end = answer.lastIndexOf("</" + name + ">");
        if (end < opening.end()) {
            return null;
        }
        String last = lastPair(name, answer.substring(opening.start()));
        return withoutLineBreaks(last == null ? answer.substring(opening.end(), end) : last);
    }

    /** The content of the last pair that stands within no other; null where tags are left over. */
    private static @Nullable String lastPair(String name, String fenced) {
        Matcher tags = Pattern.compile("<(/?)" + Pattern.quote(name) + ">").matcher(fenced);
        String content = null;
        int depth = 0;
        int start = 0;
        while (tags.find()) {
            if (tags.group(1).isEmpty()) {
                start = depth == 0 ? tags.end() : start;
                depth++;
            } else if (--depth == 0) {
                content = fenced.substring(start, tags.start());
            } else if (depth < 0) {
                return null;
            }
        }
        return depth == 0 ? content : null;
    }

    private static String withoutLineBreaks(String content) {
        Matcher lineBreak = Pattern.compile("\\R").matcher(content);
        String first = lineBreak.lookingAt() ? lineBreak.group() : "";
        String rest = content.substring(first.length());
        String last = first.isEmpty() ? "\n" : first;
        return rest.endsWith(last) ? rest.substring(0, rest.length() - last.length()) : rest;
    }
}
