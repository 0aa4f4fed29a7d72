package io.afnio4j.benchmarks.http;

import io.afnio4j.ModelClient;
import io.afnio4j.model.Allowance;
import io.afnio4j.model.Budget;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Cost;
import io.afnio4j.observe.ClientMeters;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The client as a user has it, all on: the queue with both limits per minute, retries, the circuit breaker, a budget in
 * money, tokens and calls, and the meter, whose figures a registry reads once a second. The limits are too high to hold
 * anybody back.
 */
final class FullClient implements AutoCloseable {

    private static final Duration SCRAPE = Duration.ofSeconds(1);

    private final ModelClient model;
    private final ClientMeters meters;
    private final Disposable scraper;

    FullClient(String baseUrl, int inFlight) {
        Allowance plenty = new Allowance(Cost.ofDollars("1000000"), 1_000_000_000_000L, 1_000_000_000L);
        model = ModelClient.of(
                "openai/" + Prompt.MODEL,
                ClientOptions.builder()
                        .apiKey("sk-benchmark")
                        .baseUrl(baseUrl)
                        .maxConcurrency(inFlight)
                        .requestsPerMinute(1_000_000_000)
                        .tokensPerMinute(1_000_000_000_000L)
                        .budget(Budget.of(plenty))
                        .build());
        MeterRegistry registry = new SimpleMeterRegistry();
        meters = ClientMeters.of(model);
        meters.bindTo(registry);
        scraper = Flux.interval(SCRAPE).subscribe(tick -> registry.getMeters().forEach(Meter::measure));
    }

    ChatModel model() {
        return model;
    }

    Mono<ChatResponse> chat() {
        return model.chat(Prompt.REQUEST);
    }

    Flux<ChatChunk> stream() {
        return model.stream(Prompt.REQUEST);
    }

    @Override
    public void close() {
        scraper.dispose();
        meters.close();
        model.close();
    }
}
