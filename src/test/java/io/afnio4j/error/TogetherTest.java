package io.afnio4j.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class TogetherTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private final RuntimeException early = new IllegalStateException("early");

    @Test
    void resultsStandInTheOrderOfTheListWhateverCameFirst() {
        StepVerifier.withVirtualTime(() -> Together.allThenFailures(List.of(after(2, "a"), after(1, "b"))))
                .thenAwait(Duration.ofSeconds(2))
                .expectNext(List.of("a", "b"))
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.withVirtualTime(() -> Together.orFirstFailure(List.of(after(2, "a"), after(1, "b"))))
                .thenAwait(Duration.ofSeconds(2))
                .expectNext(List.of("a", "b"))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void noWorkGivesNoResults() {
        assertThat(Together.allThenFailures(List.of()).block(LIMIT)).isEmpty();
        assertThat(Together.orFirstFailure(List.of()).block(LIMIT)).isEmpty();
    }

    @Test
    void theFirstFailureOfTheListIsToldAfterAllAreDoneAndBearsTheOthers() {
        RuntimeException late = new IllegalStateException("late");
        AtomicBoolean paid = new AtomicBoolean();
        StepVerifier.withVirtualTime(() -> Together.allThenFailures(List.of(
                        after(3, "paid").doOnNext(text -> paid.set(true)),
                        after(2, "").then(Mono.<String>error(late)),
                        Mono.<String>error(early))))
                .expectSubscription()
                .expectNoEvent(Duration.ofSeconds(3).minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectErrorSatisfies(failure -> {
                    assertThat(failure).isSameAs(late);
                    assertThat(failure.getSuppressed()).containsExactly(early);
                })
                .verify(LIMIT);
        assertThat(paid).isTrue();
    }

    @Test
    void whereResultsAreOfUseOnlyTogetherTheFirstFailureCancelsTheOthers() {
        AtomicBoolean cancelled = new AtomicBoolean();
        Mono<String> endless = Mono.<String>never().doOnCancel(() -> cancelled.set(true));
        StepVerifier.create(Together.orFirstFailure(List.of(endless, Mono.error(early))))
                .expectErrorSatisfies(failure -> assertThat(failure).isSameAs(early))
                .verify(LIMIT);
        assertThat(cancelled).isTrue();
    }

    @Test
    void aRuleInTheContextHearsOfTheFirstFailureWhileTheOthersGoOn() {
        AtomicInteger heard = new AtomicInteger();
        AtomicBoolean paid = new AtomicBoolean();
        Together.AfterFailure rule = rule(false, heard);
        StepVerifier.withVirtualTime(() -> Together.asTheRuleSays(List.of(
                                after(3, "paid").doOnNext(text -> paid.set(true)),
                                after(1, "").then(Mono.<String>error(early)),
                                after(2, "").then(Mono.<String>error(new CalledOffException()))))
                        .contextWrite(rule::in))
                .thenAwait(Duration.ofSeconds(1))
                .then(() -> assertThat(heard).hasValue(1))
                .thenAwait(Duration.ofSeconds(2))
                .expectErrorSatisfies(failure -> {
                    assertThat(failure).isSameAs(early);
                    assertThat(failure.getSuppressed())
                            .as("what was called off")
                            .isEmpty();
                })
                .verify(LIMIT);
        assertThat(paid).isTrue();
    }

    @Test
    void aRuleInTheContextMayCancelTheOthers() {
        AtomicBoolean cancelled = new AtomicBoolean();
        Mono<String> endless = Mono.<String>never().doOnCancel(() -> cancelled.set(true));
        StepVerifier.create(Together.asTheRuleSays(List.of(endless, Mono.<String>error(early)))
                        .contextWrite(rule(true, new AtomicInteger())::in))
                .expectErrorSatisfies(failure -> assertThat(failure).isSameAs(early))
                .verify(LIMIT);
        assertThat(cancelled).isTrue();
    }

    private static Together.AfterFailure rule(boolean cancels, AtomicInteger heard) {
        return new Together.AfterFailure() {
            @Override
            public boolean cancelsOthers() {
                return cancels;
            }

            @Override
            public void onFailure() {
                heard.incrementAndGet();
            }
        };
    }

    private static Mono<String> after(int seconds, String text) {
        return Mono.delay(Duration.ofSeconds(seconds)).thenReturn(text);
    }
}
