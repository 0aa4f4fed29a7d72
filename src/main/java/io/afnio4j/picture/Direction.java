package io.afnio4j.picture;

import java.util.Arrays;
import java.util.List;

/**
 * Which way a picture reads: from left to right where that fits a page, or else in the direction in which it is less
 * wide, for one scrolls down more easily than sideways.
 */
enum Direction {
    RIGHT("LR", "LR"),
    DOWN("TB", "TD");

    // In points, about.
    private static final int PAGE = 800;
    private static final int LETTER = 6;
    private static final int BESIDE = 30; // between boxes of one level, borders included
    private static final int BETWEEN = 50; // between levels

    private final String dot;
    private final String mermaid;

    Direction(String dot, String mermaid) {
        this.dot = dot;
        this.mermaid = mermaid;
    }

    String dot() {
        return dot;
    }

    String mermaid() {
        return mermaid;
    }

    static Direction of(List<Box> boxes) {
        Heights heights = new Heights(number -> boxes.get(number).vertex().targets());
        int levels = heights.of(0) + 1;
        int[] widest = new int[levels];
        int[] together = new int[levels];
        for (int number = 0; number < boxes.size(); number++) {
            int width = width(boxes.get(number));
            int level = heights.of(number);
            widest[level] = Math.max(widest[level], width);
            together[level] += width + BESIDE;
        }
        int right = Arrays.stream(widest).map(width -> width + BETWEEN).sum();
        int down = Arrays.stream(together).max().orElse(0);
        return right <= Math.max(PAGE, down) ? RIGHT : DOWN;
    }

    private static int width(Box box) {
        return LETTER * box.lines().stream().mapToInt(String::length).max().orElse(0);
    }
}
