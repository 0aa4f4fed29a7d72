package io.afnio4j.autodiff;

import io.afnio4j.error.CalledOffException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The nodes of a pass that failed, and what that means for the others. */
final class Failures {

    private final Plan plan;
    private final FailurePolicy policy;
    private final List<Failed> failed = new ArrayList<>();

    // Because of others, so they are told of only where there are no others.
    private final List<Failed> calledOff = new ArrayList<>();

    /** @param policy what a failure means for the rest of the pass */
    Failures(Plan plan, FailurePolicy policy) {
        this.plan = plan;
        this.policy = policy;
    }

    boolean isEmpty() {
        return failed.isEmpty() && calledOff.isEmpty();
    }

    /** Whether the pass starts nothing more. */
    boolean startsNoMore() {
        return !isEmpty() && policy.startsNoMore();
    }

    /** Whether the pass cancels what is on its way. */
    boolean cancelsStarted() {
        return !isEmpty() && policy == FailurePolicy.CANCEL_STARTED;
    }

    /** Whether the pass puts gradients in place, which it does where nothing failed. */
    boolean commits() {
        return isEmpty() || policy == FailurePolicy.COMMIT_PARTLY;
    }

    void add(int number, Node node, Throwable cause) {
        Throwable bare = LostParts.causeOf(cause);
        List<Failed> list = bare instanceof CalledOffException ? calledOff : failed;
        list.add(new Failed(
                number, new BackwardException.Failure(node.name(), node.role(), bare, LostParts.partsOf(cause))));
    }

    BackwardException toException() {
        int[] places = plan.places();
        List<Failed> told = failed.isEmpty() ? calledOff : failed;
        told.sort(Comparator.comparingInt(failure -> places[failure.node]));
        return new BackwardException(told.stream().map(Failed::failure).toList(), consequence());
    }

    /** What the failure left behind, and what to do. */
    private String consequence() {
        boolean committed = commits(); // partly: something has failed
        String left = committed ? "The gradients that don't depend on it are in place" : "No gradient was changed";
        boolean givenUp =
                failed.stream().anyMatch(failure -> plan.node(failure.node).isReleased());
        if (givenUp) { // not before the pass began, or it would not have begun
            return left
                    + "; another pass went through the graph meanwhile and gave it up, so this one can't be run again. Passes that run"
                    + " at the same time over one graph each need BackwardOptions.retainGraph(true).";
        }
        return left
                + (committed
                        ? "; clear them before you run the pass again, which then asks only for what is missing."
                        : "; run the pass again to ask only for what is missing.");
    }

    private record Failed(int node, BackwardException.Failure failure) {}
}
