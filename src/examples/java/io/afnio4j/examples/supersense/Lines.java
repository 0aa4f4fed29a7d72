package io.afnio4j.examples.supersense;

import java.util.regex.Pattern;

/** Lines that fit a screen. */
final class Lines {

    /**
     * What would move the cursor, change colours or turn the direction of a line. Models and servers write such things.
     */
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cc}\\u202A-\\u202E\\u2066-\\u2069]");

    private Lines() {}

    static String cut(String line, int width) {
        return line.length() <= width ? line : line.substring(0, end(line, width - 1)) + "…";
    }

    /**
     * Where a part of a text ends that is about so long: no character of two halves, such as an emoji, is cut through.
     */
    static int end(String text, int about) {
        return about >= text.length() ? text.length() : about + (Character.isLowSurrogate(text.charAt(about)) ? 1 : 0);
    }

    /** A line as it may be shown on a screen: each character that controls the screen is a space. */
    static String plain(String line) {
        return CONTROLS.matcher(line).replaceAll(" ");
    }

    /** Breaks a line between words, without what controls the screen; all but the first part begin with the indent. */
    static String wrapped(String line, int width, String indent) {
        StringBuilder wrapped = new StringBuilder();
        String rest = plain(line);
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            int end = space > indent.length() ? space : end(rest, width);
            wrapped.append(rest, 0, end).append('\n');
            rest = indent + rest.substring(end).stripLeading();
        }
        return wrapped.append(rest).toString();
    }
}
