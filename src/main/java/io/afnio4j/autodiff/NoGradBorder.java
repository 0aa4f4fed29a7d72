package io.afnio4j.autodiff;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.util.context.Context;

/**
 * The border of an unwatched pipeline. Calls that go up through it run with grad mode off on their thread, so all that
 * the pipeline does at once is unwatched; signals that come down run in the mode that was on outside. What the pipeline
 * does on other threads is reached by the {@code Context} alone, which pure functions can't see: a variable that was
 * watched there is detached when it leaves.
 */
final class NoGradBorder<T> implements CoreSubscriber<T>, Subscription {

    private final CoreSubscriber<? super T> outside;
    private final Context context;
    private final int firstNode = Node.nextSequenceNr();
    private @Nullable Subscription upstream;

    private NoGradBorder(CoreSubscriber<? super T> outside) {
        this.outside = outside;
        this.context = GradMode.in(outside.currentContext(), false);
    }

    static <T> Mono<T> around(Mono<T> pipeline) {
        return new MonoOperator<T, T>(pipeline) {
            @Override
            public void subscribe(CoreSubscriber<? super T> actual) {
                NoGradBorder<T> border = new NoGradBorder<>(actual);
                GradMode.inside(border, () -> source.subscribe(border));
            }
        };
    }

    static <T> Flux<T> around(Flux<T> pipeline) {
        return new FluxOperator<T, T>(pipeline) {
            @Override
            public void subscribe(CoreSubscriber<? super T> actual) {
                NoGradBorder<T> border = new NoGradBorder<>(actual);
                GradMode.inside(border, () -> source.subscribe(border));
            }
        };
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream = subscription;
        GradMode.outside(this, () -> outside.onSubscribe(this));
    }

    @Override
    public void onNext(T value) {
        T unwatched = unwatched(value);
        GradMode.outside(this, () -> outside.onNext(unwatched));
    }

    @Override
    public void onError(Throwable error) {
        GradMode.outside(this, () -> outside.onError(error));
    }

    @Override
    public void onComplete() {
        GradMode.outside(this, outside::onComplete);
    }

    @Override
    public void request(long n) {
        Subscription up = Objects.requireNonNull(upstream);
        GradMode.inside(this, () -> up.request(n));
    }

    @Override
    public void cancel() {
        Subscription up = Objects.requireNonNull(upstream);
        GradMode.inside(this, up::cancel);
    }

    @SuppressWarnings("unchecked") // a pipeline that emits what functions make emits variables
    private T unwatched(T value) {
        boolean madeInside = value instanceof Variable variable
                && variable.gradFn() instanceof FunctionNode node
                && node.isSince(firstNode);
        return madeInside ? (T) ((Variable) value).detach() : value;
    }
}
