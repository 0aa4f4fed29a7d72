package io.afnio4j.benchmarks;

import java.time.Duration;
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
 * Many branches that wait at the same time, each 50 ms and nothing else: how much longer the pass takes than a single
 * one. Next to it the same delays without an engine, started by one thread.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgs = {"-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 30)
@Measurement(iterations = 21)
@State(Scope.Benchmark)
public class BranchesBenchmark {

    static final Duration DELAY = Duration.ofMillis(50);

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Param({"1000", "10000", "100000"})
    public int branches;

    private Mono<Void> pass = Mono.empty();

    @Setup
    public void build() {
        pass = WideGraph.pass(branches, Mono.delay(DELAY));
    }

    @Benchmark
    public void engine() {
        pass.block(LIMIT);
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
