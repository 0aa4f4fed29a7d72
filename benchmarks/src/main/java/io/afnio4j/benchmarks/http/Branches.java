package io.afnio4j.benchmarks.http;

import io.afnio4j.benchmarks.WideGraph;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * A backward pass over branches that each ask the full client once: how much longer the pass takes than the model
 * thinks. Next to it as many calls of the full and of the bare client, all at once and without an engine.
 */
final class Branches {

    static final int DELAY_MILLIS = 50;

    private static final int BRANCHES = 1_000;
    private static final int WARM_UP = 60;
    private static final int ROUNDS = 21;
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final String url;

    Branches(String url) {
        this.url = url;
    }

    String measure() {
        try (BareClient bare = new BareClient(url, BRANCHES);
                FullClient full = new FullClient(url, BRANCHES)) {
            List<Mono<Void>> ways =
                    List.of(WideGraph.pass(BRANCHES, Mono.defer(full::chat)), atOnce(full::chat), atOnce(bare::chat));
            double[][] times = new double[ways.size()][ROUNDS];
            for (int round = -WARM_UP; round < ROUNDS; round++) {
                for (int way = 0; way < ways.size(); way++) {
                    long start = System.nanoTime();
                    ways.get(way).block(LIMIT);
                    if (round >= 0) {
                        times[way][round] = (System.nanoTime() - start) / 1e6 / DELAY_MILLIS;
                    }
                }
            }
            return String.format(
                    Locale.ROOT,
                    "wall / delay %.2f x; the full client's calls alone %.2f x, the bare one's %.2f x",
                    Load.median(times[0]),
                    Load.median(times[1]),
                    Load.median(times[2]));
        }
    }

    private static Mono<Void> atOnce(Supplier<? extends Publisher<?>> call) {
        return Mono.defer(() -> Mono.when(Stream.generate(call).limit(BRANCHES).toList()));
    }
}
