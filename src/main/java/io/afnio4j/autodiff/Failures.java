package io.afnio4j.autodiff;

import io.afnio4j.error.CalledOffException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The nodes of a pass that failed. */
final class Failures {

    private final Plan plan;
    private final boolean committed;
    private final List<Failed> failed = new ArrayList<>();

    /** @param committed whether gradients change all the same */
    Failures(Plan plan, boolean committed) {
        this.plan = plan;
        this.committed = committed;
    }

    boolean isEmpty() {
        return failed.isEmpty();
    }

    /** Notes a failure. What was called off because of another failure is none of its own. */
    void add(int number, Node node, Throwable cause) {
        if (!(cause instanceof CalledOffException) || failed.isEmpty()) {
            failed.add(new Failed(number, new BackwardException.Failure(node.name(), node.role(), cause)));
        }
    }

    BackwardException toException() {
        int[] places = plan.places();
        failed.sort(Comparator.comparingInt(failure -> places[failure.node]));
        return new BackwardException(failed.stream().map(Failed::failure).toList(), committed);
    }

    private record Failed(int node, BackwardException.Failure failure) {}
}
