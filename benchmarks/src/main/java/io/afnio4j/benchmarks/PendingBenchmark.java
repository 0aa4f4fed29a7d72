package io.afnio4j.benchmarks;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Engine;
import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.PureFunction;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Inputs;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * What it takes to wait for 100,000 answers at once: the time of a pass whose calls take two seconds each, once in a large heap and once in 400 MB that hold the graph as well; and the
 * bytes that a pass keeps per node that waits, texts and graph left aside.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class PendingBenchmark {

    static final int NODES = 100_000;
    static final Duration DELAY = Duration.ofSeconds(2);

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Variable FEEDBACK = new Variable(Texts.FEEDBACK, "feedback to the category of the definition");

    @Benchmark
    @Fork(
            value = 1,
            jvmArgs = {"-Xms2g", "-Xmx2g"})
    @Warmup(iterations = 3)
    @Measurement(iterations = 5)
    public void pass(Calls calls) {
        calls.pass.block(LIMIT);
        calls.checkAndClear();
    }

    /** The same with hardly more memory than the graph and the waiting calls fill, so that collecting it takes its time. */
    @Benchmark
    @Fork(
            value = 1,
            jvmArgs = {"-Xms400m", "-Xmx400m"})
    @Warmup(iterations = 3)
    @Measurement(iterations = 5)
    public void passInLittleMemory(Calls calls) {
        pass(calls);
    }

    @Benchmark
    @Fork(1)
    @Warmup(iterations = 1)
    @Measurement(iterations = 3)
    public void state(Waiting waiting, Held held) {
        long before = usedHeap();
        Disposable pass = waiting.pass.subscribe();
        held.bytes = usedHeap() - before;
        pass.dispose();
    }

    @SuppressWarnings("ExplicitGc") // what is reachable is to be measured, not what is free
    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** What a pass holds while all of its nodes wait. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Held {

        /** Bytes, in the last run. */
        public long bytes;
    }

    /** Chat completions, each with a prompt of its own. */
    @State(Scope.Benchmark)
    public static class Calls {

        private final List<Variable> leaves = new ArrayList<>(NODES);
        private Mono<Void> pass = Mono.empty();

        @Setup
        public void build() {
            List<Variable> answers = new ArrayList<>(NODES);
            for (int i = 0; i < NODES; i++) {
                Variable leaf = new Variable(Texts.PROMPT, "prompt that asks for a category", true);
                leaves.add(leaf);
                answers.add(ChatCompletion.of(
                                FixedModel.atOnce("cognition " + i), // equal questions would be asked once
                                List.of(Message.user(leaf)),
                                Inputs.of("definition", Texts.INPUT))
                        .as("category of the definition")
                        .run()
                        .block(LIMIT));
            }
            BackwardClient client = FixedModel.after(DELAY, Texts.FEEDBACK).asBackwardClient();
            pass = Engine.backward(
                            answers, Collections.nCopies(NODES, FEEDBACK), BackwardOptions.DEFAULTS.retainGraph(true))
                    .contextWrite(client::in);
        }

        private void checkAndClear() {
            for (Variable leaf : leaves) {
                if (leaf.grad().size() != 1) {
                    throw new IllegalStateException("A leaf got " + leaf.grad().size() + " gradients instead of one.");
                }
                leaf.clearGrad();
            }
        }
    }

    /** Nodes whose answers never come. */
    @State(Scope.Benchmark)
    public static class Waiting {

        private Mono<Void> pass = Mono.empty();

        @Setup
        public void build() {
            Variable leaf = new Variable("question", "question", true);
            Never never = new Never();
            List<Variable> parts = new ArrayList<>(NODES);
            for (int i = 0; i < NODES; i++) {
                parts.add(never.apply(leaf));
            }
            pass = new PassThrough()
                    .applyAll(parts)
                    .get(0)
                    .backward(BackwardOptions.DEFAULTS.gradient(FEEDBACK).retainGraph(true));
        }
    }

    private static final class Never extends PureFunction {

        @Override
        protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
            return List.of(new Variable("answer", "answer"));
        }

        @Override
        protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
            return context.once("call", Mono.never());
        }
    }
}
