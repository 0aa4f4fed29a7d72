package io.afnio4j.model;

/**
 * The tokens of a text without a vocabulary: see {@link TokenEstimator#rough()}. A character costs what it costs by itself ({@link TokenSigns}), and what it costs beside the one before
 * it, which is written here, in twelfths of a token. The numbers were found by measuring: not far below OpenAI's two vocabularies for any kind of text, and not far above
 * them for prose and code. All that can follow on each other stands in a table, so that counting is one look at it for each character.
 */
final class RoughTokens {

    static final int TOKEN = 12;

    private static final int ROOM_FOR_SIGNS = 5; // bits: of a sign, and whether the same character stood before it
    private static final int SAME = 1 << (ROOM_FOR_SIGNS - 1);
    private static final int ROOM_FOR_COST = 8;
    private static final int LONGEST = 17; // from here on all that goes on is alike
    private static final int STATES = TokenSigns.KINDS.size() * (LONGEST + 1) * 2;
    private static final int[] STEPS = steps();

    private RoughTokens() {}

    static long of(String text) {
        long twelfths = 0;
        int state = 0;
        char before = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int sign = TokenSigns.of(c);
            int step = STEPS[state << ROOM_FOR_SIGNS | TokenSigns.kind(sign) | (c == before ? SAME : 0)];
            twelfths += TokenSigns.cost(sign) + (step & ((1 << ROOM_FOR_COST) - 1));
            state = step >>> ROOM_FOR_COST;
            before = c;
        }
        return (twelfths + TOKEN - 1) / TOKEN;
    }

    private static int[] steps() {
        int[] steps = new int[STATES << ROOM_FOR_SIGNS];
        for (int state = 0; state < STATES; state++) {
            for (TokenSigns.Kind next : TokenSigns.KINDS) {
                int at = state << ROOM_FOR_SIGNS | TokenSigns.KINDS.indexOf(next);
                steps[at] = State.of(state).step(next, false);
                steps[at | SAME] = State.of(state).step(next, true);
            }
        }
        return steps;
    }

    /**
     * What stands before a character.
     *
     * @param last the character before it
     * @param run how many of a kind stand there
     * @param glued whether letters or digits, or what base64 has between them, stand before these
     */
    private record State(TokenSigns.Kind last, int run, boolean glued) {

        private static State of(int number) {
            int run = number / 2 % (LONGEST + 1);
            return new State(TokenSigns.KINDS.get(number / 2 / (LONGEST + 1)), run, number % 2 == 1);
        }

        private int number() {
            return (TokenSigns.KINDS.indexOf(last) * (LONGEST + 1) + run) * 2 + (glued ? 1 : 0);
        }

        private int step(TokenSigns.Kind next, boolean same) {
            boolean capitalised = next.small() && last == TokenSigns.Kind.CAPITAL && run == 1;
            boolean goesOn = last.goesOnWith(next) || capitalised;
            State now = new State(next, next.run(goesOn ? run : 0), goesOn ? glued : last.glues());
            int cost = (goesOn ? 0 : end()) + now.cost(last, same);
            return now.number() << ROOM_FOR_COST | cost;
        }

        private int end() {
            return last == TokenSigns.Kind.FOREIGN && run > 3 ? 8 : 0;
        }

        private int cost(TokenSigns.Kind before, boolean same) {
            boolean first = run == 1;
            return switch (last) {
                case SMALL, FOREIGN, CAPITAL -> first ? TOKEN : letter(same);
                case DIGIT -> first ? (before == TokenSigns.Kind.SPACE ? 2 * TOKEN : TOKEN) : 0;
                case SPACE -> run == 2 ? TOKEN : 0; // one alone belongs to the word behind it
                case BREAK -> first ? (before.sign() ? 4 : TOKEN) : same ? 3 : TOKEN;
                case SIGN, JOIN -> first ? TOKEN : same ? 3 : run == 2 ? 4 : 9;
                case OTHER -> TOKEN;
                case ACCENTED, WIDE -> 0;
                case DEAR_ACCENTED, DEAR ->
                    before == TokenSigns.Kind.SPACE ? TOKEN : 0; // which belongs to none of them
            };
        }

        /** The token that a word begins with has room for two more letters; what stands in the middle of digits and letters, as in base64, is no word. */
        private int letter(boolean same) {
            if (run == 2) {
                return glued ? 7 : 0;
            }
            if (last == TokenSigns.Kind.CAPITAL) {
                return same ? 4 : run == LONGEST ? 7 : 6;
            }
            boolean free = run == 3 || (glued && run == 4);
            return free ? 0 : run == LONGEST && !same ? 6 : 4;
        }
    }
}
