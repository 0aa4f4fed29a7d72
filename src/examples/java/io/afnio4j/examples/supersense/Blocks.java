package io.afnio4j.examples.supersense;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the fenced parts of a request: {@code <tag>}, a text, {@code </tag>}, where the tag may bear a number. */
final class Blocks {

    private Blocks() {}

    /** All texts under a tag, in order. */
    static List<String> all(String tag, String text) {
        Matcher matcher = Pattern.compile("(?s)<(" + Pattern.quote(tag) + "(?:-\\d+)?)>\\n(.*?)\\n</\\1>")
                .matcher(text);
        List<String> found = new ArrayList<>();
        while (matcher.find()) {
            found.add(matcher.group(2));
        }
        return found;
    }

    /** The first text under a tag, or nothing. */
    static String first(String tag, String text) {
        List<String> found = all(tag, text);
        return found.isEmpty() ? "" : found.get(0);
    }
}
