package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * What all functions of one backward pass were answered: a question that comes up at several nodes, or for several samples, is asked once. Each pass has answers
 * of its own, which end with it. What functions keep for a second try after a failure is in their {@link FunctionContext#once}.
 */
public final class SharedAnswers {

    private final ConcurrentMap<Object, Call<?>> byQuestion;

    private SharedAnswers(int nodes) {
        this.byQuestion = new ConcurrentHashMap<>(nodes); // takes its space with the first question
    }

    /** Opens the answers of a pass over so many nodes. */
    static Context in(Context context, int nodes) {
        return context.put(SharedAnswers.class, new SharedAnswers(nodes));
    }

    /**
     * Asks, unless another function of the same pass has asked the same. Who asks first lends the call its context, and waits at the
     * pass's {@linkplain BackwardOptions#maxConcurrency limit} for all; answer and failure are for all. The call is cancelled when nobody waits for it any more.
     *
     * @param subscription the context of the subscription
     * @param question what the answer depends on, all of it; compared with {@code equals}, and kept until the pass ends
     * @param ask asks
     * @param <T> the answer's type
     * @return the answer
     */
    public static <T> Mono<T> once(ContextView subscription, Object question, Mono<T> ask) {
        SharedAnswers answers = subscription.getOrDefault(SharedAnswers.class, null);
        return answers == null ? ask : new Once<>(answers, question, ask);
    }

    /** An operator and not {@link Mono#create}, because it stands in the way of each call and nearly all of them wait alone. */
    static final class Once<T> extends Mono<T> {

        private final SharedAnswers answers;
        private final Object question;
        private final Mono<T> ask;

        private Once(SharedAnswers answers, Object question, Mono<T> ask) {
            this.answers = answers;
            this.question = question;
            this.ask = ask;
        }

        /** Lets whoever asks the same in this pass have an answer that is kept from an earlier one. */
        void share(T answer) {
            Call<T> answered = new Call<>(answers, question, Context.empty());
            answered.onNext(answer);
            answered.onComplete();
            var unused = answers.placed(answered);
        }

        @Override
        public void subscribe(CoreSubscriber<? super T> actual) {
            Waiting<T> waiting = new Waiting<>(actual);
            actual.onSubscribe(waiting);
            Call<T> call;
            Call<T> own;
            do {
                own = new Call<>(answers, question, actual.currentContext());
                call = answers.placed(own);
            } while (!call.join(waiting)); // again where the last one who waited has just left
            if (call == own && own.isWanted()) {
                CallGate.through(ask, actual.currentContext()).subscribe(own);
            }
        }
    }

    /** The call that is made for its question: an earlier one, or else this. */
    private <T> Call<T> placed(Call<T> own) {
        @SuppressWarnings("unchecked") // equal questions are asked for the same type
        Call<T> earlier = (Call<T>) byQuestion.putIfAbsent(own.question, own);
        return earlier == null ? own : earlier;
    }

    /** One call and those who wait for it. */
    private static final class Call<T> implements CoreSubscriber<T> {

        private final SharedAnswers owner;
        private final Object question;
        private final Context context;

        // From here on: guarded by this.
        private @Nullable Waiting<T> first; // mostly the only one
        private @Nullable List<Waiting<T>> others;
        private @Nullable Subscription upstream;
        private @Nullable T answer;
        private @Nullable Throwable failure;
        private boolean answered;
        private boolean abandoned;

        private Call(SharedAnswers owner, Object question, Context context) {
            this.owner = owner;
            this.question = question;
            this.context = context;
        }

        /** Takes part; false where the call is no longer made. */
        private boolean join(Waiting<T> waiting) {
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

        private synchronized boolean isWanted() {
            return !abandoned;
        }

        private void add(Waiting<T> waiting) {
            if (first == null && others == null) {
                first = waiting;
            } else {
                others = others == null ? new ArrayList<>(1) : others;
                others.add(waiting);
            }
        }

        private void leave(Waiting<T> waiting) {
            Subscription call;
            synchronized (this) {
                first = first == waiting ? null : first;
                if (others != null) {
                    others.remove(waiting);
                }
                if (answered || abandoned || first != null || (others != null && !others.isEmpty())) {
                    return;
                }
                abandoned = true;
                call = upstream;
            }
            owner.byQuestion.remove(question, this);
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
            Waiting<T> one;
            List<Waiting<T>> more;
            synchronized (this) {
                if (answered) { // and then it threw
                    return;
                }
                failure = error;
                answered = true;
                upstream = null;
                one = first;
                more = others;
                first = null;
                others = null;
            }
            if (one != null) {
                one.tell(this);
            }
            if (more != null) {
                more.forEach(each -> each.tell(this));
            }
        }
    }

    /** Somebody who waits for an answer. The number says how far that has come. */
    private static final class Waiting<T> extends AtomicInteger implements Subscription {

        private static final long serialVersionUID = 1L;

        private static final int REQUESTED = 1;
        private static final int ANSWERED = 2; // and not yet requested
        private static final int OVER = 3;

        private final transient CoreSubscriber<? super T> actual;
        private transient volatile @Nullable Call<T> call;

        private Waiting(CoreSubscriber<? super T> actual) {
            this.actual = actual;
        }

        private boolean isOver() {
            return get() == OVER;
        }

        @Override
        public void request(long n) {
            if (Operators.validate(n) && !compareAndSet(0, REQUESTED) && compareAndSet(ANSWERED, OVER)) {
                Call<T> answered = call; // who has told of the answer has joined before
                emit(answered == null ? null : answered.answer);
            }
        }

        @Override
        public void cancel() {
            if (getAndSet(OVER) != OVER) {
                Call<T> left = call;
                if (left != null) {
                    left.leave(this);
                }
            }
        }

        private void tell(Call<T> from) {
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
