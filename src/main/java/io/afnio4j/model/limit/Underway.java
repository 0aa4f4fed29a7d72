package io.afnio4j.model.limit;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;

/** Questions on their way. Whoever asks one of them again joins it, and gets all of its answer from the first piece on. */
final class Underway<T> {

    private final ConcurrentMap<String, Flux<T>> byKey = new ConcurrentHashMap<>();

    /**
     * One answer for all who ask. The first subscriber starts it, and the last one to leave cancels it. (Mono.share and Mono.cache would go on for nobody.)
     *
     * @param key what is asked
     * @param ask asks, where nobody does already
     * @return the answer's pieces
     */
    Flux<T> join(String key, Supplier<Flux<T>> ask) {
        return byKey.computeIfAbsent(key, absent -> {
            AtomicReference<Flux<T>> own = new AtomicReference<>();
            Runnable over =
                    () -> byKey.remove(key, own.get()); // before anybody hears of the end, for who does may ask again
            Flux<T> joined =
                    ask.get().doOnTerminate(over).doOnCancel(over).replay().refCount(1);
            own.set(joined);
            return joined;
        });
    }
}
