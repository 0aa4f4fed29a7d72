package io.afnio4j.picture;

import io.afnio4j.autodiff.GradientEdge;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.Variable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A graph in numbers: each node has its place, behind all that its gradients go to; so the last one is where feedback
 * begins.
 */
final class Wiring {

    private final List<Node> nodes;
    private final int[][] targets;

    private Wiring(List<Node> nodes, int[][] targets) {
        this.nodes = nodes;
        this.targets = targets;
    }

    static Wiring of(Variable root) {
        List<Node> nodes = Walk.leavesFirst(root);
        Map<Node, Integer> places = new HashMap<>();
        int[][] targets = new int[nodes.size()][];
        for (int place = 0; place < targets.length; place++) {
            targets[place] = nodes.get(place).nextFunctions().stream()
                    .map(GradientEdge::node)
                    .filter(Objects::nonNull)
                    .mapToInt(node -> Objects.requireNonNull(places.get(node)))
                    .toArray();
            places.put(nodes.get(place), place);
        }
        return new Wiring(nodes, targets);
    }

    List<Node> nodes() {
        return nodes;
    }

    /** The places of those that a node's gradients go to, in the order of the function's inputs. */
    int[] targets(int place) {
        return targets[place];
    }

    int size() {
        return targets.length;
    }

    /** By node, how many steps the longest way to a leaf takes. */
    int[] depths() {
        int[] depths = new int[size()];
        for (int place = 0; place < depths.length; place++) {
            for (int target : targets[place]) {
                depths[place] = Math.max(depths[place], depths[target] + 1);
            }
        }
        return depths;
    }
}
