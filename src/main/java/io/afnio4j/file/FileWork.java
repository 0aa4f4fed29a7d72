package io.afnio4j.file;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Work on a file that several calls share. It is done on a thread that may block and goes on at
 * {@link Schedulers#parallel()}. Once it has begun it is done to its end: who cancels no longer waits for it, and that
 * is all. ({@code subscribeOn} interrupts its thread where it is cancelled, and that closes a file for everybody.)
 */
public final class FileWork {

    private FileWork() {}

    /** Looked up each time: virtual time, as long as a test has it, puts a scheduler of its own in the place of all. */
    private static Scheduler threads() {
        return Schedulers.boundedElastic();
    }

    /**
     * Work that finds something.
     *
     * @param work may block; done once for each subscription
     * @param <T> what it finds
     * @return what it finds, empty for null; what it throws is an error
     */
    public static <T> Mono<T> find(Callable<? extends @Nullable T> work) {
        return Mono.<T>create(sink -> {
                    var unused = threads().schedule(() -> {
                        try {
                            sink.success(work.call());
                        } catch (Throwable failure) {
                            sink.error(failure); // whatever it is: somebody waits
                        }
                    });
                })
                .publishOn(Schedulers.parallel());
    }

    /**
     * Work that finds nothing.
     *
     * @param work may block; done once for each subscription
     * @return completes when it is done; what it throws is an error
     */
    public static Mono<Void> run(Runnable work) {
        return find(() -> {
            work.run();
            return null;
        });
    }

    /**
     * Work that nobody waits for.
     *
     * @param delay how long until it begins
     * @param work may block
     */
    public static void later(Duration delay, Runnable work) {
        var unused = threads().schedule(work, delay.toNanos(), TimeUnit.NANOSECONDS);
    }
}
