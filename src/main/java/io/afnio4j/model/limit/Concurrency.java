package io.afnio4j.model.limit;

/**
 * How many calls may be in flight.
 *
 * <p>A fixed number is kept to, but for refusals: each takes a place away, and each good answer gives an eighth of one
 * back. So a provider that serves twenty calls at a time is offered one more after eight answers. Where nobody has been
 * refused for {@value #QUIET_ROUNDS} rounds, or where all were refused and somebody gets through, each good answer
 * gives a whole place back: they double in a round. A refusal takes nothing away while fewer calls are in flight than
 * the provider {@linkplain Served has served}, for then it has other reasons; only where a third of the answers are
 * such refusals, what it served before counts no more.
 *
 * <p>An adaptive number starts at {@value #FIRST} and grows by one with each good answer, so that it doubles in a
 * round, until something says that it is enough. From then on each answer adds the inverse of its square root, so that
 * it grows by the root in a round. A throttled answer takes a tenth away. So does a round of answers whose mean latency
 * is more than double of what is usual, and up to half. What is usual follows slowly upwards and fast downwards.
 * (Additive increase and multiplicative decrease as in TCP; the gradient of latencies as in Netflix's
 * concurrency-limits.)
 *
 * <p>Not thread-safe: its owner asks under a lock.
 */
final class Concurrency {

    private static final int FIRST = 16;
    private static final double GAIN = 1.0 / 8;
    private static final int QUIET_ROUNDS = 4;
    private static final int STRIKE = 2; // a good answer takes one back
    private static final int MOST_STRIKES = 32;
    private static final double THROTTLE_FACTOR = 0.9;
    private static final double TOLERANCE = 2;
    private static final double HARDEST = 0.5;

    private final int most;
    private final boolean adaptive;
    private double places;
    private final Served served = new Served();
    private int quiet; // good answers since the last refusal
    private boolean reopening;
    private int strikes;
    private boolean trying;
    private double usual;
    private int round;
    private double sum;
    private int count;

    Concurrency(int most, boolean adaptive) {
        this.most = most;
        this.adaptive = adaptive;
        this.trying = adaptive;
        this.places = adaptive ? Math.min(most, FIRST) : most;
        this.round = places();
    }

    int places() {
        return (int) places;
    }

    /** A call is sent; it is to be {@link #over} one day. */
    Served.Flight sent(long time) {
        return served.sent(time);
    }

    /** A call gives its place back. */
    void over(Served.Flight call, long time) {
        served.over(call, time);
    }

    /**
     * An answer came.
     *
     * @param latency how long it took, in nanoseconds
     * @param inFlight how many were in flight with it: nothing is learnt about places that weren't used
     */
    void answered(long latency, int inFlight) {
        if (!adaptive) {
            giveBack();
            return;
        }
        if (inFlight * 2 >= places) {
            places = Math.min(most, places + (trying ? 1 : 1 / Math.sqrt(places)));
        }
        sum += latency;
        if (++count >= round) {
            endRound(sum / count);
        }
    }

    private void giveBack() {
        quiet++;
        strikes = Math.max(0, strikes - 1);
        reopening |= quiet > QUIET_ROUNDS * places;
        places = Math.min(most, places + (reopening ? 1 : GAIN));
    }

    private void endRound(double mean) {
        usual = usual == 0 ? mean : usual + (mean - usual) * (mean < usual ? 0.5 : 0.05);
        if (mean > TOLERANCE * usual) {
            shrink(Math.max(HARDEST, Math.min(THROTTLE_FACTOR, TOLERANCE * usual / mean)));
        }
        round = places();
        sum = 0;
        count = 0;
    }

    /**
     * The provider refused a call because too many came.
     *
     * @param call which one
     * @param time when
     * @param others how many are in flight beside it
     */
    void throttled(Served.Flight call, long time, int others) {
        if (adaptive) {
            shrink(THROTTLE_FACTOR);
        } else {
            takeAway(call, time, others);
        }
    }

    /**
     * The provider served none of a call and didn't say why. It may have too many, so this counts where the number is
     * fixed.
     */
    void unavailable(Served.Flight call, long time, int others) {
        if (!adaptive) {
            takeAway(call, time, others);
        }
    }

    private void takeAway(Served.Flight call, long time, int others) {
        served.refused(call, time);
        quiet = 0;
        reopening = others == 0; // this says nothing of how many are too many
        if (others >= served.most() || isStruckOut()) {
            places = Math.max(1, places - 1);
        }
    }

    private boolean isStruckOut() {
        strikes += STRIKE;
        if (strikes <= MOST_STRIKES) {
            return false;
        }
        served.forget();
        strikes = 0;
        return true;
    }

    private void shrink(double factor) {
        trying = false;
        places = Math.max(1, places * factor);
    }
}
