package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * What several threads may do to a pass at the same moment, in the orders that Lincheck's model checker finds: each switch between threads, at each access to shared
 * memory, is a choice that it tries. A run that fails is printed with its order.
 */
@Tag("stress")
@Timeout(900)
class InterleavingsTest {

    private static final int RUNS = 5_000;

    private static void inAllOrders(Runnable run) {
        Lincheck.runConcurrentTest(RUNS, run);
    }

    private static void atOnce(Runnable... all) {
        List<Thread> threads = new ArrayList<>();
        for (Runnable one : all) {
            Thread thread = new Thread(one);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
        }
    }

    private static void check(boolean holds, String rule) {
        if (!holds) {
            throw new AssertionError(rule);
        }
    }

    private static void hear(Mono<String> call, AtomicInteger heard) {
        var unused = call.subscribe(answer -> heard.incrementAndGet());
    }

    /** A call that ends when the test says so. */
    private static final class Call extends Mono<String> implements Subscription {

        private @Nullable CoreSubscriber<? super String> caller;
        private volatile boolean cancelled;

        @Override
        public void subscribe(CoreSubscriber<? super String> actual) {
            caller = actual;
            actual.onSubscribe(this);
        }

        @Override
        public void request(long n) {}

        @Override
        public void cancel() {
            cancelled = true;
        }

        private CoreSubscriber<? super String> caller() {
            CoreSubscriber<? super String> asked = caller;
            if (asked == null) {
                throw new AssertionError("The call was not made.");
            }
            return asked;
        }

        private void answer() {
            caller().onNext("answer");
            caller().onComplete();
        }

        private void fail() {
            caller().onError(new IllegalStateException("down"));
        }
    }

    /** A pass over two calls whose gradients meet at one leaf and go to one each. */
    private static final class Pass {

        private final Variable a = new Variable("a", "a", true);
        private final Variable b = new Variable("b", "b", true);
        private final Variable both = new Variable("c", "c", true);
        private final Call left = new Call();
        private final Call right = new Call();
        private final AtomicInteger completed = new AtomicInteger();
        private final AtomicInteger failed = new AtomicInteger();
        private final Disposable running;

        private Pass(BackwardOptions options) {
            Variable root = Probe.passing("root")
                    .apply(
                            Probe.waiting("left", left).apply(a, both),
                            Probe.waiting("right", right)
                                    .apply(Probe.passing("behind").apply(b, both)));
            running = root.backward(options)
                    .subscribe(none -> {}, error -> failed.incrementAndGet(), completed::incrementAndGet);
        }

        private int ends() {
            return completed.get() + failed.get();
        }

        private boolean isCommitted() {
            return a.grad().size() == 1 && b.grad().size() == 1 && both.grad().size() == 2;
        }

        private boolean isUntouched() {
            return a.grad().isEmpty() && b.grad().isEmpty() && both.grad().isEmpty();
        }
    }

    @Test
    void answersThatComeAtOnceEndThePassOnce() {
        inAllOrders(() -> {
            Pass pass = new Pass(BackwardOptions.DEFAULTS);
            atOnce(pass.left::answer, pass.right::answer);
            check(pass.completed.get() == 1 && pass.failed.get() == 0, "the pass succeeds once");
            check(pass.isCommitted(), "all gradients are there");
        });
    }

    @Test
    void anAnswerAndAFailureEndThePassOnceAndChangeNothing() {
        for (FailurePolicy policy : List.of(FailurePolicy.FINISH_STARTED, FailurePolicy.CANCEL_STARTED)) {
            inAllOrders(() -> {
                Pass pass = new Pass(BackwardOptions.DEFAULTS.onFailure(policy));
                atOnce(pass.left::answer, pass.right::fail);
                check(pass.failed.get() == 1 && pass.completed.get() == 0, "the pass fails once");
                check(pass.isUntouched(), "no gradient has changed");
            });
        }
    }

    @Test
    void aCancelBesideTheLastAnswerCommitsAllOrNothing() {
        inAllOrders(() -> {
            Pass pass = new Pass(BackwardOptions.DEFAULTS);
            pass.right.answer();
            atOnce(pass.left::answer, pass.running::dispose);
            check(pass.isUntouched() || pass.isCommitted(), "all gradients are there, or none");
            check(pass.completed.get() == 0 || pass.isCommitted(), "success is told only with gradients");
            check(pass.ends() <= 1 && pass.failed.get() == 0, "nothing is told twice");
        });
    }

    @Test
    void aCancelBesideAnAnswerCancelsTheOtherCall() {
        inAllOrders(() -> {
            Pass pass = new Pass(BackwardOptions.DEFAULTS);
            atOnce(pass.left::answer, pass.running::dispose);
            check(pass.right.cancelled, "the call in flight is cancelled");
            check(pass.isUntouched() && pass.ends() == 0, "nothing changes and nothing is told");
        });
    }

    @Test
    void whoeverStaysGetsTheSharedAnswer() {
        inAllOrders(() -> {
            Context context = SharedAnswers.in(Context.empty(), 2);
            AtomicInteger heard = new AtomicInteger();
            Mono<String> call = Mono.fromSupplier(() -> "answer");
            Mono<String> shared = SharedAnswers.once(context, "question", call);
            atOnce(
                    () -> hear(shared, heard),
                    () -> shared.subscribe(answer -> {}).dispose());
            check(heard.get() == 1, "who stays hears the answer once");
        });
    }

    @Test
    void aSharedCallIsCancelledWhenTheLastOneLeaves() {
        inAllOrders(() -> {
            Context context = SharedAnswers.in(Context.empty(), 2);
            Call call = new Call();
            AtomicInteger heard = new AtomicInteger();
            Mono<String> shared = SharedAnswers.once(context, "question", call);
            Disposable one = shared.subscribe(answer -> heard.incrementAndGet());
            Disposable other = shared.subscribe(answer -> heard.incrementAndGet());
            atOnce(one::dispose, other::dispose);
            check(call.cancelled && heard.get() == 0, "nobody waits, so the call is cancelled");
        });
    }
}
