package io.afnio4j.model.limit;

import org.jspecify.annotations.Nullable;

/** The parts of a client that can be read. */
record Instruments(
        AdmissionChatModel admission,
        @Nullable BreakerChatModel breaker,
        @Nullable BudgetChatModel budget,
        @Nullable CachingChatModel cache,
        Incidents incidents) {

    BreakerState breakerState() {
        return breaker == null ? BreakerState.CLOSED : breaker.state();
    }

    ClientLoad read() {
        return new ClientLoad(
                admission.inFlight(),
                admission.queued(),
                admission.places(),
                breakerState(),
                incidents.retries(),
                incidents.hedges(),
                admission.throttled(),
                cache == null ? ClientLoad.CacheUse.NONE : cache.use(),
                budget == null
                        ? ClientLoad.BudgetUse.NONE
                        : new ClientLoad.BudgetUse(budget.spent(), budget.reserved()));
    }
}
