package io.afnio4j.autodiff;

import io.afnio4j.error.BrokenListener;
import reactor.util.context.Context;

/**
 * A listener that can break neither the pass nor another listener: what it throws is dropped, and what it fails to give
 * is done without.
 */
final class SafeListener implements BackwardListener {

    private final BackwardListener listener;
    private final Context context; // where Reactor looks for a hook that takes dropped errors

    private SafeListener(BackwardListener listener, Context context) {
        this.listener = listener;
        this.context = context;
    }

    static BackwardListener of(BackwardListener listener) {
        boolean safe = listener instanceof SafeListener || listener instanceof BothListeners; // which makes both safe
        return safe ? listener : new SafeListener(listener, Context.empty());
    }

    @Override
    public void on(BackwardEvent event) {
        BrokenListener.survive(context, () -> listener.on(event));
    }

    @Override
    public BackwardListener begin(PassView pass) {
        Context own = Context.of(pass.context());
        return new SafeListener(BrokenListener.given(own, listener, () -> listener.begin(pass)), own);
    }

    @Override
    public boolean watchesFeedback() {
        return BrokenListener.given(context, false, listener::watchesFeedback);
    }

    @Override
    public boolean watchesWords() {
        return BrokenListener.given(context, false, listener::watchesWords);
    }

    @Override
    public Context contextFor(Node node, Context own) {
        return BrokenListener.given(context, own, () -> listener.contextFor(node, own));
    }
}
