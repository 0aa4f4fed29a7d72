package io.afnio4j.benchmarks;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Variable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Mono;

/**
 * Random graphs of calls whose times are log-normal (median 40 ms, sigma 0.5), 64 calls at a time. No schedule is
 * shorter than the longest chain, nor than all times divided by 64; the pass, which knows the graph but no time in
 * advance, is held against the larger of the two. The score is that ratio.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
@State(Scope.Benchmark)
public class MakespanBenchmark {

    static final int AT_ONCE = 64;

    private static final int NODES = 5_000;
    private static final int LAYERS = 20;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Param({"1", "2", "3"})
    public long seed;

    private final Variable leaf = new Variable("question", "question", true);
    private Mono<Void> pass = Mono.empty();
    private double floorMillis;

    @Setup
    public void build() {
        Random random = new Random(seed);
        List<Call> below = new ArrayList<>();
        double total = 0;
        double longest = 0;
        List<Variable> roots = new ArrayList<>();
        for (int layer = 0; layer < LAYERS; layer++) {
            List<Call> here = new ArrayList<>();
            for (int i = 0; i < NODES / LAYERS; i++) {
                Call call = call(random, below);
                total += call.millis;
                longest = Math.max(longest, call.chain);
                here.add(call);
                roots.add(call.output);
            }
            below.addAll(here);
        }
        floorMillis = Math.max(longest, total / AT_ONCE);
        Variable root = new PassThrough().applyAll(roots).get(0);
        pass = root.backward(BackwardOptions.DEFAULTS
                .gradient(new Variable(Texts.FEEDBACK, "feedback"))
                .retainGraph(true)
                .maxConcurrency(AT_ONCE));
    }

    private Call call(Random random, List<Call> below) {
        long millis = Math.max(1, Math.round(40 * Math.exp(0.5 * random.nextGaussian())));
        List<Variable> inputs = new ArrayList<>();
        double chain = 0;
        for (int i = 0; i < 2 && !below.isEmpty(); i++) {
            Call input = below.get(random.nextInt(below.size()));
            inputs.add(input.output);
            chain = Math.max(chain, input.chain);
        }
        if (inputs.isEmpty()) {
            inputs.add(leaf);
        }
        Variable output = new Asking(Mono.delay(Duration.ofMillis(millis)))
                .applyAll(inputs)
                .get(0);
        return new Call(output, millis, chain + millis);
    }

    @Benchmark
    public void pass(Floor floor) {
        floor.micros = Math.round(floorMillis * 1000);
        pass.block(LIMIT);
        leaf.clearGrad();
    }

    private record Call(Variable output, long millis, double chain) {}
}
