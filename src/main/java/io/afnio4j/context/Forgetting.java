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
 * How kept answers are forgotten that turned out to be of no use. Whoever keeps answers for a second try, in memory, in
 * a cache or in a journal, notes here how each is taken out again. Whoever reads answers and gives up lets all of them
 * be forgotten that it was given; otherwise the second try would be given the same ones, and fail of them again.
 * Readers may lie within readers: the outer one's answers are those of the inner ones, too.
 *
 * <p>Where keepers lie one above the other, as a journal around a client with a cache, only those forget that were
 * asked: what stands beneath one that had the answer comes up at the next try.
 *
 * <p>Safe to use from any thread.
 */
public final class Forgetting {

    /** Those who gave up within work that may go on all the same. */
    private record Undecided(Queue<Forgetting> answers) {}

    private final Queue<Supplier<Mono<Void>>> noted = new ConcurrentLinkedQueue<>();

    private final @Nullable Forgetting around;

    private Forgetting(@Nullable Forgetting around) {
        this.around = around;
    }

    /**
     * Asks, and lets the answers be forgotten where all attempts came to nothing.
     *
     * @param useless which failures mean that the answers were of no use
     * @param asking asks one model or several, once or several times, and reads the answers
     * @param <T> what was read
     * @return the same; a failure is told when the answers are forgotten
     */
    public static <T> Mono<T> where(Predicate<? super Throwable> useless, Mono<T> asking) {
        return Mono.deferContextual(caller -> {
            Forgetting answers = new Forgetting(of(caller));
            return asking.contextWrite(context -> context.put(Forgetting.class, answers))
                    .onErrorResume(useless, failure -> answers.givenUp(caller).then(Mono.error(failure)));
        });
    }

    /**
     * Asks where the work may go on after a failure. Then the failure is what the answers led to, as good as any other
     * outcome, and they stay kept: the same work, done again, comes to the same. Readers within that give up leave it
     * to this whether their answers are forgotten.
     *
     * @param borne the failures after which the work goes on
     * @param asking work whose readers give up as {@link #where} says
     * @param <T> what was read
     * @return the same; a failure that isn't borne is told when the answers are forgotten that nobody could use
     */
    public static <T> Mono<T> unless(Predicate<? super Throwable> borne, Mono<T> asking) {
        return Mono.defer(() -> {
            Undecided undecided = new Undecided(new ConcurrentLinkedQueue<>());
            return asking.contextWrite(context -> context.put(Undecided.class, undecided))
                    .onErrorResume(
                            borne.negate(),
                            failure -> Flux.fromIterable(undecided.answers)
                                    .concatMap(Forgetting::forgetAll)
                                    .then(Mono.error(failure)));
        });
    }

    /**
     * Notes how an answer is forgotten that was given to somebody, and is kept.
     *
     * @param subscription the context of who asked
     * @param forget takes this answer out, but not another one that has taken its place
     */
    public static void note(ContextView subscription, Supplier<Mono<Void>> forget) {
        for (Forgetting answers = of(subscription); answers != null; answers = answers.around) {
            answers.noted.add(forget);
        }
    }

    /**
     * Whether anybody is going to ask for it.
     *
     * @param subscription the context of who asks
     * @return false where it needn't be known how answers are forgotten
     */
    public static boolean isIn(ContextView subscription) {
        return of(subscription) != null;
    }

    private static @Nullable Forgetting of(ContextView subscription) {
        return subscription.getOrDefault(Forgetting.class, null);
    }

    private Mono<Void> givenUp(ContextView caller) {
        Undecided undecided = caller.getOrDefault(Undecided.class, null);
        if (undecided == null) {
            return forgetAll();
        }
        undecided.answers.add(this);
        return Mono.empty();
    }

    /** What can't be forgotten must not hide why it was to be. */
    private Mono<Void> forgetAll() {
        return Flux.fromIterable(noted)
                .concatMap(forget -> Mono.defer(forget).onErrorComplete())
                .then();
    }
}
