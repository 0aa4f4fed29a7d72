package io.afnio4j.autodiff;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Answers on their way to a pass. Any thread may leave one; one thread at a time is at work and takes them. A stack of
 * links (Treiber 1986) whose end says whether anybody is at work: so one atomic step both leaves an answer and tells
 * who has to go to work for it, and nobody ever waits for anybody. An answer is left once.
 */
final class Inbox {

    private final Answer idle;

    /**
     * The last answer that was left; null where there is none and somebody is at work, as in the beginning;
     * {@link #idle} where nobody is.
     */
    private final AtomicReference<@Nullable Answer> last = new AtomicReference<>();

    private @Nullable Answer taken; // by whoever is at work, the oldest first

    /**
     * Opens an inbox; whoever does is at work.
     *
     * @param idle stands for nobody at work; it is no answer and is never left
     */
    Inbox(Answer idle) {
        this.idle = idle;
    }

    /**
     * Leaves an answer.
     *
     * @return whether nobody is at work: then the caller has to be
     */
    boolean leave(Answer answer) {
        while (true) {
            Answer before = last.get();
            answer.link = before == idle ? null : before;
            if (last.compareAndSet(before, answer)) {
                return before == idle;
            }
        }
    }

    /** The oldest answer, null where there is none; for whoever is at work. */
    @Nullable Answer take() {
        if (taken == null && last.get() != null) { // looking is cheaper than taking, and there is often nothing
            taken = oldestFirst(last.getAndSet(null));
        }
        Answer answer = taken;
        if (answer != null) {
            taken = answer.link;
            answer.link = null;
        }
        return answer;
    }

    private static @Nullable Answer oldestFirst(@Nullable Answer newest) {
        Answer done = null;
        for (Answer answer = newest; answer != null; ) {
            Answer older = answer.link;
            answer.link = done;
            done = answer;
            answer = older;
        }
        return done;
    }

    /** Throws away what is there. */
    void clear() {
        taken = null;
        last.set(null);
    }

    /**
     * Ends the work of whoever is at it.
     *
     * @return false where more has come: then it goes on
     */
    boolean rest() {
        return last.compareAndSet(null, idle);
    }
}
