package io.afnio4j.examples.supersense;

/** Lines that fit a screen. */
final class Lines {

    private Lines() {}

    static String cut(String line, int width) {
        return line.length() <= width ? line : line.substring(0, width - 1) + "…";
    }

    /** Breaks a line between words; all but the first part begin with the indent. */
    static String wrapped(String line, int width, String indent) {
        StringBuilder wrapped = new StringBuilder();
        String rest = line;
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            int end = space > indent.length() ? space : width;
            wrapped.append(rest, 0, end).append('\n');
            rest = indent + rest.substring(end).stripLeading();
        }
        return wrapped.append(rest).toString();
    }
}
