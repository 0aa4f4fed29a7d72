package io.afnio4j.model.http;

/** Texts on their way to the wire. */
public final class Texts {

    private Texts() {}

    /**
     * Text that was cut within an emoji can't be written as UTF-8. Such a half becomes the replacement character, as everywhere
     * else in Java: it would be a pity to lose a whole pass for it.
     *
     * @param text any text
     * @return the same text, or its mended copy
     */
    public static String wellFormed(String text) {
        StringBuilder mended = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else {
                mended = mended == null ? new StringBuilder(text) : mended;
                mended.setCharAt(i, '\uFFFD');
            }
        }
        return mended == null ? text : mended.toString();
    }
}
