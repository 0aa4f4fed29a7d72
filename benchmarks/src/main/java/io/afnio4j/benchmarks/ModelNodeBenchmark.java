package io.afnio4j.benchmarks;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

/**
 * What a node that asks a model costs where the model costs nothing: rendering the prompt of its forward again, writing
 * the request for feedback around it, asking, and storing the answer. Each of the chat completions has a prompt of its
 * own to serve.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xms4g", "-Xmx4g", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 8, time = 1)
@State(Scope.Benchmark)
public class ModelNodeBenchmark {

    @Param({"100", "10000"})
    public int nodes;

    private @Nullable ModelGraph graph;

    @Setup
    public void build() {
        graph = new ModelGraph(nodes, FixedModel.atOnce(Texts.FEEDBACK));
    }

    @Benchmark
    public void backward(CpuTime cpu) {
        ModelGraph built = Objects.requireNonNull(graph);
        cpu.measure(built::backward);
        built.takeGradients();
    }
}
