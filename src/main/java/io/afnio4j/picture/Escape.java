package io.afnio4j.picture;

/** User text, made safe for the place where it is to stand. */
final class Escape {

    private static final int SHOWN = 60;

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

    /** For a quoted string of DOT. */
    static String dot(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    /** For a quoted label of Mermaid, which reads entities; nothing else has a meaning to it there. */
    static String mermaid(String text) {
        return xml(text).replaceAll("\\s+", " ");
    }

    /** On one line, and not too long for a picture. */
    static String shortened(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        int letters = line.codePointCount(0, line.length());
        return letters <= SHOWN ? line : line.substring(0, line.offsetByCodePoints(0, SHOWN - 1)) + "…";
    }
}
