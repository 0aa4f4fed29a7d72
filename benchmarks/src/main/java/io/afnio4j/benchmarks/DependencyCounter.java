package io.afnio4j.benchmarks;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/**
 * What one would write without an engine: nodes that count what they still wait for, and a loop that starts each one
 * that waits for nothing. It joins nothing, checks nothing, keeps no order, knows no errors and can't be cancelled; so
 * it is the floor that the engine's bookkeeping stands on.
 */
final class DependencyCounter {

    private final List<Step> steps = new ArrayList<>();
    private final Queue<Step> ready = new ArrayDeque<>();

    /** Adds a node that sends its gradient on to others, which must be there already. */
    Step add(List<Step> targets) {
        Step step = new Step(targets);
        targets.forEach(target -> target.incoming++);
        steps.add(step);
        return step;
    }

    /** Walks from a root to the leaves; returns the gradient that came last to the last leaf. */
    Object run(Step root, Object gradient) {
        for (Step step : steps) {
            step.waiting.set(step.incoming);
        }
        root.gradient = gradient;
        ready.add(root);
        Step last = root;
        for (Step step = ready.poll(); step != null; step = ready.poll()) {
            Step from = step;
            step.backward().subscribe(given -> deliver(from, given));
            last = step;
        }
        return last.gradient;
    }

    private void deliver(Step from, Object gradient) {
        for (Step target : from.targets) {
            target.gradient = gradient;
            if (target.waiting.decrementAndGet() == 0) {
                ready.add(target);
            }
        }
    }

    /** A node. */
    static final class Step {

        private final List<Step> targets;
        private final AtomicInteger waiting = new AtomicInteger();
        private int incoming;
        private Object gradient = "";

        private Step(List<Step> targets) {
            this.targets = targets;
        }

        private Mono<Object> backward() {
            return Mono.just(gradient);
        }
    }
}
