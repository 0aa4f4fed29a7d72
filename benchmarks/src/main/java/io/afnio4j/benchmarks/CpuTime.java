package io.afnio4j.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The processor time of the measuring thread, beside JMH's wall time: on a machine that others use as well it is the
 * figure to trust. What garbage collection and compilation take on threads of their own is not in it.
 */
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class CpuTime {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** Nanoseconds, summed over all runs. */
    public long cpuNanos;

    /** How many runs. */
    public long runs;

    void measure(Runnable work) {
        long before = THREADS.getCurrentThreadCpuTime();
        work.run();
        cpuNanos += THREADS.getCurrentThreadCpuTime() - before;
        runs++;
    }
}
