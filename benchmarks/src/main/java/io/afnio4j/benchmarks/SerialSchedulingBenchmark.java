package io.afnio4j.benchmarks;

import org.openjdk.jmh.annotations.Fork;

/**
 * The same with the serial collector. It copies what lives level by level, so that a large graph comes to lie in memory
 * in the order in which a pass walks it; G1 leaves gaps, and where memory answers slowly a pass waits at each of them.
 */
@Fork(
        value = 1,
        jvmArgs = {"-Xms4g", "-Xmx4g", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"})
public class SerialSchedulingBenchmark extends SchedulingBenchmark {}
