package io.afnio4j.picture;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardListener;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.PassView;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import reactor.util.context.Context;

/**
 * Writes down what becomes of each node during one backward pass, when its calls are on their way, and what its
 * feedback costs: {@code root.backward(BackwardOptions.DEFAULTS.listener(record))}. Passes at the same time take one
 * each; of passes one after the other, such as those of a training, it is the record of the one that began last. It may
 * be read while the pass runs, from any thread.
 */
public final class PassRecord implements BackwardListener {

    private final LongSupplier nanoTime;
    private volatile PassNotes notes; // of the pass that began last

    public PassRecord() {
        this(System::nanoTime);
    }

    PassRecord(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.notes = new PassNotes(nanoTime);
    }

    @Override
    public BackwardListener begin(PassView pass) {
        PassNotes begun = new PassNotes(nanoTime);
        notes = begun;
        return begun;
    }

    @Override
    public void on(BackwardEvent event) {
        notes.on(event);
    }

    /** It has no use for words, so nothing is streamed for it. */
    @Override
    public boolean watchesWords() {
        return notes.watchesWords();
    }

    @Override
    public Context contextFor(Node node, Context context) {
        return notes.contextFor(node, context);
    }

    Snapshot snapshot() {
        return notes.snapshot();
    }

    /**
     * What a record holds at one moment.
     *
     * @param visits the nodes that have started, in the order in which they did
     * @param computed those that asked nobody
     * @param wall how long the pass took, or has taken until now, in nanoseconds
     * @param ending how it ended
     */
    record Snapshot(List<Visit> visits, Set<Node> computed, long wall, Ending ending) {}

    /** How a pass ended. */
    enum Ending {
        RUNNING("still runs"),
        SUCCEEDED("succeeded"),
        FAILED("failed"),
        /** Failed, but for what was put in place: all that could be reached was. */
        FAILED_PARTLY("failed in part"),
        CANCELLED("was cancelled");

        private final String words;

        Ending(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }

        /** Whether what hasn't been asked by now never will be. */
        boolean gaveUp() {
            return this == FAILED || this == CANCELLED;
        }
    }
}
