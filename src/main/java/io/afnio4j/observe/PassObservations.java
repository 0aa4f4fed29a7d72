package io.afnio4j.observe;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardListener;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.PassView;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/** Observes backward passes: each one, and each of its nodes that has something to say. */
final class PassObservations implements BackwardListener {

    private static final String OUTCOME = "afnio4j.outcome";
    private static final String CANCELLED = "cancelled";
    private static final String FAILED = "failed";

    private final ObservationRegistry registry;

    PassObservations(ObservationRegistry registry) {
        this.registry = registry;
    }

    @Override
    public BackwardListener begin(PassView pass) {
        Observation observation =
                Observation.createNotStarted("afnio4j.pass.duration", registry).contextualName("backward pass");
        return new Pass(Parents.under(pass.context(), observation).start());
    }

    @Override
    public boolean watchesFeedback() {
        return false;
    }

    /** Hears nothing itself: each pass has a listener of its own. */
    @Override
    public void on(BackwardEvent event) {}

    /** One pass. What is told of its nodes comes one at a time. */
    private final class Pass implements BackwardListener {

        private final Observation pass;
        private final Map<Node, Observation> waiting = new ConcurrentHashMap<>();
        private boolean broken;

        private Pass(Observation pass) {
            this.pass = pass;
        }

        @Override
        public Context contextFor(Node node, Context context) {
            return Parents.put(context, waiting.computeIfAbsent(node, this::observe));
        }

        private Observation observe(Node node) {
            return Observation.createNotStarted("afnio4j.node.duration", registry)
                    .contextualName(node.name())
                    .lowCardinalityKeyValue("afnio4j.node", node.name())
                    .highCardinalityKeyValue("afnio4j.node.role", node.role())
                    .parentObservation(pass)
                    .start();
        }

        @Override
        public void on(BackwardEvent event) {
            if (event instanceof BackwardEvent.Planned plan) {
                attribute("nodes", plan.nodes());
                attribute("expected_calls", plan.expectedCalls());
                attribute("critical_path", plan.modelCallsInChain());
            } else if (event instanceof BackwardEvent.NodeFinished finished) {
                end(waiting.remove(finished.node()), "answered");
            } else if (event instanceof BackwardEvent.NodeComputed computed) {
                Observation waited = waiting.remove(computed.node()); // for its feedback to be condensed
                end(waited == null ? observe(computed.node()) : waited, waited == null ? "computed" : "answered");
            } else if (event instanceof BackwardEvent.NodeSkipped skipped) {
                Observation waited = waiting.remove(skipped.node());
                broken |= waited != null; // it was called off
                end(waited, "skipped");
            } else if (event instanceof BackwardEvent.NodeFailed failed) {
                broken = true;
                fail(waiting.remove(failed.node()), failed.cause());
            } else if (event instanceof BackwardEvent.Finished finished) {
                finish(finished);
            } else if (event instanceof BackwardEvent.PassFailed failed) {
                leave();
                fail(pass, failed.cause());
            } else if (event instanceof BackwardEvent.PassCancelled) {
                leave();
                end(pass, CANCELLED);
            }
        }

        private void finish(BackwardEvent.Finished finished) {
            attribute("leaves", finished.leaves());
            attribute("asked", finished.asked());
            attribute("skipped", finished.skipped());
            if (!broken) { // otherwise the failure follows
                leave();
                end(pass, "succeeded");
            }
        }

        /** Nodes that waited in vain. */
        private void leave() {
            waiting.values().forEach(node -> end(node, CANCELLED));
            waiting.clear();
        }

        private void attribute(String name, int value) {
            var unused = pass.highCardinalityKeyValue("afnio4j.pass." + name, String.valueOf(value));
        }
    }

    private static void fail(@Nullable Observation observation, Throwable cause) {
        if (observation != null) {
            observation.error(cause);
            end(observation, FAILED);
        }
    }

    private static void end(@Nullable Observation observation, String outcome) {
        if (observation != null) {
            observation.lowCardinalityKeyValue(OUTCOME, outcome).stop();
        }
    }
}
