package io.afnio4j.picture;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;

/** What became of a node, in a word and a colour; the one that matters most first. */
enum Fate {
    FAILED("failed", "red", "#f8cfcf", "#c23b3b"),
    WAITING("waiting", "amber", "#ffe9b8", "#d99a1c"),
    CALLED_OFF("called off", "violet", "#e3d6f3", "#8560b0"),
    NEVER_ASKED("never asked", "pale violet", "#f4eefb", "#8560b0"),
    NOT_REACHED("not reached", "pale grey", "#f4f4f4", "#999999"),
    DONE("done", "green", "#d8f0dc", "#3a9d55"),
    SKIPPED("skipped", "grey", "#e4e4e4", "#999999");

    private final String words;
    private final String colour;
    private final String light;
    private final String strong;

    Fate(String words, String colour, String light, String strong) {
        this.words = words;
        this.colour = colour;
        this.light = light;
        this.strong = strong;
    }

    static Fate of(Visit visit) {
        return switch (visit.state()) {
            case DONE -> DONE;
            case FAILED -> FAILED;
            case WAITING -> WAITING;
            case SKIPPED -> SKIPPED;
            case CALLED_OFF -> visit.calls().isEmpty() ? NEVER_ASKED : CALLED_OFF;
        };
    }

    String words() {
        return words;
    }

    /** For a box with words in it, as {@code #rrggbb}. */
    String light() {
        return light;
    }

    /** For a bar, as {@code #rrggbb}. */
    String strong() {
        return strong;
    }

    /** What the colours mean. */
    static String legend(Collection<Fate> shown) {
        return Arrays.stream(values())
                .filter(shown::contains)
                .map(fate -> fate.colour + ": " + fate.words)
                .collect(Collectors.joining(", "));
    }
}
