package io.afnio4j.autodiff;

import io.afnio4j.context.CallOff;
import io.afnio4j.context.Forgetting;
import io.afnio4j.error.CalledOffException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * A question that is asked unless its answer is kept, and whose answer is kept then. An operator of its own, because it
 * stands in the way of each call of a pass.
 */
final class KeptAnswer<T> extends Mono<T> {

    private final FunctionContext context;
    private final Object question;
    private final Mono<T> ask;

    KeptAnswer(FunctionContext context, Object question, Mono<T> ask) {
        this.context = context;
        this.question = question;
        this.ask = ask;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        @SuppressWarnings("unchecked") // nothing but a keeper of the same question keeps anything
        T kept = (T) context.answer(question);
        Context subscription = actual.currentContext();
        if (kept != null) {
            note(context, question, kept, subscription);
            Mono.just(kept).subscribe(actual);
        } else if (CallOff.isCalledOff(subscription)) {
            Operators.error(actual, new CalledOffException());
        } else {
            // A question that several share takes a place when it is asked, and not for each who waits.
            if (ask instanceof SharedAnswers.Once<T> once) {
                once.subscribe(new Keeper<>(context, question, once.question(), actual));
            } else {
                CallGate.ask(ask, new Keeper<>(context, question, null, actual));
            }
        }
    }

    private static void note(FunctionContext context, Object question, Object answer, Context subscription) {
        if (Forgetting.isIn(subscription)) {
            Forgetting.note(subscription, () -> Mono.fromRunnable(() -> context.forget(question, answer)));
        }
    }

    private static final class Keeper<T> implements CoreSubscriber<T> {

        private final FunctionContext context;
        private final Object question;
        private final @Nullable Object shared; // the question as others may have it
        private final CoreSubscriber<? super T> actual;
        private Subscription call = Operators.emptySubscription();
        private boolean failed;

        private Keeper(
                FunctionContext context, Object question, @Nullable Object shared, CoreSubscriber<? super T> actual) {
            this.context = context;
            this.question = question;
            this.shared = shared;
            this.actual = actual;
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            call = subscription;
            actual.onSubscribe(subscription);
        }

        @Override
        public void onNext(T answer) {
            try {
                context.keep(question, shared == null ? answer : new ForwardRecord.Shared(shared, answer));
                note(context, question, answer, currentContext());
                actual.onNext(answer);
            } catch (Throwable broken) { // the question's equals, or what is made of the answer
                failed = true;
                call.cancel();
                actual.onError(broken);
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (failed) {
                Operators.onErrorDropped(failure, currentContext());
            } else {
                actual.onError(failure);
            }
        }

        @Override
        public void onComplete() {
            if (!failed) {
                actual.onComplete();
            }
        }
    }
}
