package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.HeldCall.check;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** What may happen to a shared answer at the same moment. */
final class SharedScenes {

    private SharedScenes() {}

    /** One asks, and one asks and leaves. */
    public static class OneStays {

        private final AtomicInteger heard = new AtomicInteger();
        private final Mono<String> shared = SharedAnswers.once(
                SharedAnswers.in(Context.empty(), 2, kept -> {}), "question", Mono.fromSupplier(() -> "answer"));

        @Operation(runOnce = true)
        public void askAndStay() {
            var unused = shared.subscribe(answer -> heard.incrementAndGet());
        }

        @Operation(runOnce = true)
        public void askAndLeave() {
            shared.subscribe(answer -> {}).dispose();
        }

        @Validate
        public void hold() {
            check(heard.get() == 1, "who stays hears the answer once");
        }
    }

    /** Two wait, and both leave. */
    public static class AllLeave {

        private final HeldCall call = new HeldCall();
        private final AtomicInteger heard = new AtomicInteger();
        private final Disposable one;
        private final Disposable other;

        public AllLeave() {
            Mono<String> shared =
                    SharedAnswers.once(SharedAnswers.in(Context.empty(), 2, kept -> {}), "question", call);
            one = shared.subscribe(answer -> heard.incrementAndGet());
            other = shared.subscribe(answer -> heard.incrementAndGet());
        }

        @Operation(runOnce = true)
        public void oneLeaves() {
            one.dispose();
        }

        @Operation(runOnce = true)
        public void otherLeaves() {
            other.dispose();
        }

        @Validate
        public void hold() {
            check(call.cancelled && heard.get() == 0, "nobody waits, so the call is cancelled");
        }
    }
}
