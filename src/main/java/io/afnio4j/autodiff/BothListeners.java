package io.afnio4j.autodiff;

import reactor.util.context.Context;

/** Tells two listeners. */
record BothListeners(BackwardListener first, BackwardListener second) implements BackwardListener {

    @Override
    public void on(BackwardEvent event) {
        try {
            first.on(event);
        } finally {
            second.on(event);
        }
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
