package io.afnio4j.picture;

import io.afnio4j.autodiff.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds a partition of a graph's nodes that somebody can read, the finest first: each node for itself; nodes that look
 * the same and have the same boxes behind them; runs of such nodes, each behind the one before; the same with a less
 * close look; then, whatever is behind them, the largest groups of nodes that look the same, no more of them than it
 * takes, if that puts nothing but runs into one box, as in a conversation; else nodes that look the same and are about
 * as far from the leaves, in as many levels as can be read; and at the last, nodes at about the same distance from the
 * leaves, which always does.
 */
final class Folding {

    private static final int BANDS = 10;

    /** In how many levels a graph is divided, tried in this order. */
    private static final int[] LEVELS = {50, 35, 25, 18, 14, 11, 9, 7, 5};

    private final Wiring wiring;
    private final Map<Looks, List<String>> words = new EnumMap<>(Looks.class); // by place

    private Folding(Wiring wiring) {
        this.wiring = wiring;
    }

    /**
     * The boxes of a variable's graph: that of the variable first, then the others in the order in which the arrows
     * lead to them.
     */
    static List<Vertex> of(Variable root, Wiring wiring) {
        return new Boxes(new Folding(wiring).finest()).behind(root);
    }

    private Partition finest() {
        Partition found =
                new Partition(wiring, IntStream.range(0, wiring.size()).toArray());
        Partition closest = found;
        for (Looks looks : Looks.values()) {
            found = found.fits() ? found : alike(looks, false);
            found = found.fits() ? found : alike(looks, true);
            closest = looks == Looks.ROLES ? found : closest;
        }
        return found.fits() ? found : coarser(closest);
    }

    private List<String> words(Looks looks) {
        return words.computeIfAbsent(
                looks, all -> wiring.nodes().stream().map(all::of).toList());
    }

    /**
     * What has nothing but runs in its boxes loses nothing that a reader would miss; else levels say more, and else
     * anything will do that can be read.
     */
    private Partition coarser(Partition closest) {
        Partition groups = largestFirst(closest, Looks.ROLES);
        groups = groups.fits() ? groups : largestFirst(groups, Looks.KINDS);
        if (groups.fits() && groups.holdsRunsOnly()) {
            return groups;
        }
        int[] depths = wiring.depths();
        for (Looks looks : Looks.values()) {
            for (int count : LEVELS) {
                Partition levels = bands(depths, words(looks)::get, count);
                if (levels.fits() && levels.isSparse()) {
                    return levels;
                }
            }
        }
        return groups.fits() ? groups : bands(depths, place -> "", BANDS);
    }

    private Partition alike(Looks looks, boolean runs) {
        Map<Look, Integer> known = new HashMap<>();
        List<Look> firsts = new ArrayList<>(); // by box
        BitSet continued = new BitSet(); // nodes that have one right before them in their box
        int[] boxes = new int[wiring.size()];
        for (int place = 0; place < boxes.length; place++) {
            Set<Integer> behind = new HashSet<>();
            Arrays.stream(wiring.targets(place)).forEach(target -> behind.add(boxes[target]));
            Look look = new Look(words(looks).get(place), behind);
            Integer box = known.get(look);
            if (box == null && runs) {
                box = continued(look, firsts);
            }
            if (box != null && behind.contains(box) && !continues(place, box, boxes, continued)) {
                box = null;
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

    /**
     * Whether a node comes right behind one node of a box, and is the first to do so: what branches or joins is no run.
     */
    private boolean continues(int place, int box, int[] boxes, BitSet continued) {
        int[] before = Arrays.stream(wiring.targets(place))
                .filter(target -> boxes[target] == box)
                .distinct()
                .toArray();
        if (before.length != 1 || continued.get(before[0])) {
            return false;
        }
        continued.set(before[0]);
        return true;
    }

    /**
     * The box of alike nodes that a node comes right behind, with nothing else behind it that they haven't too; null
     * where there is none.
     */
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
            groups.computeIfAbsent(words(looks).get(place), look -> new HashSet<>())
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

    /** Nodes that look the same and are about as far from the leaves; the leaves by themselves. */
    private Partition bands(int[] depths, IntFunction<String> words, int count) {
        int deepest = Arrays.stream(depths).max().orElse(0);
        Map<Band, Integer> known = new HashMap<>();
        int[] boxes = new int[depths.length];
        for (int place = 0; place < boxes.length; place++) {
            int band = depths[place] == 0 ? 0 : 1 + (int) ((depths[place] - 1L) * count / deepest);
            boxes[place] = known.computeIfAbsent(new Band(words.apply(place), band), look -> known.size());
        }
        return new Partition(wiring, boxes);
    }

    /** What has to be equal for two nodes to share a box. */
    private record Look(String words, Set<Integer> behind) {}

    /** Where a node stands, and how it looks. */
    private record Band(String words, int depth) {}
}
