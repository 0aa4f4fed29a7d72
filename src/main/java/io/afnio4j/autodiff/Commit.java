package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pass does once it is through: gradients are put in place together and in graph order, and what the graph kept
 * for it is given up.
 */
final class Commit {

    private final Plan plan;
    private final Slots slots;
    private final List<Runnable> retained = new ArrayList<>();
    private final BitSet asked = new BitSet(); // nodes that may keep answers

    Commit(Plan plan, Slots slots) {
        this.plan = plan;
        this.slots = slots;
    }

    /** Remembers the gradient of a variable that is no leaf but wants to have its own. */
    void retain(Variable variable, @Nullable Variable gradient) {
        if (gradient != null) {
            retained.add(() -> variable.accumulate(List.of(gradient)));
        }
    }

    /** Remembers that a node has asked. */
    void mayKeepAnswers(int node) {
        asked.set(node);
    }

    /** Puts all gradients in place; returns how many leaves got any. */
    int leaves() {
        int leaves = 0;
        for (int leaf = 0; leaf < plan.leaves(); leaf++) {
            List<Variable> gradients = slots.received(plan.leafInOrder(leaf));
            Variable variable = plan.node(plan.leafInOrder(leaf)).variable();
            if (variable != null && !gradients.isEmpty()) {
                variable.accumulate(gradients);
                leaves++;
            }
        }
        retained.forEach(Runnable::run);
        return leaves;
    }

    /** Nobody will ask again for what this pass has asked; and unless the graph is retained, for nothing at all. */
    void giveUp(boolean retainGraph) {
        if (retainGraph) {
            for (int node = asked.nextSetBit(0); node >= 0; node = asked.nextSetBit(node + 1)) {
                plan.node(node).forget();
            }
            return;
        }
        for (int place = 0; place < plan.needed(); place++) {
            plan.node(plan.inOrder(place)).release();
        }
    }
}
