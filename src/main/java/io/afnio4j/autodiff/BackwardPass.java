package io.afnio4j.autodiff;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The state of one pass. It belongs to whoever runs {@link #work()}, one thread at a time: others leave what they bring
 * in the {@link #inbox}. So nodes need no locks, and a million cheap nodes in a chain are a loop and not a recursion.
 */
final class BackwardPass implements PassView {

    private final Plan plan;
    private final BackwardOptions options;
    private final MonoSink<Void> sink;
    private final @Nullable PassWatch watch; // null where nobody watches
    private final @Nullable GradientReducer reducer;

    private final Inbox inbox = new Inbox(mark()); // whoever starts the pass is at work from the beginning
    private volatile boolean cancelled;

    // From here on: touched only inside work().
    private final Slots slots;
    private final ReadyNodes ready;
    private final Delivery delivery;
    private final InFlight inFlight = new InFlight();
    private final Failures failures;
    private final Commit commit;
    private final CallContexts contexts;
    private boolean over;

    BackwardPass(Plan plan, BackwardOptions options, MonoSink<Void> sink) {
        this.plan = plan;
        this.options = options;
        this.sink = sink;
        this.slots = new Slots(plan);
        this.commit = new Commit(plan, slots);
        this.ready = new ReadyNodes(plan);
        this.delivery = new Delivery(plan, slots, ready);
        this.failures = new Failures(plan, options.onFailure());
        this.watch = options.listener() == BackwardListener.NOBODY ? null : new PassWatch(plan, options.listener());
        this.reducer = GradientReducer.of(sink.contextView());
        Context own = GradMode.in(
                SharedAnswers.in(Context.of(sink.contextView()), plan.needed(), plan::tellShared),
                options.createGraph());
        this.contexts = new CallContexts(plan, options, watch == null ? own : watch.in(own), watch);
    }

    void start(List<Variable> seeds) {
        Node released = plan.released();
        if (released != null) {
            sink.error(new IllegalStateException(released.name() + ": " + FunctionContext.RELEASED));
            return;
        }
        if (watch != null) {
            watch.open(this);
            watch.planned();
        }
        var unused = sink.onCancel(this::cancel);
        delivery.send(Plan.ROOT, seeds);
        work();
    }

    @Override
    public ContextView context() {
        return sink.contextView();
    }

    @Override
    public int queued() {
        return contexts.queued();
    }

    private void cancel() {
        cancelled = true;
        answered(mark());
    }

    /** An answer that nobody is asked for. */
    private Answer mark() {
        return new Answer(this, Plan.ROOT, Context.empty());
    }

    void answered(Answer answer) {
        if (inbox.leave(answer)) {
            work();
        }
    }

    private void work() {
        do {
            if (over) {
                inbox.clear(); // who comes late
            } else {
                advance();
                endIfThrough();
            }
        } while (!inbox.rest());
    }

    /** What nodes compute is watched only where a graph is created; what follows may be, so the block ends here. */
    @SuppressWarnings("try") // the scope is closed, not read
    private void advance() {
        try (GradMode.Scope ownMode = GradMode.setGradEnabled(options.createGraph())) {
            while (true) {
                Answer answer = inbox.take();
                if (cancelled) { // looked at after taking, for a cancel leaves a mark there that is no answer
                    return;
                }
                int next = answer == null ? ready.take() : answer.node;
                if (next == ReadyNodes.NONE) {
                    return;
                }
                step(next, answer);
            }
        }
    }

    /** Nothing that a function or its gradients make us throw may get past here: the pass would never end. */
    private void step(int number, @Nullable Answer answer) {
        Node node = plan.node(number);
        try {
            if (answer == null) {
                visit(number, node);
            } else {
                finish(number, node, answer);
            }
        } catch (Throwable failure) {
            // A missing class and an endless recursion as well: nobody waits for the thread that they came up on.
            fail(number, node, failure);
        }
    }

    private void endIfThrough() {
        if (cancelled) {
            abandon();
            if (watch != null) {
                watch.on(new BackwardEvent.PassCancelled());
            }
        } else if (inFlight.isEmpty()) {
            end();
        } else if (failures.cancelsStarted()) {
            abandon();
            end();
        }
    }

    private void visit(int number, Node node) throws Exception {
        if (failures.startsNoMore()) {
            return;
        }
        if (node instanceof AccumulateGrad) {
            Hooks hooks = node.hooks();
            if (hooks != null) {
                hooks.showArriving(slots.received(number));
            }
            return; // what a leaf received waits for the commit
        }
        if (reducer == null) {
            run(number, node, slots.take(number, node.outputs()));
        } else {
            reduce(number, node, reducer);
        }
    }

    private void reduce(int number, Node node, GradientReducer by) throws Exception {
        List<List<Variable>> received = slots.takeApart(number, node.outputs());
        if (received == null) {
            skip(number, node);
        } else if (received.stream().allMatch(gradients -> gradients.size() <= 1)) {
            run(number, node, Gradients.joinEach(received));
        } else {
            Answer answer = answerOf(number, node);
            answer.joins = true;
            answer.await(Mono.defer(() -> new ReducedJoin(by, node::once).of(received)));
        }
    }

    private void run(int number, Node node, @Nullable List<@Nullable Variable> gradients) throws Exception {
        if (gradients == null) {
            skip(number, node);
            return;
        }
        Hooks hooks = node.hooks();
        if (hooks != null) {
            hooks.retaining().forEach((output, variable) -> commit.retain(variable, gradients.get(output)));
            hooks.showArriving(gradients);
        }
        Mono<List<@Nullable Variable>> result = node.backward(
                hooks == null ? gradients : hooks.fitting(gradients, node),
                options.createGraph(),
                plan.leftOut(number));
        if (result instanceof Callable<?> atOnce) {
            @SuppressWarnings("unchecked") // a Mono that is a Callable gives what the Mono would emit
            List<@Nullable Variable> value = (List<@Nullable Variable>) atOnce.call();
            delivery.sendChecked(number, node, value);
            if (watch != null) {
                watch.on(new BackwardEvent.NodeComputed(node));
            }
        } else {
            ask(number, node, Objects.requireNonNull(result, "backward returned null instead of a Mono"));
        }
    }

    private void skip(int number, Node node) {
        if (watch != null) {
            watch.skipped(node);
        }
        delivery.sendNothing(number);
    }

    private void ask(int number, Node node, Mono<List<@Nullable Variable>> result) {
        Answer answer = answerOf(number, node);
        if (watch != null) {
            watch.started(number, node);
        }
        answer.await(result);
    }

    private Answer answerOf(int number, Node node) {
        Answer answer = new Answer(this, number, contexts.of(number, node));
        inFlight.add(answer);
        commit.mayKeepAnswers(number);
        return answer;
    }

    private void finish(int number, Node node, Answer answer) throws Exception {
        inFlight.remove(answer);
        Throwable failure = answer.failure;
        if (failure != null) {
            fail(number, node, failure);
            return;
        }
        if (answer.joins) {
            if (!failures.startsNoMore()) {
                run(number, node, answer.gradients);
            }
            return;
        }
        if (watch != null) {
            watch.finished(number, node);
        }
        delivery.sendChecked(number, node, answer.gradients);
    }

    private void fail(int number, Node node, Throwable cause) {
        List<@Nullable Variable> came = LostParts.gradientsOf(cause);
        List<@Nullable Variable> some =
                came == null ? null : delivery.checked(number, node, came); // first: it may throw
        failures.add(number, node, cause);
        if (watch != null) {
            watch.failed(number, node, LostParts.causeOf(cause));
        }
        if (failures.startsNoMore()) {
            contexts.callOff();
        } else if (failures.commits()) {
            if (some == null) {
                slots.clear(number); // what a hook of a leaf has refused is not to be put in place
                delivery.sendNothing(number);
            } else {
                delivery.send(number, some);
            }
        }
    }

    private void end() {
        over = true;
        boolean succeeded = failures.isEmpty();
        if (failures.commits()) {
            int leaves = commit.leaves();
            if (succeeded) {
                commit.giveUp(options.retainGraph());
            }
            if (watch != null) {
                watch.ended(leaves);
            }
        }
        if (succeeded) {
            sink.success();
            return;
        }
        BackwardException failure = failures.toException();
        if (watch != null) {
            watch.on(new BackwardEvent.PassFailed(failure));
        }
        sink.error(failure);
    }

    private void abandon() {
        over = true;
        contexts.end();
        inFlight.cancelAll();
        inbox.clear();
    }
}
