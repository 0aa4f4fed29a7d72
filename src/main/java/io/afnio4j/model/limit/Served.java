package io.afnio4j.model.limit;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * How many calls a provider has been seen to serve at a time. Whoever refuses a call does so soon: one that has been on
 * its way for twice as long as refusals take was let in.
 *
 * <p>Not thread-safe: its owner asks under a lock. All times are in nanoseconds.
 */
final class Served {

    private final Set<Flight> young =
            new LinkedHashSet<>(); // on their way, the oldest first, and not known to be served
    private long refusedWithin; // what refusals take, of late
    private int now;
    private int most;

    /** A call is sent. */
    Flight sent(long time) {
        Flight flight = new Flight(time);
        young.add(flight);
        return flight;
    }

    /** A call is over, whatever came of it. */
    void over(Flight flight, long time) {
        look(time);
        if (!young.remove(flight)) {
            now--;
        }
    }

    /** A call was refused; it isn't over yet. */
    void refused(Flight flight, long time) {
        refusedWithin = Math.max(time - flight.sentAt, refusedWithin - refusedWithin / 8);
        look(time);
    }

    private void look(long time) {
        if (refusedWithin == 0) {
            return;
        }
        for (Iterator<Flight> each = young.iterator(); each.hasNext(); now++) {
            if (time - each.next().sentAt <= 2 * refusedWithin) {
                break;
            }
            each.remove();
        }
        most = Math.max(most, now);
    }

    /** The most that were served at a time, as far as was seen. */
    int most() {
        return most;
    }

    /** What was seen before says nothing any more. */
    void forget() {
        most = now;
    }

    /** A call on its way. */
    static final class Flight {

        final long sentAt;

        private Flight(long time) {
            this.sentAt = time;
        }
    }
}
