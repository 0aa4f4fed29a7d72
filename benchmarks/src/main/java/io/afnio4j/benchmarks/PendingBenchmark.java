package io.afnio4j.benchmarks;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * What it takes to wait for 100,000 answers at once: the time of a pass whose calls take two seconds each, once in a
 * large heap and once in 400 MB that hold the graph as well; and the bytes that a pass keeps per node that waits, texts
 * and graph left aside.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class PendingBenchmark {

    static final int NODES = 100_000;
    static final Duration DELAY = Duration.ofSeconds(2);

    @Benchmark
    @Fork(
            value = 1,
            jvmArgs = {"-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
    @Warmup(iterations = 3)
    @Measurement(iterations = 5)
    public void pass(Calls calls) {
        calls.graph.backward();
        calls.graph.takeGradients();
    }

    /**
     * The same with hardly more memory than the graph and the waiting calls fill, so that collecting it takes its time.
     */
    @Benchmark
    @Fork(
            value = 1,
            jvmArgs = {"-Xms400m", "-Xmx400m", "-XX:+AlwaysPreTouch"})
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

        private final ModelGraph graph = new ModelGraph(NODES, FixedModel.after(DELAY, Texts.FEEDBACK));
    }

    /** Nodes whose answers never come. */
    @State(Scope.Benchmark)
    public static class Waiting {

        private final Mono<Void> pass = WideGraph.pass(NODES, Mono.never());
    }
}
