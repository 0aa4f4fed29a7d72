package io.afnio4j.picture;

import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Which nodes share a box. */
final class Partition {

    private static final int BOXES = 60;

    /**
     * How long all arrows may be together, in steps: an arrow across ten others takes as much of a reader, and of a
     * layout, as ten short ones.
     */
    private static final int ARROWS = 300;

    private static final int ARROWS_OF_A_BOX = 4;

    private final Wiring wiring;
    private final int[] boxes; // by node; needn't be numbered without gaps

    Partition(Wiring wiring, int[] boxes) {
        this.wiring = wiring;
        this.boxes = boxes;
    }

    Wiring wiring() {
        return wiring;
    }

    /** By node, the number of its box; to be read only. */
    int[] boxes() {
        return boxes;
    }

    /** Whether somebody can read a picture of it. */
    boolean fits() {
        return Arrays.stream(boxes).distinct().limit(BOXES + 1L).count() <= BOXES && arrows() <= ARROWS;
    }

    /** Whether there are few arrows for so many boxes. */
    boolean isSparse() {
        Map<Integer, Set<Integer>> targets = targets();
        return targets.values().stream().mapToInt(Set::size).sum() <= ARROWS_OF_A_BOX * targets.size();
    }

    /** Whether, in its own box, each node comes right behind one other at most, and one other right behind it. */
    boolean holdsRunsOnly() {
        BitSet continued = new BitSet();
        for (int place = 0; place < boxes.length; place++) {
            int box = boxes[place];
            int[] inside = Arrays.stream(wiring.targets(place))
                    .filter(target -> boxes[target] == box)
                    .distinct()
                    .toArray();
            if (inside.length > 1 || (inside.length == 1 && continued.get(inside[0]))) {
                return false;
            }
            Arrays.stream(inside).forEach(continued::set);
        }
        return true;
    }

    /** By box, the boxes that its arrows lead to, which may be the box itself. */
    Map<Integer, Set<Integer>> targets() {
        Map<Integer, Set<Integer>> targets = new LinkedHashMap<>();
        for (int place = 0; place < boxes.length; place++) {
            Set<Integer> reached = targets.computeIfAbsent(boxes[place], box -> new LinkedHashSet<>());
            for (int target : wiring.targets(place)) {
                reached.add(boxes[target]);
            }
        }
        return targets;
    }

    private int arrows() {
        Map<Integer, Set<Integer>> targets = targets();
        Heights heights = new Heights(box -> Objects.requireNonNull(targets.get(box)));
        return targets.entrySet().stream()
                .mapToInt(from -> from.getValue().stream()
                        .mapToInt(Integer::intValue)
                        .map(to -> heights.of(from.getKey()) - heights.of(to))
                        .map(steps -> Math.max(1, Math.abs(steps)))
                        .sum())
                .sum();
    }
}
