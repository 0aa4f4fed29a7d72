package io.afnio4j.benchmarks;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Variable;
import java.util.ArrayList;
import java.util.List;
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
import org.openjdk.jmh.infra.Blackhole;
import reactor.core.publisher.Mono;

/**
 * What the engine itself costs per node where nodes cost nothing: a whole pass, planning included, over a chain and
 * over a fan-in (one join of many nodes that share a leaf), next to the {@link DependencyCounter} over a graph of the
 * same form. The graph is built before and walked again and again.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xms4g", "-Xmx4g", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Benchmark)
public class SchedulingBenchmark {

    /** The graph's form. */
    public enum Form {
        CHAIN,
        FAN_IN
    }

    @Param
    public Form form = Form.CHAIN;

    @Param({"1000", "100000", "1000000"})
    public int nodes;

    private final Variable leaf = new Variable("question", "question", true);
    private Mono<Void> pass = Mono.empty();
    private final DependencyCounter counter = new DependencyCounter();
    private final DependencyCounter.Step leafStep = counter.add(List.of());
    private DependencyCounter.Step rootStep = leafStep;

    @Setup
    public void build() {
        Variable root = form == Form.CHAIN ? chain() : fanIn();
        rootStep = form == Form.CHAIN ? chainOfSteps() : fanInOfSteps();
        Variable feedback = new Variable(Texts.FEEDBACK, "feedback");
        pass = root.backward(BackwardOptions.DEFAULTS.gradient(feedback).retainGraph(true));
    }

    private Variable chain() {
        PassThrough function = new PassThrough();
        Variable end = leaf;
        for (int i = 0; i < nodes; i++) {
            end = function.apply(end);
        }
        return end;
    }

    private Variable fanIn() {
        PassThrough function = new PassThrough();
        List<Variable> parts = new ArrayList<>(nodes);
        for (int i = 0; i < nodes; i++) {
            parts.add(function.apply(leaf));
        }
        return function.applyAll(parts).get(0);
    }

    private DependencyCounter.Step chainOfSteps() {
        DependencyCounter.Step end = leafStep;
        for (int i = 0; i < nodes; i++) {
            end = counter.add(List.of(end));
        }
        return end;
    }

    private DependencyCounter.Step fanInOfSteps() {
        List<DependencyCounter.Step> parts = new ArrayList<>(nodes);
        for (int i = 0; i < nodes; i++) {
            parts.add(counter.add(List.of(leafStep)));
        }
        return counter.add(parts);
    }

    @Benchmark
    public void engine(CpuTime cpu) {
        cpu.measure(pass::block);
        leaf.clearGrad();
    }

    @Benchmark
    public void counter(CpuTime cpu, Blackhole sink) {
        cpu.measure(() -> sink.consume(counter.run(rootStep, Texts.FEEDBACK)));
    }
}
