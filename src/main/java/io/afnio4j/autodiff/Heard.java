package io.afnio4j.autodiff;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;

/**
 * A call that is heard also where it throws what it should tell: Reactor lets errors of the JVM through, such as a
 * missing class or a recursion that doesn't end, and whoever waits for the answer on another thread would wait for
 * ever.
 */
final class Heard<T> extends MonoOperator<T, T> {

    Heard(Mono<T> call) {
        super(call);
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        by(actual, source);
    }

    /** Subscribes at once, for who needs no operator in between. */
    static <T> void by(CoreSubscriber<? super T> actual, Mono<T> call) {
        try {
            call.subscribe(actual);
        } catch (Throwable thrown) {
            actual.onError(thrown);
        }
    }
}
