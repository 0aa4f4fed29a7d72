package io.afnio4j.model;

/** Two listeners to the same calls; the second one hears also where the first one throws. */
record BothCallListeners(CallListener first, CallListener second) implements CallListener {

    @Override
    public void on(CallEvent event) {
        try {
            first.on(event);
        } finally {
            second.on(event);
        }
    }

    @Override
    public boolean watchesWords() {
        return first.watchesWords() || second.watchesWords();
    }
}
