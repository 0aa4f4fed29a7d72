package io.afnio4j.observe;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardListener;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.PassView;
import io.afnio4j.model.Exchange;
import io.afnio4j.model.ExchangeListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/**
 * The numbers of backward passes. One listener serves all passes, also at the same time:
 *
 * <pre>{@code
 * PassMeters meters = PassMeters.of(registry);
 * explanation.backward(BackwardOptions.DEFAULTS.listener(meters));
 * Trainer.builder().backward(BackwardOptions.DEFAULTS.listener(meters.and(observations.passes())));
 * }</pre>
 *
 * <p>The registry doesn't keep it alive; {@link #close()} takes the meters out again.
 */
public final class PassMeters implements BackwardListener, AutoCloseable {

    private static final String SUCCEEDED = "succeeded";
    private static final String FAILED = "failed";
    private static final String CANCELLED = "cancelled";

    private final BoundMeters meters;
    private final Set<Pass> underWay = ConcurrentHashMap.newKeySet();
    private final Map<String, Timer> timers;
    private final Counter answered;
    private final Counter skipped;
    private final Counter failed;
    private final DistributionSummary criticalPath;
    private final DistributionSummary speedup;

    private PassMeters(BoundMeters meters) {
        this.meters = meters;
        this.timers = Map.of(
                SUCCEEDED, meters.timer(Meters.PASS, Tags.of("outcome", SUCCEEDED)),
                FAILED, meters.timer(Meters.PASS, Tags.of("outcome", FAILED)),
                CANCELLED, meters.timer(Meters.PASS, Tags.of("outcome", CANCELLED)));
        this.answered = meters.counter(Meters.PASS_NODES, Tags.of("result", "answered"));
        this.skipped = meters.counter(Meters.PASS_NODES, Tags.of("result", "skipped"));
        this.failed = meters.counter(Meters.PASS_NODES, Tags.of("result", FAILED));
        this.criticalPath = meters.summary(Meters.PASS_CRITICAL_PATH);
        this.speedup = meters.summary(Meters.PASS_SPEEDUP);
        meters.gauge(Meters.PASS_NODES_IN_FLIGHT, underWay, PassMeters::inFlight, Tags.empty());
        meters.gauge(Meters.PASS_QUEUED, underWay, PassMeters::queued, Tags.empty());
    }

    /**
     * Registers the meters of passes.
     *
     * @param registry where
     * @param tags further tags for all of them
     * @return the listener that feeds them
     */
    public static PassMeters of(MeterRegistry registry, Tag... tags) {
        return new PassMeters(new BoundMeters(registry, Tags.of(tags)));
    }

    @Override
    public BackwardListener begin(PassView pass) {
        Pass begun = new Pass(pass);
        underWay.add(begun);
        return begun;
    }

    @Override
    public boolean watchesFeedback() {
        return false;
    }

    /** Hears nothing itself: each pass has a listener of its own. */
    @Override
    public void on(BackwardEvent event) {}

    /** Takes the meters out of their registry. */
    @Override
    public void close() {
        meters.remove();
    }

    private static double inFlight(Set<Pass> passes) {
        return passes.stream().mapToInt(pass -> pass.since.size()).sum();
    }

    private static double queued(Set<Pass> passes) {
        return passes.stream().mapToInt(pass -> pass.view.queued()).sum();
    }

    /** One pass. Its events come one at a time, but for words and feedback, which aren't counted here. */
    private final class Pass implements BackwardListener {

        private final PassView view;
        private final long begun = meters.now();
        private final Map<Node, Long> since = new ConcurrentHashMap<>(); // nodes that wait; read by the gauge
        private final Calls calls = new Calls();
        private long waited;
        private boolean broken;

        private Pass(PassView view) {
            this.view = view;
        }

        @Override
        public Context contextFor(Node node, Context context) {
            return calls.in(context);
        }

        @Override
        public void on(BackwardEvent event) {
            if (event instanceof BackwardEvent.Planned plan) {
                criticalPath.record(plan.modelCallsInChain());
            } else if (event instanceof BackwardEvent.NodeStarted started) {
                since.put(started.node(), meters.now());
            } else if (event instanceof BackwardEvent.NodeFinished finished) {
                leave(finished.node(), answered);
            } else if (event instanceof BackwardEvent.NodeSkipped unasked) {
                broken |= since.containsKey(unasked.node()); // it was called off
                leave(unasked.node(), skipped);
            } else if (event instanceof BackwardEvent.NodeFailed lost) {
                broken = true;
                leave(lost.node(), failed);
            } else if (event instanceof BackwardEvent.Finished && !broken) {
                end(SUCCEEDED);
            } else if (event instanceof BackwardEvent.PassFailed) {
                end(FAILED);
            } else if (event instanceof BackwardEvent.PassCancelled) {
                end(CANCELLED);
            }
        }

        private void leave(Node node, Counter result) {
            result.increment();
            waited += waited(since.remove(node));
        }

        private long waited(@Nullable Long from) {
            return from == null ? 0 : meters.now() - from;
        }

        private void end(String outcome) {
            underWay.remove(this);
            long wall = meters.now() - begun;
            since.values().forEach(from -> waited += waited(from));
            since.clear();
            Objects.requireNonNull(timers.get(outcome)).record(wall, TimeUnit.NANOSECONDS);
            long worked = calls.toldOf() ? calls.time() : waited;
            if (wall > 0 && worked > 0) {
                speedup.record((double) worked / wall);
            }
        }
    }

    /**
     * How long the calls of a pass take, summed up: each from the moment it is sent, so that waiting for a turn is no
     * gain. Only a client that counts its exchanges tells of them.
     */
    private final class Calls implements ExchangeListener {

        private long time; // less the starts of those under way; guarded by this, as are the next two
        private int underWay;
        private boolean toldOf;

        @Override
        public synchronized void onStart() {
            time -= meters.now();
            underWay++;
            toldOf = true;
        }

        @Override
        public void onRefusal() {
            end();
        }

        @Override
        public void onEnd(Exchange exchange) {
            end();
        }

        private synchronized void end() {
            time += meters.now();
            underWay--;
        }

        private synchronized boolean toldOf() {
            return toldOf;
        }

        private synchronized long time() {
            return time + underWay * meters.now();
        }
    }
}
