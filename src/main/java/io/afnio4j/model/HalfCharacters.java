package io.afnio4j.model;

import java.util.function.IntFunction;

/** Halves of characters, as they stand in texts that were cut within an emoji. They have no form in UTF-8. */
public final class HalfCharacters {

    private HalfCharacters() {}

    /**
     * Puts something else in their places.
     *
     * @param text any text
     * @param by what stands for a half
     * @return the same text where it has none, or else its mended copy
     */
    public static String replaced(String text, IntFunction<String> by) {
        StringBuilder mended = null;
        for (int i = 0; i < text.length(); i++) {
            if (isHalf(text, i)) {
                mended = mended == null ? new StringBuilder(text.length() + 8).append(text, 0, i) : mended;
                mended.append(by.apply(text.charAt(i)));
            } else if (mended != null) {
                mended.append(text.charAt(i));
            }
        }
        return mended == null ? text : mended.toString();
    }

    private static boolean isHalf(String text, int at) {
        char letter = text.charAt(at);
        if (!Character.isSurrogate(letter)) {
            return false;
        }
        return Character.isHighSurrogate(letter)
                ? at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1))
                : at == 0 || !Character.isHighSurrogate(text.charAt(at - 1));
    }
}
