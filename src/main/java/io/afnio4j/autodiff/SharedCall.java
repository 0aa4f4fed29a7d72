package io.afnio4j.autodiff;

import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** One call and those who wait for it, as a linked list, so that one of many thousands leaves at once. */
final class SharedCall<T> implements CoreSubscriber<T> {

    private final ConcurrentMap<Object, SharedCall<?>> among; // until nobody waits any more
    final Object question;
    private final Context context;

    // From here on: guarded by this.
    private @Nullable Waiting<T> first; // mostly the only one
    private @Nullable Waiting<T> last;
    private @Nullable Subscription upstream;
    private @Nullable T answer;
    private @Nullable Throwable failure;
    private boolean answered;
    private boolean abandoned;

    SharedCall(ConcurrentMap<Object, SharedCall<?>> among, Object question, Context context) {
        this.among = among;
        this.question = question;
        this.context = context;
    }

    /** Takes part; false where the call is no longer made. */
    boolean join(Waiting<T> waiting) {
        boolean late;
        synchronized (this) {
            if (abandoned) {
                return false;
            }
            late = answered;
            waiting.call = this;
            if (!late) {
                add(waiting);
            }
        }
        if (late) {
            waiting.tell(this);
        } else if (waiting.isOver()) { // it was cancelled before it knew what to leave
            leave(waiting);
        }
        return true;
    }

    synchronized boolean isWanted() {
        return !abandoned;
    }

    private void add(Waiting<T> waiting) {
        waiting.before = last;
        if (last == null) {
            first = waiting;
        } else {
            last.after = waiting;
        }
        last = waiting;
    }

    private void remove(Waiting<T> waiting) {
        if (waiting.before == null && first != waiting) {
            return; // it has left before
        }
        if (waiting.before == null) {
            first = waiting.after;
        } else {
            waiting.before.after = waiting.after;
        }
        if (waiting.after == null) {
            last = waiting.before;
        } else {
            waiting.after.before = waiting.before;
        }
        waiting.before = null;
        waiting.after = null;
    }

    private void leave(Waiting<T> waiting) {
        Subscription call;
        synchronized (this) {
            if (answered || abandoned) {
                return;
            }
            remove(waiting);
            if (first != null) {
                return;
            }
            abandoned = true;
            call = upstream;
        }
        among.remove(question, this);
        if (call != null) {
            call.cancel();
        }
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    public void onSubscribe(Subscription call) {
        boolean unwanted;
        synchronized (this) {
            upstream = call;
            unwanted = abandoned;
        }
        if (unwanted) {
            call.cancel();
        } else {
            call.request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(T value) {
        synchronized (this) {
            answer = value;
        }
    }

    @Override
    public void onError(Throwable error) {
        end(error);
    }

    @Override
    public void onComplete() {
        end(null);
    }

    private void end(@Nullable Throwable error) {
        Waiting<T> told;
        synchronized (this) {
            if (answered) { // and then it threw
                return;
            }
            failure = error;
            answered = true;
            upstream = null;
            told = first;
            first = null;
            last = null;
        }
        for (; told != null; told = told.after) { // nobody leaves any more
            told.tell(this);
        }
    }

    /** Somebody who waits for an answer. The number says how far that has come. */
    static final class Waiting<T> extends AtomicInteger implements Subscription {

        private static final long serialVersionUID = 1L;

        private static final int REQUESTED = 1;
        private static final int ANSWERED = 2; // and not yet requested
        private static final int OVER = 3;

        private final transient CoreSubscriber<? super T> actual;
        private transient volatile @Nullable SharedCall<T> call;

        // Guarded by the call.
        private transient @Nullable Waiting<T> before;
        private transient @Nullable Waiting<T> after;

        Waiting(CoreSubscriber<? super T> actual) {
            this.actual = actual;
        }

        private boolean isOver() {
            return get() == OVER;
        }

        @Override
        public void request(long n) {
            if (Operators.validate(n) && !compareAndSet(0, REQUESTED) && compareAndSet(ANSWERED, OVER)) {
                SharedCall<T> answered = call; // who has told of the answer has joined before
                emit(answered == null ? null : answered.answer);
            }
        }

        @Override
        public void cancel() {
            if (getAndSet(OVER) != OVER) {
                SharedCall<T> left = call;
                if (left != null) {
                    left.leave(this);
                }
            }
        }

        private void tell(SharedCall<T> from) {
            Throwable failure = from.failure;
            if (failure != null) {
                if (getAndSet(OVER) != OVER) {
                    actual.onError(failure);
                }
            } else if (compareAndSet(REQUESTED, OVER)
                    || (!compareAndSet(0, ANSWERED) && compareAndSet(REQUESTED, OVER))) {
                emit(from.answer);
            }
        }

        /** An error of the JVM in what one of them makes of the answer is his alone: the others are to be told. */
        private void emit(@Nullable T answer) {
            try {
                if (answer != null) {
                    actual.onNext(answer);
                }
            } catch (Throwable broken) {
                actual.onError(broken);
                return;
            }
            actual.onComplete();
        }
    }
}
