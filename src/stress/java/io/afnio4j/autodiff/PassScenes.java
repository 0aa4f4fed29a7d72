package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.HeldCall.check;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * What may happen to a pass at the same moment: two calls are on their way, whose gradients meet at one leaf and go to
 * one each.
 */
final class PassScenes {

    private PassScenes() {}

    /** A pass over two calls. */
    abstract static class Pass {

        final HeldCall left = new HeldCall();
        final HeldCall right = new HeldCall();
        final Disposable running;
        private final Variable a = new Variable("a", "a", true);
        private final Variable b = new Variable("b", "b", true);
        private final Variable both = new Variable("c", "c", true);
        private final AtomicInteger completed = new AtomicInteger();
        private final AtomicInteger failed = new AtomicInteger();
        private final AtomicInteger told = new AtomicInteger();

        Pass(FailurePolicy policy) {
            Variable root = Probe.passing("root")
                    .apply(
                            Probe.waiting("left", left).apply(a, both),
                            Probe.waiting("right", right)
                                    .apply(Probe.passing("behind").apply(b, both)));
            running = root.backward(BackwardOptions.DEFAULTS.onFailure(policy).listener(this::hear))
                    .subscribe(none -> {}, error -> failed.incrementAndGet(), completed::incrementAndGet);
        }

        private void hear(BackwardEvent event) {
            if (event instanceof BackwardEvent.Finished
                    || event instanceof BackwardEvent.PassFailed
                    || event instanceof BackwardEvent.PassCancelled) {
                told.incrementAndGet();
            }
        }

        /** Whatever comes later: the subscriber forgives what the listener sees. */
        final void checkToldOnce() {
            check(told.get() == 1, "the listener is told of one end");
        }

        final void checkSucceeded() {
            checkToldOnce();
            check(completed.get() == 1 && failed.get() == 0, "the pass succeeds once");
            check(isCommitted(), "all gradients are there");
        }

        final void checkFailed() {
            checkToldOnce();
            check(failed.get() == 1 && completed.get() == 0, "the pass fails once");
            check(isUntouched(), "no gradient has changed");
        }

        final int ends() {
            return completed.get() + failed.get();
        }

        final boolean isCommitted() {
            return a.grad().size() == 1 && b.grad().size() == 1 && both.grad().size() == 2;
        }

        final boolean isUntouched() {
            return a.grad().isEmpty() && b.grad().isEmpty() && both.grad().isEmpty();
        }
    }

    /** Two answers. */
    public static class TwoAnswers extends Pass {

        public TwoAnswers() {
            super(FailurePolicy.FINISH_STARTED);
        }

        @Operation(runOnce = true)
        public void leftAnswers() {
            left.answer();
        }

        @Operation(runOnce = true)
        public void rightAnswers() {
            right.answer();
        }

        @Validate
        public void hold() {
            checkSucceeded();
        }
    }

    /**
     * Claims what isn't true, so that it is seen whether Lincheck would notice: the drain loop gives the answers of
     * several threads to one.
     */
    public static class EachWorksOnItsOwnAnswer {

        private final HeldCall left = new HeldCall();
        private final HeldCall right = new HeldCall();
        private volatile @Nullable Thread worker;

        public EachWorksOnItsOwnAnswer() {
            Variable leaf = new Variable("leaf", "leaf", true);
            Variable watched = Probe.passing("watched").apply(leaf);
            var unused = watched.registerHook(gradient -> worker = Thread.currentThread());
            Variable root = Probe.passing("root")
                    .apply(
                            Probe.waiting("left", left).apply(watched),
                            Probe.waiting("right", right).apply(leaf));
            var unusedToo = root.backward().subscribe();
        }

        @Operation(runOnce = true)
        public void leftAnswers() {
            left.answer();
            check(worker == Thread.currentThread(), "somebody else's answer");
        }

        @Operation(runOnce = true)
        public void rightAnswers() {
            right.answer();
        }
    }

    /**
     * A failure, and what the scene has beside it. Public, or the compiler would give each scene a second copy of these
     * methods, which Lincheck counts as well.
     */
    public abstract static class Failure extends Pass {

        Failure(FailurePolicy policy) {
            super(policy);
        }

        @Operation(runOnce = true)
        public void rightFails() {
            right.fail();
        }

        @Validate
        public void hold() {
            checkFailed();
        }
    }

    /** An answer and a failure. */
    public static class AnswerAndFailure extends Failure {

        public AnswerAndFailure() {
            this(FailurePolicy.FINISH_STARTED);
        }

        AnswerAndFailure(FailurePolicy policy) {
            super(policy);
        }

        @Operation(runOnce = true)
        public void leftAnswers() {
            left.answer();
        }
    }

    /** An answer and a failure that cancels what is on its way. */
    public static class AnswerAndFailureThatCancels extends AnswerAndFailure {

        public AnswerAndFailureThatCancels() {
            super(FailurePolicy.CANCEL_STARTED);
        }
    }

    /** Two failures, of which the first cancels what is on its way. */
    public static class TwoFailures extends Failure {

        public TwoFailures() {
            super(FailurePolicy.CANCEL_STARTED);
        }

        @Operation(runOnce = true)
        public void leftFails() {
            left.fail();
        }
    }

    /** An answer and a cancel; what must hold depends on whether it is the last answer. */
    public abstract static class Cancel extends Pass {

        Cancel() {
            super(FailurePolicy.FINISH_STARTED);
        }

        @Operation(runOnce = true)
        public void leftAnswers() {
            left.answer();
        }

        @Operation(runOnce = true)
        public void cancel() {
            running.dispose();
        }
    }

    /** The last answer, and a cancel. */
    public static class LastAnswerAndCancel extends Cancel {

        public LastAnswerAndCancel() {
            right.answer();
        }

        @Validate
        public void hold() {
            check(isUntouched() || isCommitted(), "all gradients are there, or none");
            check(ends() == 0 || isCommitted(), "success is told only with gradients");
            check(ends() <= 1, "nothing is told twice");
            checkToldOnce();
        }
    }

    /** An answer that isn't the last one, and a cancel. */
    public static class AnswerAndCancel extends Cancel {

        @Validate
        public void hold() {
            check(right.cancelled, "the call in flight is cancelled");
            check(isUntouched() && ends() == 0, "nothing changes and nothing is told");
            checkToldOnce();
        }
    }
}
