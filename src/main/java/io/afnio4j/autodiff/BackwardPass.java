package io.afnio4j.autodiff;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

/**
 * The state of one pass. All of it belongs to whoever runs {@link #drain()}, and only one thread at a time does: others leave what they
 * bring in {@link #answered} and are gone. So nodes need no locks, and a chain of a million cheap nodes is a loop and not a recursion.
 */
final class BackwardPass {

    private final List<GradientEdge> roots;
    private final List<Variable> seeds;
    private final BackwardOptions options;
    private final MonoSink<Void> sink;
    private final Context context;

    private final Queue<Answer> answered =
            Queues.<Answer>unboundedMultiproducer().get();
    private final AtomicInteger work = new AtomicInteger(1); // whoever starts the pass is at work from the beginning
    private volatile boolean cancelled;

    // From here on: touched only inside drain().
    private final Queue<PassNode> ready = new ArrayDeque<>();
    private final List<Failed> failures = new ArrayList<>();
    private final List<Runnable> retained = new ArrayList<>();
    private List<PassNode> nodes = List.of();
    private @Nullable Answer inFlight; // head of a linked list
    private boolean over;

    BackwardPass(List<GradientEdge> roots, List<Variable> seeds, BackwardOptions options, MonoSink<Void> sink) {
        this.roots = roots;
        this.seeds = seeds;
        this.options = options;
        this.sink = sink;
        this.context = GradMode.noGrad(Context.of(sink.contextView()))
                .put(BackwardListener.class, (BackwardListener) this::tell);
    }

    void start() {
        Plan plan = Plan.of(roots, options.inputs());
        nodes = plan.nodes();
        Node released = plan.released();
        if (released != null) {
            sink.error(new IllegalStateException(released.name() + ": " + FunctionContext.RELEASED));
            return;
        }
        tell(new BackwardEvent.Planned(nodes.size(), plan.root().rank));
        var unused = sink.onCancel(this::cancel);
        deliver(plan.root(), seeds);
        work();
    }

    private void cancel() {
        cancelled = true;
        drain();
    }

    void answered(Answer answer) {
        answered.add(answer);
        drain();
    }

    private void drain() {
        if (work.getAndIncrement() == 0) {
            work();
        }
    }

    private void work() {
        int missed = 1;
        do {
            if (!over) {
                advance();
                endIfThrough();
            }
            missed = work.addAndGet(-missed);
        } while (missed != 0);
    }

    /** Does what can be done now. What nodes compute is not watched; what follows the pass may be, so the block ends here. */
    @SuppressWarnings("try") // the scope is closed, not read
    private void advance() {
        try (GradMode.Scope untracked = GradMode.noGrad()) {
            while (!cancelled) {
                Answer answer = answered.poll();
                PassNode pass = answer == null ? ready.poll() : answer.pass;
                if (pass == null) {
                    return;
                }
                Node node = pass.node;
                if (node != null) {
                    step(pass, node, answer);
                }
            }
        }
    }

    /** Nothing that a function throws, or that its gradients make us throw, may get past here: the pass would never end. */
    private void step(PassNode pass, Node node, @Nullable Answer answer) {
        try {
            if (answer == null) {
                visit(pass, node);
            } else {
                finish(pass, node, answer);
            }
        } catch (Throwable failure) {
            Exceptions.throwIfJvmFatal(failure);
            fail(pass, node, failure);
        }
    }

    private void endIfThrough() {
        if (cancelled) {
            abandon();
        } else if (inFlight == null) {
            end();
        }
    }

    private void visit(PassNode pass, Node node) throws Exception {
        if (!failures.isEmpty() || node instanceof AccumulateGrad) {
            return; // what a leaf received waits for the commit
        }
        List<@Nullable Variable> gradients = pass.joined();
        pass.clear();
        if (gradients == null) {
            deliver(pass, nothing(pass));
            return;
        }
        node.retaining().forEach((output, variable) -> retain(variable, gradients.get(output)));
        Mono<List<@Nullable Variable>> result = node.backward(gradients);
        if (result instanceof Callable<?> atOnce) {
            @SuppressWarnings("unchecked") // a Mono that is a Callable gives what the Mono would emit
            List<@Nullable Variable> value = (List<@Nullable Variable>) atOnce.call();
            complete(pass, node, value);
        } else {
            ask(pass, node, Objects.requireNonNull(result, "backward returned null instead of a Mono"));
        }
    }

