package io.afnio4j.autodiff;

import io.afnio4j.context.Priority;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private final Plan plan;
    private final BackwardOptions options;
    private final MonoSink<Void> sink;
    private final Context context;

    private final Queue<Answer> answered =
            Queues.<Answer>unboundedMultiproducer().get();
    private final AtomicInteger work = new AtomicInteger(1); // whoever starts the pass is at work from the beginning
    private volatile boolean cancelled;

    // From here on: touched only inside drain().
    private final Slots slots;
    private final int[] ready; // nodes; each gets ready once
    private int readyFrom;
    private int readyTo;
    private final List<Failed> failures = new ArrayList<>();
    private final List<Runnable> retained = new ArrayList<>();
    private Context ranked; // what the last call was asked in, and its rank: mostly those of the next one, too
    private int rank = Priority.NORMAL;
    private @Nullable Answer inFlight; // head of a linked list
    private boolean over;

    BackwardPass(Plan plan, BackwardOptions options, MonoSink<Void> sink) {
        this.plan = plan;
        this.options = options;
        this.sink = sink;
        this.slots = new Slots(plan);
        this.ready = new int[plan.needed()];
        Context own = GradMode.in(Context.of(sink.contextView()), options.createGraph());
        this.context = isWatched() ? own.put(BackwardListener.class, (BackwardListener) this::tell) : own;
        this.ranked = context;
    }

    void start(List<Variable> seeds) {
        Node released = plan.released();
        if (released != null) {
            sink.error(new IllegalStateException(released.name() + ": " + FunctionContext.RELEASED));
            return;
        }
        tell(new BackwardEvent.Planned(plan.needed(), Math.max(0, plan.rank(Plan.ROOT))));
        var unused = sink.onCancel(this::cancel);
        deliver(Plan.ROOT, seeds);
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

    /** Does what can be done now. What nodes compute is watched only where a graph is created; what follows the pass may be, so the block ends here. */
    @SuppressWarnings("try") // the scope is closed, not read
    private void advance() {
        try (GradMode.Scope ownMode = GradMode.setGradEnabled(options.createGraph())) {
            while (!cancelled) {
                Answer answer = answered.poll();
                if (answer != null) {
                    step(answer.node, answer);
                } else if (readyFrom < readyTo) {
                    step(ready[readyFrom++], null);
                } else {
                    return;
                }
            }
        }
    }

    /** Nothing that a function throws, or that its gradients make us throw, may get past here: the pass would never end. */
    private void step(int number, @Nullable Answer answer) {
        Node node = plan.node(number);
        try {
            if (answer == null) {
                visit(number, node);
            } else {
                finish(number, node, answer);
            }
        } catch (Throwable failure) {
            Exceptions.throwIfJvmFatal(failure);
            fail(number, node, failure);
        }
    }

    private void endIfThrough() {
        if (cancelled) {
            abandon();
        } else if (inFlight == null) {
            end();
        }
    }

    private void visit(int number, Node node) throws Exception {
        if (!failures.isEmpty()) {
            return;
        }
        Hooks hooks = node.hooks();
        if (node instanceof AccumulateGrad) {
            if (hooks != null) {
                hooks.showArriving(slots.received(number));
            }
            return; // what a leaf received waits for the commit
        }
        List<@Nullable Variable> gradients = slots.take(number, node.outputs());
        if (gradients == null) {
            deliverNothing(number);
            return;
        }
        if (hooks != null) {
            hooks.retaining().forEach((output, variable) -> retain(variable, gradients.get(output)));
            hooks.showArriving(gradients);
        }
        Mono<List<@Nullable Variable>> result = node.backward(gradients, options.createGraph());
        if (result instanceof Callable<?> atOnce) {
            @SuppressWarnings("unchecked") // a Mono that is a Callable gives what the Mono would emit
            List<@Nullable Variable> value = (List<@Nullable Variable>) atOnce.call();
            complete(number, node, value);
        } else {
            ask(number, node, Objects.requireNonNull(result, "backward returned null instead of a Mono"));
        }
    }

    private void ask(int number, Node node, Mono<List<@Nullable Variable>> result) {
        Answer answer = new Answer(this, number, contextOf(number));
        answer.next = inFlight;
        if (inFlight != null) {
            inFlight.previous = answer;
        }
        inFlight = answer;
        if (isWatched()) {
            tell(new BackwardEvent.NodeStarted(node));
        }
        result.subscribe(answer);
    }

    /** The context of a node's calls: the longer the path that hangs on them, the sooner they are to go. */
    private Context contextOf(int number) {
        if (plan.rank(number) != rank) {
            rank = plan.rank(number);
            ranked = rank == Priority.NORMAL ? context : Priority.put(context, rank);
        }
        return ranked;
    }

    private void finish(int number, Node node, Answer answer) {
        unlink(answer);
        Throwable failure = answer.failure;
        if (failure != null) {
            fail(number, node, failure);
            return;
        }
        if (isWatched()) {
            tell(new BackwardEvent.NodeFinished(node));
        }
        complete(number, node, answer.gradients);
    }

    private void complete(int number, Node node, @Nullable List<@Nullable Variable> gradients) {
        int expected = plan.endOfEdges(number) - plan.firstEdge(number);
        if (gradients == null || gradients.size() != expected) {
            throw new IllegalStateException(
                    node.name() + " must give one gradient per input, " + expected + " in all, but gave "
                            + (gradients == null ? "none" : gradients.size())
                            + ". Use null for an input that needs none.");
        }
        if (node.isReleased()) { // by another pass, meanwhile
            throw new IllegalStateException(FunctionContext.RELEASED);
        }
        checkForms(number, node, gradients);
        Hooks hooks = node.hooks();
        if (hooks != null) {
            hooks.showLeaving(gradients);
        }
        deliver(number, gradients);
    }

    /** Often one gradient goes to all inputs, so it is looked at once; and most are words, which fit by their number alone. */
    private void checkForms(int number, Node node, List<@Nullable Variable> gradients) {
        int first = plan.firstEdge(number);
        Variable last = null;
        int form = Gradients.UNUSUAL;
        for (int input = 0; input < gradients.size(); input++) {
            Variable gradient = gradients.get(input);
            if (gradient == null || plan.target(first + input) == Plan.NOWHERE) {
                continue;
            }
            if (gradient != last) {
                last = gradient;
                form = Gradients.form(gradient);
            }
            String objection =
                    form != Gradients.UNUSUAL && form == node.form(input) ? null : node.objection(input, gradient);
            if (objection != null) {
                throw new IllegalStateException(node.name() + " must give a gradient of its shape to input " + input
                        + ", but " + objection + ".");
            }
        }
    }

    private void deliver(int from, List<? extends @Nullable Variable> gradients) {
        int first = plan.firstEdge(from);
        for (int input = 0; input < gradients.size(); input++) {
            deliver(first + input, gradients.get(input));
        }
    }

    private void deliverNothing(int from) {
        for (int edge = plan.firstEdge(from); edge < plan.endOfEdges(from); edge++) {
            deliver(edge, (Variable) null);
        }
    }

    private void deliver(int edge, @Nullable Variable gradient) {
        int target = plan.target(edge);
        if (target != Plan.NOWHERE && slots.receive(edge, gradient)) {
            ready[readyTo++] = target;
        }
    }

    private void fail(int number, Node node, Throwable cause) {
        tell(new BackwardEvent.NodeFailed(node, cause));
        failures.add(new Failed(number, new BackwardException.Failure(node.name(), cause)));
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
            sink.error(new BackwardException(inGraphOrder(failures)));
        }
    }

    private List<BackwardException.Failure> inGraphOrder(List<Failed> failed) {
        Map<Integer, Integer> places = new HashMap<>();
        for (int place = 0; place < plan.needed(); place++) {
            places.put(plan.inOrder(place), place);
        }
        return failed.stream()
                .sorted(Comparator.comparing(failure -> places.get(failure.node)))
                .map(Failed::failure)
                .toList();
    }

    private int commit() {
        int leaves = 0;
        for (int place = 0; place < plan.needed(); place++) {
            int number = plan.inOrder(place);
            Node node = plan.node(number);
            if (node instanceof AccumulateGrad accumulate) {
                List<Variable> gradients = slots.received(number);
                if (!gradients.isEmpty()) {
                    accumulate.leaf().accumulate(gradients);
                    leaves++;
                }
            } else if (options.retainsGraph()) {
                node.forget();
            } else {
                node.release();
            }
        }
        retained.forEach(Runnable::run);
        return leaves;
    }

    private boolean isWatched() {
        return options.listener() != BackwardListener.NOBODY;
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
        for (Answer answer = inFlight; answer != null; answer = answer.next) {
            answer.dispose();
        }
        inFlight = null;
        answered.clear();
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

    private record Failed(int node, BackwardException.Failure failure) {}
}
