package io.afnio4j.autodiff;

import io.afnio4j.error.BrokenListener;
import io.afnio4j.error.CalledOffException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** Tells the listener of one pass what happens, and keeps the time for it. */
final class PassWatch implements BackwardListener {

    private static final Object NODE = PassWatch.class;

    private final Plan plan;
    private BackwardListener listener;
    private final long[] startedAt; // by node, nanoseconds
    private final long begun = System.nanoTime();
    private Context context = Context.empty();
    private int asked;
    private int skipped;
    private long waited; // nanoseconds, summed over the nodes

    PassWatch(Plan plan, BackwardListener listener) {
        this.plan = plan;
        this.listener = SafeListener.of(listener);
        this.startedAt = new long[plan.size()];
    }

    /** Lets the functions of the pass find the listener, where it wants to hear from them. */
    Context in(Context subscription) {
        context = listener.watchesFeedback() ? subscription.put(BackwardListener.class, this) : subscription;
        return context;
    }

    void open(PassView pass) {
        listener = listener.begin(pass);
    }

    void planned() {
        int calls = 0;
        for (int place = 0; place < plan.needed(); place++) {
            calls += expectedCalls(plan.inOrder(place));
        }
        on(new BackwardEvent.Planned(plan.needed(), calls, Math.max(0, plan.rank(Plan.ROOT))));
    }

    /**
     * A function that can't say how many there are can't break the pass either: nobody asks it where nobody watches.
     */
    private int expectedCalls(int number) {
        return BrokenListener.given(context, 0, () -> plan.node(number).expectedCalls(context, plan.leftOut(number)));
    }

    void started(int number, Node node) {
        asked++;
        startedAt[number] = System.nanoTime();
        on(new BackwardEvent.NodeStarted(node));
    }

    void finished(int number, Node node) {
        waited += System.nanoTime() - startedAt[number];
        on(new BackwardEvent.NodeFinished(node));
    }

    void skipped(Node node) {
        skipped++;
        on(new BackwardEvent.NodeSkipped(node));
    }

    void failed(int number, Node node, Throwable cause) {
        waited += startedAt[number] == 0 ? 0 : System.nanoTime() - startedAt[number];
        on(
                cause instanceof CalledOffException
                        ? new BackwardEvent.NodeSkipped(node)
                        : new BackwardEvent.NodeFailed(node, cause));
    }

    void ended(int leaves) {
        on(new BackwardEvent.Finished(
                leaves, asked, skipped, Duration.ofNanos(System.nanoTime() - begun), Duration.ofNanos(waited)));
    }

    @Override
    public void on(BackwardEvent event) {
        listener.on(event);
    }

    @Override
    public boolean watchesWords() {
        return listener.watchesWords();
    }

    @Override
    public Context contextFor(Node node, Context own) {
        return listener.contextFor(node, listener.watchesFeedback() ? own.put(NODE, node) : own);
    }

    /** The leaf that is an input of a function whose feedback somebody watches, or null. */
    static @Nullable Variable leaf(ContextView subscription, FunctionContext of, int input) {
        Object node = subscription.getOrDefault(NODE, null);
        if (node instanceof FunctionNode own && own.isOf(of)) { // and not that of a pass around an unwatched one
            Node source = own.edge(input).node();
            return source == null ? null : source.variable();
        }
        return null;
    }
}
