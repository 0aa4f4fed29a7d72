package io.afnio4j.picture;

import java.util.Arrays;
import java.util.List;

/** Which way a picture reads: from left to right where that fits a page, or else in the direction in which it is less wide, for one scrolls down more easily than sideways. */
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
        int[] heights = new int[boxes.size()];
        Arrays.fill(heights, -1);
        int levels = height(0, boxes, heights) + 1;
        int[] widest = new int[levels];
        int[] together = new int[levels];
        for (int number = 0; number < heights.length; number++) {
            int width = width(boxes.get(number));
            widest[heights[number]] = Math.max(widest[heights[number]], width);
            together[heights[number]] += width + BESIDE;
        }
        int right = Arrays.stream(widest).map(width -> width + BETWEEN).sum();
        int down = Arrays.stream(together).max().orElse(0);
        return right <= Math.max(PAGE, down) ? RIGHT : DOWN;
    }

    private static int width(Box box) {
        return LETTER * box.lines().stream().mapToInt(String::length).max().orElse(0);
    }

    /** How far from the leaves a box is drawn; arrows that close a circle don't count. Its recursion is no deeper than there may be boxes. */
    private static int height(int number, List<Box> boxes, int[] heights) {
        if (heights[number] < 0) {
            heights[number] = 0;
            int height = 0;
            for (int target : boxes.get(number).vertex().targets()) {
                height = Math.max(height, 1 + height(target, boxes, heights));
            }
            heights[number] = height;
        }
        return heights[number];
    }
}
