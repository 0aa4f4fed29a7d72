package io.afnio4j.autodiff;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * What all functions of one backward pass were answered: a question that comes up at several nodes, or for several
 * samples, is asked once. Each pass has answers of its own, which end with it. What functions keep for a second try
 * after a failure is in their {@link FunctionContext#once}; a pass begins with what all of its nodes keep in this way,
 * so that it doesn't matter which of those who ask the same comes first.
 */
public final class SharedAnswers {

    private final ConcurrentMap<Object, SharedCall<?>> byQuestion;

    /** Tells what is kept from earlier passes; null once it was heard. */
    private volatile @Nullable Consumer<BiConsumer<Object, Object>> kept;

    private SharedAnswers(int nodes, Consumer<BiConsumer<Object, Object>> kept) {
        this.byQuestion = new ConcurrentHashMap<>(nodes); // takes its space with the first question
        this.kept = kept;
    }

    /**
     * Opens the answers of a pass.
     *
     * @param nodes how many it visits
     * @param kept tells questions and answers that are kept from earlier passes, of equal questions the one first that
     *     counts
     */
    static Context in(Context context, int nodes, Consumer<BiConsumer<Object, Object>> kept) {
        return context.put(SharedAnswers.class, new SharedAnswers(nodes, kept));
    }

    /**
     * Asks, unless another function of the same pass has asked the same. Who asks first lends the call its context, and
     * waits at the pass's {@linkplain BackwardOptions#maxConcurrency limit} for all; answer and failure are for all.
     * The call is cancelled when nobody waits for it any more.
     *
     * @param subscription the context of the subscription
     * @param question what the answer depends on, all of it, and of which type it is; compared with {@code equals}, and
     *     kept until the pass ends
     * @param ask asks
     * @param <T> the answer's type
     * @return the answer
     */
    public static <T> Mono<T> once(ContextView subscription, Object question, Mono<T> ask) {
        SharedAnswers answers = subscription.getOrDefault(SharedAnswers.class, null);
        return answers == null ? ask : new Once<>(answers, question, ask);
    }

    /**
     * An operator and not {@link Mono#create}, because it stands in the way of each call and nearly all of them wait
     * alone.
     */
    static final class Once<T> extends Mono<T> {

        private final SharedAnswers answers;
        private final Object question;
        private final Mono<T> ask;

        private Once(SharedAnswers answers, Object question, Mono<T> ask) {
            this.answers = answers;
            this.question = question;
            this.ask = ask;
        }

        Object question() {
            return question;
        }

        @Override
        public void subscribe(CoreSubscriber<? super T> actual) {
            SharedCall.Waiting<T> waiting = new SharedCall.Waiting<>(actual);
            actual.onSubscribe(waiting);
            SharedCall<T> call;
            SharedCall<T> own;
            do {
                own = new SharedCall<>(answers.byQuestion, question, actual.currentContext());
                call = answers.placed(own);
            } while (!call.join(waiting)); // again where the last one who waited has just left
            if (call == own && own.isWanted()) {
                CallGate.ask(ask, own);
            }
        }
    }

    /** The call that is made for its question: an earlier one, or else this. */
    private <T> SharedCall<T> placed(SharedCall<T> own) {
        hearWhatIsKept();
        @SuppressWarnings("unchecked") // equal questions are asked for the same type
        SharedCall<T> earlier = (SharedCall<T>) byQuestion.putIfAbsent(own.question, own);
        return earlier == null ? own : earlier;
    }

    /** With the first question and not before: most passes have none, or nothing that is kept. */
    private void hearWhatIsKept() {
        if (kept == null) {
            return;
        }
        synchronized (this) {
            Consumer<BiConsumer<Object, Object>> unheard = kept;
            if (unheard != null) {
                unheard.accept((question, answer) -> {
                    SharedCall<Object> answered = new SharedCall<>(byQuestion, question, Context.empty());
                    answered.onNext(answer);
                    answered.onComplete();
                    byQuestion.putIfAbsent(question, answered);
                });
                kept = null;
            }
        }
    }
}
