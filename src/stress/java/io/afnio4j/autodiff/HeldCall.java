package io.afnio4j.autodiff;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/** A call that ends when the scene says so. */
final class HeldCall extends Mono<String> implements Subscription {

    final AtomicInteger asked = new AtomicInteger();
    volatile boolean cancelled;
    private volatile @Nullable CoreSubscriber<? super String> caller;

    @Override
    public void subscribe(CoreSubscriber<? super String> actual) {
        asked.incrementAndGet();
        caller = actual;
        actual.onSubscribe(this);
    }

    @Override
    public void request(long n) {}

    @Override
    public void cancel() {
        cancelled = true;
    }

    boolean isAsked() {
        return asked.get() == 1;
    }

    void answer() {
        CoreSubscriber<? super String> to = caller();
        to.onNext("answer");
        to.onComplete();
    }

    void fail() {
        caller().onError(new IllegalStateException("down"));
    }

    private CoreSubscriber<? super String> caller() {
        CoreSubscriber<? super String> to = caller;
        if (to == null) {
            throw new AssertionError("The call was not made.");
        }
        return to;
    }

    static void check(boolean holds, String rule) {
        if (!holds) {
            throw new AssertionError(rule);
        }
    }
}
