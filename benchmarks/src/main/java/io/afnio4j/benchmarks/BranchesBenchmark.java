package io.afnio4j.benchmarks;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Variable;
import java.time.Duration;
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
import reactor.core.publisher.Mono;

/**
 * Many branches that wait at the same time, each 50 ms and nothing else: how much longer the pass takes than a single one. Next to it the same delays without an engine,
 * started by one thread.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xms2g", "-Xmx2g"})
@Warmup(iterations = 30)
@Measurement(iterations = 21)
@State(Scope.Benchmark)
public class BranchesBenchmark {

    static final Duration DELAY = Duration.ofMillis(50);

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Param({"1000", "10000", "100000"})
    public int branches;

    private final Variable leaf = new Variable("question", "question", true);
    private Mono<Void> pass = Mono.empty();

    @Setup
    public void build() {
        Delayed delayed = new Delayed(DELAY);
        List<Variable> parts = new ArrayList<>(branches);
        for (int i = 0; i < branches; i++) {
            parts.add(delayed.apply(leaf));
        }
        Variable root = new PassThrough().applyAll(parts).get(0);
        pass = root.backward(BackwardOptions.DEFAULTS
                .gradient(new Variable(Texts.FEEDBACK, "feedback"))
                .retainGraph(true));
    }

    @Benchmark
    public void engine() {
        pass.block(LIMIT);
        leaf.clearGrad();
    }

    @Benchmark
    public void timers() {
        Mono.<Void>create(sink -> {
                    Countdown countdown = new Countdown(branches, sink::success);
                    for (int i = 0; i < branches; i++) {
                        Mono.delay(DELAY).subscribe(countdown);
                    }
                })
                .block(LIMIT);
    }
}
