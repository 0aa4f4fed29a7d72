package io.afnio4j.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The least time that a run could have taken, beside the time that it took. */
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class Floor {

    /** Microseconds of the last run. */
    public long micros;
}
