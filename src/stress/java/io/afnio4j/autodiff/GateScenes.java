package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.HeldCall.check;

import io.afnio4j.context.Priority;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** What may happen at the same moment to a gate that lets one call through at a time. */
final class GateScenes {

    private GateScenes() {}

    /** A gate for one call. */
    abstract static class Gate {

        private final CallGate gate = new CallGate(1);
        private final Node asker = new AccumulateGrad(new Parameter("", "asker"));

        final Mono<String> through(Mono<String> call) {
            return through(call, Context.empty());
        }

        final Mono<String> through(Mono<String> call, Context context) {
            return gate.through(call, gate.in(context, 0, asker));
        }

        final void checkFree() {
            check(gate.queued() == 0, "nobody waits");
            HeldCall next = new HeldCall();
            var unused = through(next).subscribe();
            check(next.isAsked(), "no place is lost");
            HeldCall second = new HeldCall();
            var unusedToo = through(second).subscribe();
            check(!second.isAsked(), "no place is given twice");
        }
    }

    /** Two calls come. */
    public static class TwoCalls extends Gate {

        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final AtomicInteger heard = new AtomicInteger();
        private final Mono<String> call = Mono.fromSupplier(() -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            inside.decrementAndGet();
            return "answer";
        });

        @Operation(runOnce = true)
        public void oneComes() {
            var unused = through(call).subscribe(answer -> heard.incrementAndGet());
        }

        @Operation(runOnce = true)
        public void otherComes() {
            var unused = through(call).subscribe(answer -> heard.incrementAndGet());
        }

        @Validate
        public void hold() {
            check(most.get() == 1, "one at a time is let through");
            check(heard.get() == 2, "each is let through once");
            checkFree();
        }
    }

    /** Two calls come, and the one that is let through stays inside. */
    public static class TwoCallsThatStay extends Gate {

        private final HeldCall one = new HeldCall();
        private final HeldCall other = new HeldCall();
        private final AtomicInteger queued = new AtomicInteger();
        private final BackwardListener listener = event -> {
            if (event instanceof BackwardEvent.Queued) {
                queued.incrementAndGet();
            }
        };

        @Operation(runOnce = true)
        public void oneComes() {
            var unused =
                    through(one, Context.of(BackwardListener.class, listener)).subscribe();
        }

        @Operation(runOnce = true)
        public void otherComes() {
            var unused =
                    through(other, Context.of(BackwardListener.class, listener)).subscribe();
        }

        @Validate
        public void hold() {
            check(one.isAsked() != other.isAsked(), "one is let through");
            check(queued.get() == 1, "the other one says that it waits");
        }
    }

    /** The call inside is answered, and the one that waits leaves. */
    public static class AnswerAndLeaving extends Gate {

        private final HeldCall inside = new HeldCall();
        private final HeldCall waiting = new HeldCall();
        private final AtomicInteger heard = new AtomicInteger();
        private final Disposable leaver;

        public AnswerAndLeaving() {
            var unused = through(inside).subscribe(answer -> heard.incrementAndGet());
            leaver = through(waiting).subscribe();
        }

        @Operation(runOnce = true)
        public void insideIsAnswered() {
            inside.answer();
        }

        @Operation(runOnce = true)
        public void waitingLeaves() {
            leaver.dispose();
        }

        @Validate
        public void hold() {
            check(heard.get() == 1, "the answer is heard once");
            check(waiting.asked.get() == 0 || waiting.cancelled, "who left is not on its way");
            checkFree();
        }
    }

    /** A call comes, and is cancelled. */
    public static class ComingAndLeaving extends Gate {

        private final HeldCall call = new HeldCall();
        private final BaseSubscriber<String> caller = new BaseSubscriber<>() {};

        @Operation(runOnce = true)
        public void comes() {
            through(call).subscribe(caller);
        }

        @Operation(runOnce = true)
        public void leaves() {
            caller.cancel();
        }

        @Validate
        public void hold() {
            check(call.asked.get() == 0 || call.cancelled, "who left is not on its way");
            checkFree();
        }
    }

    /** While the gate is taken, an urgent call comes and one that isn't. */
    public static class UrgentAndNot extends Gate {

        private final HeldCall inside = new HeldCall();
        private final HeldCall urgent = new HeldCall();
        private final HeldCall other = new HeldCall();

        public UrgentAndNot() {
            var unused = through(inside).subscribe();
        }

        @Operation(runOnce = true)
        public void urgentComes() {
            var unused = through(urgent, Priority.put(Context.empty(), Priority.NORMAL + 1))
                    .subscribe();
        }

        @Operation(runOnce = true)
        public void otherComes() {
            var unused = through(other).subscribe();
        }

        @Validate
        public void hold() {
            check(urgent.asked.get() == 0 && other.asked.get() == 0, "both wait");
            inside.answer();
            check(urgent.isAsked() && other.asked.get() == 0, "the more urgent one goes first");
            urgent.answer();
            check(other.isAsked(), "then the other one");
            other.answer();
            checkFree();
        }
    }
}
