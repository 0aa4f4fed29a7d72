package io.afnio4j.picture;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * How far from the leaves boxes are drawn. Arrows that close a circle don't count: which of them do depends on the box
 * that is asked for first.
 */
final class Heights {

    private final IntFunction<? extends Collection<Integer>> targets;
    private final Map<Integer, Integer> known = new HashMap<>();

    /** @param targets by box, the boxes that its arrows lead to */
    Heights(IntFunction<? extends Collection<Integer>> targets) {
        this.targets = targets;
    }

    /** Its recursion is no deeper than there are boxes. */
    int of(int box) {
        Integer before = known.putIfAbsent(box, 0);
        if (before != null) {
            return before;
        }
        int height = 0;
        for (int target : targets.apply(box)) {
            height = Math.max(height, 1 + of(target));
        }
        known.put(box, height);
        return height;
    }
}
