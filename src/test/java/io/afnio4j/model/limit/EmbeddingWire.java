package io.afnio4j.model.limit;

import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.Embeddings;
import io.afnio4j.model.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Takes two texts in a request, gives each its number as its vector, and counts a token for each. */
final class EmbeddingWire implements EmbeddingModel {

    final List<List<String>> sent = new ArrayList<>();
    private final Scheduler clock;
    private final List<Long> times = new ArrayList<>();
    private final Map<List<String>, Integer> attempts = new HashMap<>();
    BiFunction<List<String>, Integer, Mono<Embeddings>> answer = (texts, attempt) -> Mono.just(vectors(texts));
    Function<List<String>, Long> tokensOf = texts -> (long) texts.size();
    int perRequest = 2;
    int atOnce = 1;
    int cancelled;
    boolean closed;

    EmbeddingWire(Scheduler clock) {
        this.clock = clock;
    }

    Embeddings vectors(List<String> texts) {
        return new Embeddings(
                texts.stream().map(EmbeddingWire::vector).toList(), Usage.of(tokensOf.apply(texts), 0), "wire-1");
    }

    private static float[] vector(String text) {
        return new float[] {text.matches("\\d+") ? Integer.parseInt(text) : -1};
    }

    @Override
    public String name() {
        return "test/wire";
    }

    @Override
    public Mono<Embeddings> embed(List<String> texts) {
        return Mono.defer(() -> {
            int attempt;
            synchronized (this) {
                sent.add(texts);
                times.add(clock.now(TimeUnit.MILLISECONDS));
                attempt = attempts.merge(texts, 1, Integer::sum);
            }
            return answer.apply(texts, attempt);
        });
    }

    @Override
    public List<List<String>> requests(List<String> texts) {
        if (texts.contains("")) {
            throw new IllegalArgumentException("empty");
        }
        List<List<String>> requests = new ArrayList<>();
        for (int from = 0; from < texts.size(); from += perRequest) {
            requests.add(texts.subList(from, Math.min(texts.size(), from + perRequest)));
        }
        return requests;
    }

    @Override
    public int requestsAtOnce() {
        return atOnce;
    }

    /** The most that was started in any span of this length. */
    long mostIn(Duration span, ToIntFunction<List<String>> weight) {
        long most = 0;
        for (int first = 0; first < sent.size(); first++) {
            long sum = 0;
            for (int i = first; i < sent.size() && times.get(i) - times.get(first) < span.toMillis(); i++) {
                sum += weight.applyAsInt(sent.get(i));
            }
            most = Math.max(most, sum);
        }
        return most;
    }

    @Override
    public void close() {
        closed = true;
    }
}
