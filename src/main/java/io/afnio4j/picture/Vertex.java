package io.afnio4j.picture;

import io.afnio4j.autodiff.Node;
import java.util.List;

/**
 * A box of a picture: a node, or several that look alike.
 *
 * @param kind what it stands for
 * @param title what is written in it: the node's name, or the role of a variable
 * @param made what the function made, in words; "" where the box stands for several that made different things, and for
 *     variables
 * @param nodes the nodes; none for the variable that the picture is of
 * @param targets the numbers of the boxes that its arrows lead to, in the order of the function's inputs, each once
 */
record Vertex(Kind kind, String title, String made, List<Node> nodes, List<Integer> targets) {

    /** What a box stands for. */
    enum Kind {
        /** The variable that the picture is of. */
        ROOT,
        /** A function. */
        FUNCTION,
        /** A variable that keeps gradients. */
        LEAF
    }

    /** The title, and how many nodes there are where it isn't one; on the next line, what the function made. */
    String label() {
        String counted = nodes.size() > 1 ? title + " × " + nodes.size() : title;
        return made.isEmpty() ? counted : counted + "\n" + made;
    }
}
