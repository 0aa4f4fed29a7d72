package io.afnio4j.benchmarks;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Inputs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The wall time of a backward pass whose model takes 50 ms per call, against the critical path: the calls that have to wait for one another. Next to it
 * the same delays without an engine, which is the least that this machine's timers allow.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 10)
@Measurement(iterations = 21)
@State(Scope.Benchmark)
public class CriticalPathBenchmark {

    static final Duration DELAY = Duration.ofMillis(50);

    private static final Duration LIMIT = Duration.ofMinutes(1);

    /** How many branches, and how many calls each of them makes one after the other. */
    @Param({"1000x2", "1x100"})
    public String shape = "";

    private int branches;
    private int hops;
    private List<Variable> leaves = List.of();
    private Mono<Void> pass = Mono.empty();

    @Setup
    public void build() {
        branches = branches(shape);
        hops = hops(shape);
        leaves = Flux.range(0, branches)
                .map(i -> (Variable) new Parameter(Texts.PROMPT, "prompt of branch " + i))
                .collectList()
                .block(LIMIT);
        Variable joined = Flux.fromIterable(leaves)
                .concatMap(this::branch)
                .collectList()
                .map(Variable::sum)
                .block(LIMIT);
        BackwardClient client = FixedModel.after(DELAY, Texts.FEEDBACK).asBackwardClient();
        BackwardOptions options = BackwardOptions.DEFAULTS
                .gradient(new Variable(Texts.FEEDBACK, "feedback to all answers"))
                .retainGraph(true);
        pass = joined.backward(options).contextWrite(client::in);
    }

    private Mono<Variable> branch(Variable leaf) {
        FixedModel model = FixedModel.atOnce("cognition");
        Mono<Variable> end = ChatCompletion.of(model, List.of(Message.user(leaf)), Inputs.of("definition", Texts.INPUT))
                .run();
        for (int hop = 1; hop < hops; hop++) {
            end = end.flatMap(answer -> ChatCompletion.of(model, List.of(Message.user(answer)), Inputs.NONE)
                    .run());
        }
        return end;
    }

    @Setup(Level.Iteration)
    public void clear() {
        leaves.forEach(Variable::clearGrad);
    }

    @Benchmark
    public void backward() {
        pass.block(LIMIT);
        checkAllServed();
    }

    /** The delays alone. */
    @Benchmark
    public void timers() {
        Flux.range(0, branches)
                .flatMap(branch -> Mono.delay(DELAY).repeat(hops - 1).then(), branches)
                .then()
                .block(LIMIT);
    }

    private void checkAllServed() {
        for (Variable leaf : leaves) {
            if (leaf.grad().size() != 1) {
                throw new IllegalStateException("A leaf got " + leaf.grad().size() + " gradients instead of one.");
            }
        }
    }

    static int branches(String shape) {
        return Integer.parseInt(shape.substring(0, shape.indexOf('x')));
    }

    static int hops(String shape) {
        return Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
    }
}
