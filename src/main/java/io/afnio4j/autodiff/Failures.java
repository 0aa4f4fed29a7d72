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
    private final List<Failed> calledOff =
            new ArrayList<>(); // because of others: they are told of where there are no others

    /** @param committed whether gradients change all the same */
    Failures(Plan plan, boolean committed) {
        this.plan = plan;
        this.committed = committed;
    }

    boolean isEmpty() {
        return failed.isEmpty() && calledOff.isEmpty();
    }

    void add(int number, Node node, Throwable cause) {
        List<Failed> list = cause instanceof CalledOffException ? calledOff : failed;
        list.add(new Failed(number, new BackwardException.Failure(node.name(), node.role(), cause)));
    }

    BackwardException toException() {
        int[] places = plan.places();
        List<Failed> told = failed.isEmpty() ? calledOff : failed;
        told.sort(Comparator.comparingInt(failure -> places[failure.node]));
        return new BackwardException(told.stream().map(Failed::failure).toList(), committed);
    }

    private record Failed(int node, BackwardException.Failure failure) {}
}
