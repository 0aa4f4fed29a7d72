package io.afnio4j.autodiff;

import io.afnio4j.error.BrokenListener;
import java.util.Objects;
import java.util.function.Supplier;
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
        return new SafeListener(given(own, listener, () -> listener.begin(pass)), own);
    }

    @Override
    public boolean watchesFeedback() {
        return given(context, false, listener::watchesFeedback);
    }

    @Override
    public boolean watchesWords() {
        return given(context, false, listener::watchesWords);
    }

    @Override
    public Context contextFor(Node node, Context own) {
        return given(context, own, () -> listener.contextFor(node, own));
    }

    private static <T> T given(Context context, T otherwise, Supplier<T> asked) {
        try {
            return Objects.requireNonNull(asked.get(), "A listener gave null.");
        } catch (Throwable broken) {
            BrokenListener.drop(context, broken);
            return otherwise;
        }
    }
}
