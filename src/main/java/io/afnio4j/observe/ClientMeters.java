package io.afnio4j.observe;

import io.afnio4j.context.Phase;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.Cost;
import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.Metered;
import io.afnio4j.model.Spending;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.BreakerState;
import io.afnio4j.model.limit.ClientLoad;
import io.afnio4j.model.limit.Monitored;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one client: what it used by phase, and how busy it is. Nothing is measured for it: the registry reads
 * the client's own counts whenever it is read.
 *
 * <pre>{@code
 * ModelClient client = ModelClient.of("openai/gpt-4o", options);
 * ClientMeters.of(client, Tag.of("client", "backward")).bindTo(registry);
 * }</pre>
 *
 * <p>The registry doesn't keep the client alive: the gauges of one that is gone read NaN, and its counters stand still.
 * {@link #close()} takes the meters out again. A registry knows a meter by name and tags, so two clients of the same
 * model need a tag that tells them apart. What a client used of a {@linkplain io.afnio4j.model.SharedBudget shared
 * budget} is its own part, so that sums over clients count nothing twice.
 */
public final class ClientMeters implements MeterBinder, AutoCloseable {

    private final @Nullable UsageMeter usage;
    private final @Nullable Monitored load;
    private final Tags tags;
    private final List<BoundMeters> bound = new CopyOnWriteArrayList<>();

    private ClientMeters(@Nullable UsageMeter usage, @Nullable Monitored load, Tags tags) {
        this.usage = usage;
        this.load = load;
        this.tags = tags;
    }

    /**
     * The meters of a client.
     *
     * @param client what counts its usage ({@link Metered}) or says how busy it is ({@link Monitored}), or stands
     *     before such a client; {@code ModelClient} does both
     * @param tags further tags for all its meters
     * @return what binds them
     * @throws IllegalArgumentException where the client does neither
     */
    public static ClientMeters of(ChatModel client, Tag... tags) {
        UsageMeter usage = Metered.of(client);
        Monitored load = Monitored.of(client);
        if (usage == null && load == null) {
            throw new IllegalArgumentException("The model " + client.name()
                    + " counts nothing. Wrap it in a MeteredChatModel, or make it with ModelClient.of.");
        }
        return new ClientMeters(usage, load, Tags.of("model", client.name()).and(tags));
    }

    /**
     * The meters of a client for embeddings.
     *
     * @param client what counts its usage ({@link Metered}) or says how busy it is ({@link Monitored});
     *     {@code EmbeddingClient} does both
     * @param tags further tags for all its meters
     * @return what binds them
     * @throws IllegalArgumentException where the client does neither
     */
    public static ClientMeters of(EmbeddingModel client, Tag... tags) {
        UsageMeter usage = client instanceof Metered metered ? metered.usage() : null;
        Monitored load = client instanceof Monitored monitored ? monitored : null;
        if (usage == null && load == null) {
            throw new IllegalArgumentException(
                    "The model " + client.name() + " counts nothing. Make it with EmbeddingClient.of.");
        }
        return new ClientMeters(usage, load, Tags.of("model", client.name()).and(tags));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        BoundMeters meters = new BoundMeters(registry, tags);
        bound.add(meters);
        if (usage != null) {
            for (Phase phase : Phase.values()) {
                bindUsage(meters, usage, phase);
            }
        }
        if (load != null) {
            bindLoad(meters, load);
        }
    }

    /** Takes the meters out of every registry that they were bound to. */
    @Override
    public void close() {
        bound.forEach(BoundMeters::remove);
        bound.clear();
    }

    private static void bindUsage(BoundMeters meters, UsageMeter usage, Phase phase) {
        Tags of = Tags.of("phase", phase.name().toLowerCase(Locale.ROOT));
        Counts counts = (meter, tag, value, count) ->
                meters.counter(meter, usage, all -> count.applyAsDouble(all.of(phase)), of.and(tag, value));
        counts.bind(Meters.CLIENT_TOKENS, "type", "input", sum -> sum.usage().promptTokens());
        counts.bind(Meters.CLIENT_TOKENS, "type", "cached", sum -> sum.usage().cachedTokens());
        counts.bind(
                Meters.CLIENT_TOKENS, "type", "cache_write", sum -> sum.usage().cacheWriteTokens());
        counts.bind(Meters.CLIENT_TOKENS, "type", "output", sum -> sum.usage().completionTokens());
        counts.bind(
                Meters.CLIENT_TOKENS, "type", "reasoning", sum -> sum.usage().reasoningTokens());
        counts.bind(Meters.CLIENT_COST, "kind", "counted", sum -> dollars(sum.cost()));
        counts.bind(Meters.CLIENT_COST, "kind", "assumed", sum -> dollars(sum.assumedCost()));
        meters.counter(Meters.CLIENT_UNPRICED, usage, all -> all.of(phase).unpriced(), of);
        counts.bind(Meters.CLIENT_ATTEMPTS, "outcome", "answered", UsageMeter.Totals::calls);
        counts.bind(Meters.CLIENT_ATTEMPTS, "outcome", "failed", UsageMeter.Totals::failures);
        counts.bind(Meters.CLIENT_ATTEMPTS, "outcome", "cancelled", UsageMeter.Totals::cancelled);
        meters.timer(
                Meters.CLIENT_ATTEMPT_TIME,
                usage,
                all -> attempts(all.of(phase)),
                all -> all.of(phase).callTime().toNanos(),
                of);
    }

    private static long attempts(UsageMeter.Totals totals) {
        return totals.calls() + totals.failures() + totals.cancelled();
    }

    private static double dollars(Cost cost) {
        return cost.dollars().doubleValue();
    }

    private static void bindLoad(BoundMeters meters, Monitored client) {
        Loads counts =
                (meter, tags, value) -> meters.counter(meter, client, of -> value.applyAsDouble(of.load()), tags);
        Loads gauges = (meter, tags, value) -> meters.gauge(meter, client, of -> value.applyAsDouble(of.load()), tags);
        counts.bind(Meters.CLIENT_RETRIES, Tags.empty(), ClientLoad::retries);
        counts.bind(Meters.CLIENT_HEDGES, Tags.empty(), ClientLoad::hedges);
        counts.bind(Meters.CLIENT_THROTTLED, Tags.empty(), ClientLoad::throttled);
        counts.bind(
                Meters.CLIENT_CACHE,
                Tags.of("result", "hit"),
                load -> load.cache().hits());
        counts.bind(
                Meters.CLIENT_CACHE,
                Tags.of("result", "joined"),
                load -> load.cache().joined());
        counts.bind(
                Meters.CLIENT_CACHE,
                Tags.of("result", "miss"),
                load -> load.cache().misses());
        gauges.bind(Meters.CLIENT_QUEUED, Tags.empty(), ClientLoad::queued);
        gauges.bind(Meters.CLIENT_IN_FLIGHT, Tags.empty(), ClientLoad::inFlight);
        gauges.bind(Meters.CLIENT_PLACES, Tags.empty(), ClientLoad::places);
        for (BreakerState state : BreakerState.values()) {
            gauges.bind(
                    Meters.CLIENT_BREAKER,
                    Tags.of("state", state.name().toLowerCase(Locale.ROOT)),
                    load -> load.breaker() == state ? 1 : 0);
        }
        bindBudget(gauges, Tags.of("state", "spent"), load -> load.budget().spent());
        bindBudget(gauges, Tags.of("state", "reserved"), load -> load.budget().reserved());
    }

    private static void bindBudget(Loads gauges, Tags state, Function<ClientLoad, Spending> part) {
        gauges.bind(
                Meters.CLIENT_BUDGET_COST,
                state,
                load -> dollars(part.apply(load).cost()));
        gauges.bind(Meters.CLIENT_BUDGET_TOKENS, state, load -> part.apply(load).tokens());
        gauges.bind(Meters.CLIENT_BUDGET_CALLS, state, load -> part.apply(load).calls());
    }

    // What these two read is handed to them by the registry, which holds it weakly: a number must not capture its
    // client.

    /** Binds a number out of the sums of a phase. */
    private interface Counts {

        void bind(Meters meter, String tag, String value, ToDoubleFunction<UsageMeter.Totals> count);
    }

    /** Binds a number out of the load. */
    private interface Loads {

        void bind(Meters meter, Tags tags, ToDoubleFunction<ClientLoad> value);
    }
}
