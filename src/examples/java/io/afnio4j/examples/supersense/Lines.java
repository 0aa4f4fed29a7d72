package io.afnio4j.examples.supersense;

/** Lines that fit a screen. */
final class Lines {

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

    /** Breaks a line between words; all but the first part begin with the indent. */
    static String wrapped(String line, int width, String indent) {
        StringBuilder wrapped = new StringBuilder();
        String rest = line;
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            int end = space > indent.length() ? space : end(rest, width);
            wrapped.append(rest, 0, end).append('\n');
            rest = indent + rest.substring(end).stripLeading();
        }
        return wrapped.append(rest).toString();
    }
}
