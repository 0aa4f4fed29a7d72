package io.afnio4j.model.limit;

import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * When a call came, shared by its attempts: who has to come back stands where it stood, not behind those who came
 * since. So no call is refused again and again while others pass it. Guarded by the lock of the queue.
 */
final class Arrival {

    private long number = -1;

    static Context in(Context context) {
        return context.put(Arrival.class, new Arrival());
    }

    static @Nullable Arrival of(ContextView context) {
        return context.getOrDefault(Arrival.class, null);
    }

    long number(long otherwise) {
        if (number < 0) {
            number = otherwise;
        }
        return number;
    }
}
