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
import java.util.stream.IntStream;
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
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The wall time of a backward pass whose model takes 50 ms per call, against the critical path: the calls that have to
 * wait for one another. Next to it the same delays without an engine, which is the least that this machine's timers
 * allow.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@State(Scope.Benchmark)
public class CriticalPathBenchmark {

    static final Duration DELAY = Duration.ofMillis(50);

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Benchmark
    @Warmup(iterations = 60)
    @Measurement(iterations = 41)
    public void branches(Branches graph) {
        graph.backward();
    }

    /** The delays of {@link #branches} alone. */
    @Benchmark
    @Warmup(iterations = 60)
    @Measurement(iterations = 41)
    public void branchesTimers(Branches graph) {
        graph.delays();
    }

    @Benchmark
    @Warmup(iterations = 1)
    @Measurement(iterations = 5)
    public void chain(Chain graph) {
        graph.backward();
    }

    /** The delays of {@link #chain} alone. */
    @Benchmark
    @Warmup(iterations = 1)
    @Measurement(iterations = 5)
    public void chainTimers(Chain graph) {
        graph.delays();
    }

    /** 1,000 branches of two calls, one on the answer of the other. */
    public static class Branches extends Graph {

        static final int COUNT = 1_000;
        static final int HOPS = 2;

        public Branches() {
            super(COUNT, HOPS);
        }
    }

    /** One branch of 100 calls. */
    public static class Chain extends Graph {

        static final int HOPS = 100;

        public Chain() {
            super(1, HOPS);
        }
    }

    /** Branches from one leaf each to one sum. */
    @State(Scope.Benchmark)
    public abstract static class Graph {

        private final int branches;
        private final int hops;
        private List<Variable> leaves = List.of();
        private Mono<Void> pass = Mono.empty();

        Graph(int branches, int hops) {
            this.branches = branches;
            this.hops = hops;
        }

        @Setup
        public void build() {
            leaves = IntStream.range(0, branches)
                    .mapToObj(i -> (Variable) new Parameter(Texts.PROMPT, "prompt of branch " + i))
                    .toList();
            Variable joined = Flux.fromIterable(leaves)
                    .concatMap(this::branch)
                    .collectList()
                    .map(Variable::sum)
                    .blockOptional(LIMIT)
                    .orElseThrow();
            BackwardClient client = FixedModel.after(DELAY, Texts.FEEDBACK).asBackwardClient();
            BackwardOptions options = BackwardOptions.DEFAULTS
                    .gradient(new Variable(Texts.FEEDBACK, "feedback to all answers"))
                    .retainGraph(true);
            pass = joined.backward(options).contextWrite(client::in);
        }

        /** Each call gets an answer of its own: equal questions would be asked once. */
        private Mono<Variable> branch(Variable leaf) {
            String answers = "cognition, says the " + leaf.role() + ", hop ";
            Mono<Variable> end = ChatCompletion.of(
                            FixedModel.atOnce(answers + 0),
                            List.of(Message.user(leaf)),
                            Inputs.of("definition", Texts.INPUT))
                    .run();
            for (int hop = 1; hop < hops; hop++) {
                FixedModel model = FixedModel.atOnce(answers + hop);
                end = end.flatMap(answer -> ChatCompletion.of(model, List.of(Message.user(answer)), Inputs.NONE)
                        .run());
            }
            return end;
        }

        /** Runs the pass and proves that it served every leaf. */
        void backward() {
            pass.block(LIMIT);
            ModelGraph.takeOneGradientEach(leaves);
        }

        void delays() {
            Flux.range(0, branches)
                    .flatMap(branch -> Mono.delay(DELAY).repeat(hops - 1).then(), branches)
                    .then()
                    .block(LIMIT);
        }
    }
}
