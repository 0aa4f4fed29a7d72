package io.afnio4j.picture;

import io.afnio4j.autodiff.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds a partition of a graph's nodes that somebody can read, the finest first: each node for itself; nodes that look the same and have the same boxes behind them;
 * runs of such nodes, each behind the one before; the same with a less close look; then, whatever is behind them, the largest groups of nodes that look the same, no
 * more of them than it takes; and at the last, nodes at about the same distance from the leaves, which always does.
 */
final class Folding {

    private static final int BANDS = 10;

    private final Wiring wiring;

    private Folding(Wiring wiring) {
        this.wiring = wiring;
    }

    /** The boxes of a variable's graph: that of the variable first, then the others in the order in which the arrows lead to them. */
    static List<Vertex> of(Variable root) {
        Wiring wiring = Wiring.of(root);
        return new Boxes(new Folding(wiring).finest()).behind(root);
    }

    private Partition finest() {
        Partition found =
                new Partition(wiring, IntStream.range(0, wiring.size()).toArray());
        for (Looks looks : Looks.values()) {
            found = found.fits() ? found : alike(looks, false);
            found = found.fits() ? found : alike(looks, true);
        }
        if (!found.fits()) {
            found = largestFirst(alike(Looks.ROLES, true), Looks.ROLES);
        }
        found = found.fits() ? found : largestFirst(found, Looks.KINDS);
        return found.fits() ? found : bands();
    }

    private Partition alike(Looks looks, boolean runs) {
        Map<Look, Integer> known = new HashMap<>();
        List<Look> firsts = new ArrayList<>(); // by box
        int[] boxes = new int[wiring.size()];
        for (int place = 0; place < boxes.length; place++) {
            Set<Integer> behind = new HashSet<>();
            Arrays.stream(wiring.targets(place)).forEach(target -> behind.add(boxes[target]));
            Look look = new Look(looks.of(wiring.nodes().get(place)), behind);
            Integer box = known.get(look);
            if (box == null && runs) {
                box = continued(look, firsts);
            }
            if (box == null) {
                box = firsts.size();
                firsts.add(look);
            }
            known.put(look, box);
            boxes[place] = box;
        }
        return new Partition(wiring, boxes);
    }

    /** The box of alike nodes that a node comes right behind, with nothing else behind it that they haven't too; null where there is none. */
    private static @Nullable Integer continued(Look look, List<Look> firsts) {
        for (int box : look.behind) {
            Look first = firsts.get(box);
            if (first.words.equals(look.words)
                    && look.behind.stream().allMatch(other -> other == box || first.behind.contains(other))) {
                return box;
            }
        }
        return null;
    }

    /** Merges boxes that look the same: all of the largest group, then of the next one, until the rest fits. */
    private Partition largestFirst(Partition base, Looks looks) {
        Map<String, Set<Integer>> groups = new LinkedHashMap<>();
        for (int place = 0; place < wiring.size(); place++) {
            groups.computeIfAbsent(looks.of(wiring.nodes().get(place)), look -> new HashSet<>())
                    .add(base.boxes()[place]);
        }
        List<Set<Integer>> order = groups.values().stream()
                .filter(group -> group.size() > 1)
                .sorted(Comparator.comparingInt(group -> -group.size()))
                .toList();
        int tooFew = 0;
        int enough = order.size();
        while (enough - tooFew > 1) {
            int middle = (tooFew + enough) / 2;
            if (merged(base, order.subList(0, middle)).fits()) {
                enough = middle;
            } else {
                tooFew = middle;
            }
        }
        return merged(base, order.subList(0, enough));
    }

    private static Partition merged(Partition base, List<Set<Integer>> groups) {
        Map<Integer, Integer> into = new HashMap<>();
        for (Set<Integer> group : groups) {
            int first = group.iterator().next();
            group.forEach(box -> into.put(box, first));
        }
        return new Partition(
                base.wiring(),
                Arrays.stream(base.boxes())
                        .map(box -> into.getOrDefault(box, box))
                        .toArray());
    }

    private Partition bands() {
        int[] depths = wiring.depths();
        int deepest = Arrays.stream(depths).max().orElse(0);
        return new Partition(
                wiring,
                Arrays.stream(depths)
                        .map(depth -> depth == 0 ? 0 : 1 + (int) ((depth - 1L) * BANDS / deepest))
                        .toArray());
    }

    /** What has to be equal for two nodes to share a box. */
    private record Look(String words, Set<Integer> behind) {}
}
