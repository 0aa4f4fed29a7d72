package io.afnio4j.model;

import java.util.Arrays;

/**
 * The tokens of a text without a vocabulary: see {@link TokenEstimator#rough()}. Each character costs what it costs by
 * itself: a third of a token in ASCII, and what a table says elsewhere. Letters and digits that change among each
 * other, as in base64, are in no vocabulary together, so each change costs a token.
 */
final class RoughTokens {

    private static final int THIRDS = 3; // in a token: all costs are in thirds
    private static final int ASCII_END = 0x80;
    private static final int BYTES_OF_MOST = 3; // in UTF-8: each can be a token

    private static final int OTHER = 0;
    private static final int SMALL = 1;
    private static final int CAPITAL = 2;
    private static final int DIGIT = 3;
    private static final int ROOM_FOR_KIND = 2; // bits

    /**
     * By the kind before and the kind of a character. A small letter behind a capital one goes on with a word, and a
     * digit behind a digit with a number.
     */
    private static final byte[] CHANGES = changes();

    /** By character: its cost, and in the lowest bits its kind. */
    private static final byte[] SIGNS = signs();

    private RoughTokens() {}

    static long of(String text) {
        long thirds = 0;
        int before = text.isEmpty() ? OTHER : SIGNS[text.charAt(0)] & DIGIT;
        for (int i = 0; i < text.length(); i++) {
            int sign = SIGNS[text.charAt(i)];
            int kind = sign & DIGIT;
            thirds += (sign >> ROOM_FOR_KIND) + CHANGES[before << ROOM_FOR_KIND | kind];
            before = kind;
        }
        return (thirds + THIRDS - 1) / THIRDS;
    }

    private static byte[] changes() {
        byte[] changes = new byte[1 << (2 * ROOM_FOR_KIND)];
        changes[OTHER << ROOM_FOR_KIND | DIGIT] = 4; // a space belongs to the word behind it, but to no number
        changes[SMALL << ROOM_FOR_KIND | CAPITAL] = THIRDS;
        changes[SMALL << ROOM_FOR_KIND | DIGIT] = THIRDS;
        changes[CAPITAL << ROOM_FOR_KIND | DIGIT] = THIRDS;
        changes[DIGIT << ROOM_FOR_KIND | SMALL] = THIRDS;
        changes[DIGIT << ROOM_FOR_KIND | CAPITAL] = THIRDS;
        return changes;
    }

    private static byte[] signs() {
        byte[] signs = new byte[Character.MAX_VALUE + 1];
        Arrays.fill(signs, cost(BYTES_OF_MOST));
        Arrays.fill(signs, Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1, cost(2));
        signs['\ud83c'] = signs['\ud83d'] = cost(1); // most emoji
        Table.load("tokens.properties").forEach((page, row) -> {
            int from = Integer.parseInt((String) page, 16) << 8;
            for (int i = 0; i < 1 << 8; i++) {
                signs[from + i] = cost(tokens((String) row, i));
            }
        });
        for (char c = 0; c < ASCII_END; c++) {
            signs[c] = (byte) (1 << ROOM_FOR_KIND | kind(c));
        }
        return signs;
    }

    /** See the head of the file. */
    private static int tokens(String row, int i) {
        int singles = Character.digit(row.charAt(5 + (i >> 2)), 16);
        boolean single = (singles >> (i & 3) & 1) != 0;
        return single ? 1 : row.charAt(i >> 6) - '0';
    }

    private static byte cost(int tokens) {
        return (byte) ((tokens * THIRDS) << ROOM_FOR_KIND | OTHER);
    }

    private static int kind(char ascii) {
        if (ascii >= 'a' && ascii <= 'z') {
            return SMALL;
        }
        if (ascii >= 'A' && ascii <= 'Z') {
            return CAPITAL;
        }
        return ascii >= '0' && ascii <= '9' ? DIGIT : OTHER;
    }
}
