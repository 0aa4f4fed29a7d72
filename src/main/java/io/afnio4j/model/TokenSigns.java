package io.afnio4j.model;

import java.util.Arrays;
import java.util.List;

/** What a character is for {@link RoughTokens}: of which kind, and how much it costs by itself, whatever stands beside it. */
final class TokenSigns {

    private static final int ROOM_FOR_KIND = 4; // bits
    private static final int BYTES_OF_MOST = 3; // in UTF-8: each can be a token
    private static final int ACCENTED_END = 0x250;

    /** Words of English, German and code are in the vocabularies; those that end in one of these letters are mostly words of other languages, and come in more pieces. */
    private static final String FOREIGN_ENDS = "aiouqjvzbck";

    static final List<Kind> KINDS = List.of(Kind.values());

    private static final short[] SIGNS = signs();

    private TokenSigns() {}

    static int of(char c) {
        return SIGNS[c];
    }

    /** The place of its kind in {@link #KINDS}. */
    static int kind(int sign) {
        return sign & ((1 << ROOM_FOR_KIND) - 1);
    }

    /** In twelfths of a token. */
    static int cost(int sign) {
        return sign >> ROOM_FOR_KIND;
    }

    private static short[] signs() {
        byte[] tokens = tokens();
        short[] signs = new short[tokens.length];
        for (int c = 0; c < signs.length; c++) {
            int kind = KINDS.indexOf(Kind.of((char) c, tokens[c]));
            signs[c] = (short) (((tokens[c] * RoughTokens.TOKEN) << ROOM_FOR_KIND) | kind);
        }
        return signs;
    }

    private static byte[] tokens() {
        byte[] tokens = new byte[Character.MAX_VALUE + 1];
        Arrays.fill(tokens, (byte) BYTES_OF_MOST);
        Arrays.fill(tokens, Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1, (byte) 2);
        tokens['\ud83c'] = tokens['\ud83d'] = 1; // most emoji
        Table.load("tokens.properties").forEach((page, row) -> {
            int from = Integer.parseInt((String) page, 16) << 8;
            for (int i = 0; i < 1 << 8; i++) {
                tokens[from + i] = tokens((String) row, i);
            }
        });
        Arrays.fill(tokens, 0, Kind.ASCII_END, (byte) 0);
        return tokens;
    }

    /** See the head of the file. */
    private static byte tokens(String row, int i) {
        int singles = Character.digit(row.charAt(5 + (i >> 2)), 16);
        boolean single = (singles >> (i & 3) & 1) != 0;
        return (byte) (single ? 1 : row.charAt(i >> 6) - '0');
    }

    /** What a character is to its neighbours. Dear is what costs more than one token. */
    enum Kind {
        OTHER,
        SMALL,
        FOREIGN,
        CAPITAL,
        DIGIT,
        SPACE,
        BREAK,
        SIGN,
        JOIN,
        ACCENTED,
        DEAR_ACCENTED,
        WIDE,
        DEAR;

        private static final int ASCII_END = 0x80;

        private static Kind of(char c, int tokens) {
            if (c < ASCII_END) {
                return ofAscii(c);
            }
            if (c < ACCENTED_END) {
                return tokens > 1 ? DEAR_ACCENTED : ACCENTED;
            }
            return tokens > 1 ? DEAR : WIDE;
        }

        private static Kind ofAscii(char c) {
            if (c >= 'a' && c <= 'z') {
                return FOREIGN_ENDS.indexOf(c) >= 0 ? FOREIGN : SMALL;
            }
            if (c >= 'A' && c <= 'Z') {
                return CAPITAL;
            }
            if (c >= '0' && c <= '9') {
                return DIGIT;
            }
            return switch (c) {
                case ' ' -> SPACE;
                case '\t', '\n', '\r' -> BREAK;
                case '+', '/' -> JOIN;
                default -> c < ' ' ? OTHER : SIGN;
            };
        }

        boolean small() {
            return this == SMALL || this == FOREIGN;
        }

        boolean sign() {
            return this == SIGN || this == JOIN;
        }

        private boolean accented() {
            return this == ACCENTED || this == DEAR_ACCENTED;
        }

        /** Accents don't end a word, and are no end of their own. */
        boolean goesOnWith(Kind next) {
            boolean word = small() || accented();
            return this == next
                    || (word && (next.small() || next.accented()))
                    || (this == CAPITAL && next.accented())
                    || (sign() && next.sign());
        }

        /** Whether letters that follow belong to the same string of letters and digits. */
        boolean glues() {
            return small() || accented() || this == CAPITAL || this == DIGIT || this == JOIN;
        }

        /** The length of what goes on with one more. */
        int run(int before) {
            int run = before + 1;
            return switch (this) {
                case DIGIT -> run > 3 ? 1 : run; // a token each
                case SPACE -> run > 16 ? 2 : run; // the same
                case ACCENTED, DEAR_ACCENTED -> Math.min(Math.max(run, 3), 17); // no letter that follows is free
                default -> Math.min(run, 17);
            };
        }
    }
}
