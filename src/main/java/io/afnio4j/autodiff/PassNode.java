package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one pass knows of one node: who waits for whom, and the gradients that have come so far. Each incoming edge has a slot, numbered in
 * graph order, so that it doesn't matter which gradient comes first.
 */
final class PassNode {

    static final PassNode[] NO_TARGETS = new PassNode[0];
    static final int[] NO_SLOTS = new int[0];

    final @Nullable Node node; // null for the root of all roots
    final @Nullable PassNode[] targets; // by edge; null where no gradient is needed
    final int[] targetSlots; // by edge: the slot at the target
    boolean needed;
    int rank; // model calls on the longest path from here to a leaf
    int order; // place in graph order
    private int slotCount;
    private int open; // slots that nothing has come for yet
    private @Nullable Variable onlySlot;
    private @Nullable Variable @Nullable [] slots;
    private int @Nullable [] slotOutputs; // the output that a slot belongs to, where the node has several

    PassNode(@Nullable Node node, int edges) {
        this.node = node;
        this.targets = edges == 0 ? NO_TARGETS : new PassNode[edges];
        this.targetSlots = edges == 0 ? NO_SLOTS : new int[edges];
    }

    /** Opens a slot for one more incoming edge. */
    int addSlot(int outputNr) {
        int slot = slotCount++;
        open++;
        if (node != null && node.outputs() > 1) {
            int[] outputs = slotOutputs == null ? new int[node.outputs()] : slotOutputs;
            slotOutputs = slot < outputs.length ? outputs : Arrays.copyOf(outputs, slot * 2);
            slotOutputs[slot] = outputNr;
        }
        return slot;
    }

    /** Fills a slot; returns whether it was the last open one. */
    boolean receive(int slot, @Nullable Variable gradient) {
        if (slotCount == 1) {
            onlySlot = gradient;
        } else if (gradient != null) {
            if (slots == null) {
                slots = new Variable[slotCount];
            }
            slots[slot] = gradient;
        }
        return --open == 0;
    }

    /** All that came, bundles taken apart, in graph order. */
    List<Variable> received() {
        List<Variable> all = new ArrayList<>(1);
        if (onlySlot != null) {
            Gradients.flatten(onlySlot, all);
        }
        if (slots != null) {
            for (Variable gradient : slots) {
                if (gradient != null) {
                    Gradients.flatten(gradient, all);
                }
            }
        }
        return all;
    }

    /** One gradient per output of the node, null where none came; null altogether where nothing came at all. */
    @Nullable List<@Nullable Variable> joined() {
        int outputs = node == null ? 0 : node.outputs();
        if (outputs == 1) {
            Variable gradient =
                    slots == null && !(onlySlot instanceof GradientBundle) ? onlySlot : Gradients.join(received());
            return gradient == null ? null : Collections.<@Nullable Variable>singletonList(gradient);
        }
        List<@Nullable Variable> joined = new ArrayList<>(outputs);
        boolean any = false;
        for (int output = 0; output < outputs; output++) {
            Variable gradient = Gradients.join(receivedFor(output));
            joined.add(gradient);
            any |= gradient != null;
        }
        return any ? joined : null;
    }

    private List<Variable> receivedFor(int output) {
        List<Variable> found = new ArrayList<>();
        int[] outputs = slotOutputs == null ? NO_SLOTS : slotOutputs;
        if (slots == null) {
            if (onlySlot != null && outputs[0] == output) {
                Gradients.flatten(onlySlot, found);
            }
            return found;
        }
        for (int slot = 0; slot < slots.length; slot++) {
            Variable gradient = slots[slot];
            if (gradient != null && outputs[slot] == output) {
                Gradients.flatten(gradient, found);
            }
        }
        return found;
    }

    /** Lets go of the gradients. */
    void clear() {
        onlySlot = null;
        slots = null;
    }
}