    private void ask(PassNode pass, Node node, Mono<List<@Nullable Variable>> result) {
        Answer answer = new Answer(this, pass, context);
        answer.next = inFlight;
        if (inFlight != null) {
            inFlight.previous = answer;
        }
        inFlight = answer;
        tell(new BackwardEvent.NodeStarted(node));
        result.subscribe(answer);
    }

    private void finish(PassNode pass, Node node, Answer answer) {
        unlink(answer);
        Throwable failure = answer.failure;
        if (failure != null) {
            fail(pass, node, failure);
        } else {
            tell(new BackwardEvent.NodeFinished(node));
            complete(pass, node, answer.gradients);
        }
    }

    private void complete(PassNode pass, Node node, @Nullable List<@Nullable Variable> gradients) {
        String objection = objection(pass, node, gradients);
        if (objection != null || gradients == null) {
            fail(pass, node, new IllegalStateException(node.name() + " " + objection));
            return;
        }
        deliver(pass, gradients);
    }

    private static @Nullable String objection(PassNode pass, Node node, @Nullable List<@Nullable Variable> gradients) {
        int expected = pass.targets.length;
        if (gradients == null || gradients.size() != expected) {
            return "must give one gradient per input, " + expected + " in all, but gave "
                    + (gradients == null ? "none" : gradients.size()) + ". Use null for an input that needs none.";
        }
        for (int i = 0; i < expected; i++) {
            Variable gradient = gradients.get(i);
            String objection = gradient == null || pass.targets[i] == null ? null : node.objection(i, gradient);
            if (objection != null) {
                return "must give a gradient of its shape to input " + i + ", but " + objection + ".";
            }
        }
        return null;
    }

    private void deliver(PassNode from, List<? extends @Nullable Variable> gradients) {
        for (int i = 0; i < from.targets.length; i++) {
            PassNode target = from.targets[i];
            if (target != null && target.receive(from.targetSlots[i], gradients.get(i))) {
                ready.add(target);
            }
        }
    }

    private static List<@Nullable Variable> nothing(PassNode pass) {
        return Collections.nCopies(pass.targets.length, null);
    }

    private void fail(PassNode pass, Node node, Throwable cause) {
        tell(new BackwardEvent.NodeFailed(node, cause));
        failures.add(new Failed(pass.order, new BackwardException.Failure(node.name(), cause)));
    }

    private void retain(Variable variable, @Nullable Variable gradient) {
        if (gradient != null) {
            retained.add(() -> variable.accumulate(List.of(gradient)));
        }
    }

    private void end() {
        over = true;
        if (failures.isEmpty()) {
            int leaves = commit();
            tell(new BackwardEvent.Finished(leaves));
            sink.success();
        } else {
            sink.error(new BackwardException(failures.stream()
                    .sorted(Comparator.comparingInt(Failed::order))
                    .map(Failed::failure)
                    .toList()));
        }
    }

    private int commit() {
        int leaves = 0;
        for (PassNode pass : nodes) {
            Node node = pass.node;
            if (node instanceof AccumulateGrad accumulate) {
                List<Variable> gradients = pass.received();
                if (!gradients.isEmpty()) {
                    accumulate.leaf().accumulate(gradients);
                    leaves++;
                }
            } else if (node != null && options.retainGraph()) {
                node.forget();
            } else if (node != null) {
                node.release();
            }
        }
        retained.forEach(Runnable::run);
        return leaves;
    }

    private void tell(BackwardEvent event) {
        try {
            options.listener().on(event);
        } catch (Throwable brokenListener) {
            Exceptions.throwIfJvmFatal(brokenListener);
            Operators.onErrorDropped(brokenListener, context); // whoever watches can't break the pass
        }
    }

    private void abandon() {
        over = true;
        ready.clear();
        for (Answer answer = inFlight; answer != null; answer = answer.next) {
            answer.dispose();
        }
        inFlight = null;
        answered.clear();
        nodes = List.of();
    }

    private void unlink(Answer answer) {
        if (answer.previous == null) {
            inFlight = answer.next;
        } else {
            answer.previous.next = answer.next;
        }
        if (answer.next != null) {
            answer.next.previous = answer.previous;
        }
    }

    private record Failed(int order, BackwardException.Failure failure) {}
}
