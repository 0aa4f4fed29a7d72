package io.afnio4j.context;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * How kept answers are forgotten that turned out to be of no use. Whoever keeps answers for a second try, in memory, in a cache or in a journal, notes here how each is taken out again. Whoever reads
 * answers and gives up lets all of them be forgotten; otherwise the second try would be given the same ones, and fail of them again.
 *
 * <p>Safe to use from any thread.
 */
public final class Forgetting {

    private final Queue<Supplier<Mono<Void>>> noted = new ConcurrentLinkedQueue<>();

    private Forgetting() {}

    /**
     * Asks, and lets the answers be forgotten where all attempts came to nothing.
     *
     * @param useless which failures mean that the answers were of no use
     * @param asking asks one model or several, once or several times, and reads the answers
     * @param <T> what was read
     * @return the same; a failure is told when the answers are forgotten
     */
    public static <T> Mono<T> where(Predicate<? super Throwable> useless, Mono<T> asking) {
        return Mono.defer(() -> {
            Forgetting answers = new Forgetting();
            return asking.contextWrite(context -> context.put(Forgetting.class, answers))
                    .onErrorResume(useless, failure -> answers.forgetAll().then(Mono.error(failure)));
        });
    }

    /**
     * Notes how an answer is forgotten that is kept, or is going to be.
     *
     * @param subscription the context of who asks
     * @param forget takes the answer out; nothing to do where there is none
     */
    public static void note(ContextView subscription, Supplier<Mono<Void>> forget) {
        @Nullable Forgetting answers = subscription.getOrDefault(Forgetting.class, null);
        if (answers != null) {
            answers.noted.add(forget);
        }
    }

    /** What can't be forgotten must not hide why it was to be. */
    private Mono<Void> forgetAll() {
        return Flux.fromIterable(noted)
                .concatMap(forget -> Mono.defer(forget).onErrorComplete())
                .then();
    }
}
