package io.afnio4j.autodiff;

/**
 * Shortens long texts to their two ends. A cut never goes through a character of two {@code char}s: half of one breaks
 * the JSON it is sent in.
 */
final class Elided {

    private Elided() {}

    static String text(String text, int longest, int ends) {
        return text.length() <= longest ? text : head(text, ends) + "..." + tail(text, ends);
    }

    private static String head(String text, int length) {
        return text.substring(0, cuts(text, length) ? length - 1 : length);
    }

    private static String tail(String text, int length) {
        int start = text.length() - length;
        return text.substring(cuts(text, start) ? start + 1 : start);
    }

    private static boolean cuts(String text, int at) {
        return Character.isLowSurrogate(text.charAt(at)) && Character.isHighSurrogate(text.charAt(at - 1));
    }
}
