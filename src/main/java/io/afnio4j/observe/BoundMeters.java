package io.afnio4j.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Meters of the catalogue in one registry. What they read, they hold weakly. */
final class BoundMeters {

    private final MeterRegistry registry;
    private final Tags tags;
    private final List<Meter> registered = new CopyOnWriteArrayList<>();

    BoundMeters(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
    }

    /** Something that only grows, and is counted elsewhere. */
    <T> void counter(Meters meter, T source, ToDoubleFunction<T> count, Tags own) {
        registered.add(FunctionCounter.builder(meter.meterName(), source, count)
                .baseUnit(meter.unit())
                .description(meter.description())
                .tags(tags.and(own))
                .register(registry));
    }

    /** Something that goes up and down. */
    <T> void gauge(Meters meter, T source, ToDoubleFunction<T> value, Tags own) {
        registered.add(Gauge.builder(meter.meterName(), source, value)
                .baseUnit(unit(meter))
                .description(meter.description())
                .tags(tags.and(own))
                .register(registry));
    }

    /** Times that are counted elsewhere. */
    <T> void timer(Meters meter, T source, ToLongFunction<T> count, ToDoubleFunction<T> nanos, Tags own) {
        registered.add(FunctionTimer.builder(meter.meterName(), source, count, nanos, TimeUnit.NANOSECONDS)
                .description(meter.description())
                .tags(tags.and(own))
                .register(registry));
    }

    Counter counter(Meters meter, Tags own) {
        Counter counter = Counter.builder(meter.meterName())
                .baseUnit(meter.unit())
                .description(meter.description())
                .tags(tags.and(own))
                .register(registry);
        registered.add(counter);
        return counter;
    }

    Timer timer(Meters meter, Tags own) {
        Timer timer = Timer.builder(meter.meterName())
                .description(meter.description())
                .tags(tags.and(own))
                .register(registry);
        registered.add(timer);
        return timer;
    }

    DistributionSummary summary(Meters meter) {
        DistributionSummary summary = DistributionSummary.builder(meter.meterName())
                .baseUnit(unit(meter))
                .description(meter.description())
                .tags(tags)
                .register(registry);
        registered.add(summary);
        return summary;
    }

    /** The registry's time, in nanoseconds. */
    long now() {
        return registry.config().clock().monotonicTime();
    }

    void remove() {
        registered.forEach(registry::remove);
        registered.clear();
    }

    private static @Nullable String unit(Meters meter) {
        return meter.unit().isEmpty() ? null : meter.unit();
    }
}
