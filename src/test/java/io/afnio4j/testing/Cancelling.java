package io.afnio4j.testing;

import io.afnio4j.error.Together;

/** The rule of work that cancels what is on its way as soon as a part of it fails, as some backward passes do. */
public final class Cancelling implements Together.AfterFailure {

    @Override
    public boolean cancelsOthers() {
        return true;
    }

    @Override
    public void onFailure() {}
}
