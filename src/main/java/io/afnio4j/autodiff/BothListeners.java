package io.afnio4j.autodiff;

import reactor.util.context.Context;

/** Tells two listeners, neither of which can keep the other from hearing. */
record BothListeners(BackwardListener first, BackwardListener second) implements BackwardListener {

    BothListeners {
        first = SafeListener.of(first);
        second = SafeListener.of(second);
    }

    @Override
    public void on(BackwardEvent event) {
        first.on(event);
        second.on(event);
    }

    @Override
    public boolean watchesFeedback() {
        return first.watchesFeedback() || second.watchesFeedback();
    }

    @Override
    public boolean watchesWords() {
        return first.watchesWords() || second.watchesWords();
    }

    @Override
    public BackwardListener begin(PassView pass) {
        return new BothListeners(first.begin(pass), second.begin(pass));
    }

    @Override
    public Context contextFor(Node node, Context context) {
        return second.contextFor(node, first.contextFor(node, context));
    }
}
