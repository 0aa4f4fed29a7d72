package io.afnio4j.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says about its limits beside an answer.
 *
 * @param requests the limit on requests
 * @param tokens the limit on tokens
 */
public record RateLimitReport(Window requests, Window tokens) {

    /**
     * One limit. What the provider doesn't say is null.
     *
     * @param limit how much may be used in the provider's period
     * @param remaining how much is left of it
     * @param reset how long until all of it is there again
     */
    public record Window(
            @Nullable Long limit,
            @Nullable Long remaining,
            @Nullable Duration reset) {}
}
