package io.afnio4j.autodiff;

import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Waits for the gradients of one node and brings them to the pass; an entry of the pass's list of nodes in flight. */
final class Answer extends BaseSubscriber<List<@Nullable Variable>> {

    final int node;

    @Nullable List<@Nullable Variable> gradients;

    boolean joins; // what comes is for the node, not from it

    @Nullable Throwable failure;

    @Nullable Answer previous;

    @Nullable Answer next;

    @Nullable Answer link; // in the inbox of the pass

    private final BackwardPass owner;
    private final Context context;

    Answer(BackwardPass owner, int node, Context context) {
        this.owner = owner;
        this.node = node;
        this.context = context;
    }

    /**
     * Starts to wait. A publisher that throws where it should tell is heard all the same: the pass would wait for ever.
     */
    void await(Mono<List<@Nullable Variable>> result) {
        Heard.by(this, result);
    }

    /** Stops to wait. A publisher that throws where it is cancelled can't keep others from being cancelled. */
    @Override
    public void dispose() {
        try {
            super.dispose();
        } catch (Throwable thrown) {
            Operators.onErrorDropped(thrown, context);
        }
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    protected void hookOnNext(List<@Nullable Variable> value) {
        gradients = value;
    }

    @Override
    protected void hookOnComplete() {
        owner.answered(this);
    }

    @Override
    protected void hookOnError(Throwable error) {
        failure = error;
        owner.answered(this);
    }
}
