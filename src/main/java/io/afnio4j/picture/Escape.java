package io.afnio4j.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** User text, made safe for the place where it is to stand. */
final class Escape {

    private static final int SHOWN = 60;
    private static final char BACKSLASH = '\ue000'; // a private letter, of which nobody knows how it looks
    private static final Pattern SPACE = Pattern.compile("[\\s\\u0085\\u2028\\u2029]+");

    /** Marks that turn the direction of what follows, which may be words of ours. Letters know theirs without. */
    private static final Pattern TURNS = Pattern.compile("[\\u202A-\\u202E\\u2066-\\u2069]");

    private Escape() {}

    /** For XML and HTML, between tags or between double quotes. Characters that XML can't hold are left out. */
    static String xml(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(letter -> {
            switch (letter) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> {
                    if (isXml(letter)) {
                        safe.appendCodePoint(letter);
                    }
                }
            }
        });
        return safe.toString();
    }

    private static boolean isXml(int letter) {
        return letter == '\n'
                || letter == '\t'
                || (letter >= 0x20 && letter <= 0xD7FF)
                || (letter >= 0xE000 && letter <= 0xFFFD)
                || letter >= 0x10000;
    }

    /**
     * For a quoted string of DOT, in which Graphviz reads entities too. It may end up as XML, so what XML can't hold is
     * left out.
     */
    static String dot(String text) {
        return quoted(text.replace("\\", "\\\\").replace("&", "&amp;"));
    }

    /**
     * For a quoted string of DOT that goes to the layout library: it reads no entities, and of backslashes it makes new
     * lines; see {@link #afterLayout}.
     */
    static String forLayout(String text) {
        return quoted(text.replace('\\', BACKSLASH));
    }

    /** Makes the stand-ins of {@link #forLayout} backslashes again. */
    static String afterLayout(String svg) {
        return svg.replace(BACKSLASH, '\\');
    }

    private static String quoted(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        text.codePoints().filter(Escape::isXml).forEach(safe::appendCodePoint);
        return safe.toString().replace("\"", "\\\"").replace("\n", "\\n");
    }

    /**
     * For a quoted label of Mermaid, which looks for codes, directives, Markdown, formulas and comments in it and takes
     * no empty one: all but letters, digits and a few harmless marks is written as Mermaid's own {@code #code;}, an
     * ampersand or a quote as well, since an entity of XML collides with these codes.
     */
    static String mermaid(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        shortened(text, Integer.MAX_VALUE).codePoints().filter(Escape::isXml).forEach(letter -> {
            if (isPlainInMermaid(letter)) {
                safe.appendCodePoint(letter);
            } else {
                safe.append('#').append(letter).append(';');
            }
        });
        return safe.isEmpty() ? " " : safe.toString();
    }

    /** The degree and paragraph signs are how Mermaid marks its codes inside. */
    private static boolean isPlainInMermaid(int letter) {
        return letter < 0x80
                ? Character.isLetterOrDigit(letter) || " ,()?!".indexOf(letter) >= 0
                : letter != '°' && letter != '¶';
    }

    /** On as many lines as it takes, each of a number of letters at most where it has spaces to break it at. */
    static List<String> wrapped(String text, int letters) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > letters) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** On one line, and not too long for a picture. */
    static String shortened(String text) {
        return shortened(text, SHOWN);
    }

    /** On one line, and of a number of letters at most. */
    static String shortened(String text, int shown) {
        String line = SPACE.matcher(TURNS.matcher(text).replaceAll(""))
                .replaceAll(" ")
                .strip();
        int letters = line.codePointCount(0, line.length());
        return letters <= shown ? line : line.substring(0, line.offsetByCodePoints(0, shown - 1)) + "…";
    }
}
