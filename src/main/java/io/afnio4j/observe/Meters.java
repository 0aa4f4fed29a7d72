package io.afnio4j.observe;

import io.micrometer.core.instrument.Meter;
import java.util.List;

/**
 * All meters of afnio4j. Names that begin with {@code afnio4j.client} come from {@link ClientMeters}, the others from
 * {@link PassMeters}.
 */
public enum Meters {
    /** Tokens that a provider counted. */
    CLIENT_TOKENS(
            "afnio4j.client.tokens",
            Meter.Type.COUNTER,
            "tokens",
            "Tokens that the provider counted; those that it had in its cache or put there are part of input, reasoning is part of output",
            "model",
            "phase",
            "type=input|cached|cache_write|output|reasoning"),
    /** Money. */
    CLIENT_COST(
            "afnio4j.client.cost",
            Meter.Type.COUNTER,
            "USD",
            "What calls cost by the model's price, and what those cost at most that the provider didn't count",
            "model",
            "phase",
            "kind=counted|assumed"),
    /** Requests whose cost nobody knows. */
    CLIENT_UNPRICED(
            "afnio4j.client.unpriced",
            Meter.Type.COUNTER,
            "requests",
            "Requests with tokens to pay for whose model has no known price: nothing of them is in a meter of money, so where it isn't 0 those are only a part",
            "model",
            "phase"),
    /** Requests to the provider, by how they ended. */
    CLIENT_ATTEMPTS(
            "afnio4j.client.attempts",
            Meter.Type.COUNTER,
            "requests",
            "Requests to the provider: a call that is sent again makes several",
            "model",
            "phase",
            "outcome=answered|failed|cancelled"),
    /** How long requests took. */
    CLIENT_ATTEMPT_TIME(
            "afnio4j.client.attempt.time",
            Meter.Type.TIMER,
            "seconds",
            "How long requests took from the moment they were sent, waiting not included",
            "model",
            "phase"),
    /** Calls that were sent again. */
    CLIENT_RETRIES("afnio4j.client.retries", Meter.Type.COUNTER, "calls", "Times that a call was sent again", "model"),
    /** Calls that were sent a second time while the first request went on. */
    CLIENT_HEDGES(
            "afnio4j.client.hedges",
            Meter.Type.COUNTER,
            "calls",
            "Times that a call took long and was sent a second time",
            "model"),
    /** Answers that refused a request as one too many. */
    CLIENT_THROTTLED(
            "afnio4j.client.throttled",
            Meter.Type.COUNTER,
            "answers",
            "Answers that said that too many requests came",
            "model"),
    /** The queue. */
    CLIENT_QUEUED("afnio4j.client.queued", Meter.Type.GAUGE, "requests", "Requests that wait for their turn", "model"),
    /** Requests on their way. */
    CLIENT_IN_FLIGHT("afnio4j.client.in.flight", Meter.Type.GAUGE, "requests", "Requests on their way", "model"),
    /** How many requests may be on their way. */
    CLIENT_PLACES(
            "afnio4j.client.places",
            Meter.Type.GAUGE,
            "requests",
            "How many requests may be on their way: fewer after throttled answers",
            "model"),
    /** The circuit breaker. */
    CLIENT_BREAKER(
            "afnio4j.client.breaker",
            Meter.Type.GAUGE,
            "",
            "1 for the state that the circuit breaker is in, 0 for the others",
            "model",
            "state=closed|half_open|open"),
    /** The cache. */
    CLIENT_CACHE(
            "afnio4j.client.cache",
            Meter.Type.COUNTER,
            "calls",
            "What came of looking into the cache; joined calls shared the answer of an equal one on its way",
            "model",
            "result=hit|joined|miss"),
    /** The budget in money. */
    CLIENT_BUDGET_COST(
            "afnio4j.client.budget.cost",
            Meter.Type.GAUGE,
            "USD",
            "Money that the budget has counted for the client's calls, and that those in flight have reserved",
            "model",
            "state=spent|reserved"),
    /** The budget in tokens. */
    CLIENT_BUDGET_TOKENS(
            "afnio4j.client.budget.tokens",
            Meter.Type.GAUGE,
            "tokens",
            "Tokens that the budget has counted for the client's calls, and that those in flight have reserved",
            "model",
            "state=spent|reserved"),
    /** The budget in calls. */
    CLIENT_BUDGET_CALLS(
            "afnio4j.client.budget.calls",
            Meter.Type.GAUGE,
            "calls",
            "The client's calls that the budget has counted, and that are in flight",
            "model",
            "state=spent|reserved"),
    /** How long backward passes took. */
    PASS(
            "afnio4j.pass",
            Meter.Type.TIMER,
            "seconds",
            "How long backward passes took",
            "outcome=succeeded|failed|cancelled"),
    /** Nodes that had to wait for an answer. */
    PASS_NODES(
            "afnio4j.pass.nodes",
            Meter.Type.COUNTER,
            "nodes",
            "Nodes that asked and were answered, that had nothing to ask, and that failed",
            "result=answered|skipped|failed"),
    /** Nodes that wait for an answer now. */
    PASS_NODES_IN_FLIGHT(
            "afnio4j.pass.nodes.in.flight",
            Meter.Type.GAUGE,
            "nodes",
            "Nodes that wait for their answers, over all passes under way"),
    /** The queues of passes. */
    PASS_QUEUED(
            "afnio4j.pass.queued",
            Meter.Type.GAUGE,
            "questions",
            "Questions that wait because their pass has reached its own limit, over all passes under way"),
    /** The critical path. */
    PASS_CRITICAL_PATH(
            "afnio4j.pass.critical.path",
            Meter.Type.DISTRIBUTION_SUMMARY,
            "calls",
            "How many calls the longest chain of a pass makes one after the other"),
    /** What is gained by asking at the same time. */
    PASS_SPEEDUP(
            "afnio4j.pass.speedup",
            Meter.Type.DISTRIBUTION_SUMMARY,
            "",
            "The times of the calls of a pass, summed up, over how long the pass took; where no client tells of its calls, how long nodes waited");

    private final String meterName;
    private final Meter.Type type;
    private final String unit;
    private final String description;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> tags;

    Meters(String meterName, Meter.Type type, String unit, String description, String... tags) {
        this.meterName = meterName;
        this.type = type;
        this.unit = unit;
        this.description = description;
        this.tags = List.of(tags);
    }

    public String meterName() {
        return meterName;
    }

    public Meter.Type type() {
        return type;
    }

    /**
     * What is counted.
     *
     * @return the base unit, "" for a ratio or a state
     */
    public String unit() {
        return unit;
    }

    public String description() {
        return description;
    }

    /**
     * The tags beside those that were given when the meters were bound.
     *
     * @return the keys; behind some of them all values that they can have
     */
    public List<String> tags() {
        return tags;
    }
}
