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

    @Nullable PassNode wayBack; // while planning: the node that led here first

    int explored; // while planning: how many edges have been followed
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
        if (slots == null && onlySlot == null) {
            return null;
        }
        List<@Nullable Variable> joined = new ArrayList<>(outputs);
        for (List<Variable> gradients : receivedByOutput(outputs)) {
            joined.add(Gradients.join(gradients));
        }
        return joined;
    }

    private List<List<Variable>> receivedByOutput(int outputs) {
        List<List<Variable>> received = new ArrayList<>(Collections.nCopies(outputs, List.of()));
        int[] outputOf = slotOutputs == null ? NO_SLOTS : slotOutputs;
        for (int slot = 0; slot < slotCount; slot++) {
            Variable gradient = slots == null ? onlySlot : slots[slot];
            if (gradient != null) {
                List<Variable> same = received.get(outputOf[slot]);
                if (same.isEmpty()) {
                    same = new ArrayList<>(1);
                    received.set(outputOf[slot], same);
                }
                Gradients.flatten(gradient, same);
            }
        }
        return received;
    }

    /** Lets go of the gradients. */
    void clear() {
        onlySlot = null;
        slots = null;
    }
}
