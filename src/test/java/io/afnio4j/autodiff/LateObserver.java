package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.List;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** Looks on, and asks for nothing before the test does. */
final class LateObserver<T> extends BaseSubscriber<T> {

    final List<T> seen = new ArrayList<>();

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        // asks for nothing yet
    }

    @Override
    protected void hookOnNext(T event) {
        seen.add(event);
    }
}
