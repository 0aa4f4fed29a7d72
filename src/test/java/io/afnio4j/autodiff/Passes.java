package io.afnio4j.autodiff;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Runs passes in tests. */
final class Passes {

    /**
     * Mutants that never end are many: the profile for them waits less, so that a test fails before its JVM has to be
     * ended.
     */
    static final Duration LIMIT = Duration.ofSeconds(Long.getLong("pass.limit.seconds", 10));

    private Passes() {}

    static void run(Mono<Void> pass) {
        StepVerifier.create(pass).expectComplete().verify(LIMIT);
    }

    /** Runs a pass that has to fail at its nodes. */
    static BackwardException fail(Mono<Void> pass) {
        AtomicReference<Throwable> caught = new AtomicReference<>();
        StepVerifier.create(pass).expectErrorSatisfies(caught::set).verify(LIMIT);
        if (caught.get() instanceof BackwardException failed) {
            return failed;
        }
        throw new AssertionError("Expected a BackwardException", caught.get());
    }

    static List<String> gradTexts(Variable leaf) {
        return leaf.grad().stream().map(Variable::text).toList();
    }

    static Variable feedback(String text) {
        return new Variable(text, "feedback");
    }
}
