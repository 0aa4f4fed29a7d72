package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.Allowance;
import io.afnio4j.model.Budget;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Limits;
import io.afnio4j.model.UsageMeter;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A hundred thousand calls through a provider that counts and fails. Runs by a command of its own: docs/soak.md. */
@Tag("soak")
class SoakTest {

    private static final int CALLS = 100_000;
    private static final int REQUESTS = 6_000;
    private static final long TOKENS = 1_000_000;

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final UsageMeter meter = new UsageMeter();
    private final byte[] answered = new byte[CALLS];
    private int lost;

    @ParameterizedTest(name = "{0}")
    @CsvSource({"requests bind, 200, 60", "both bind, 300, 130", "tokens bind, 800, 400"})
    void losesNoCallSendsNoneNeedlesslyAndUsesWhatIsPermitted(String name, int prompt, int largestAnswer) {
        CountingProvider provider = new CountingProvider(CALLS, REQUESTS, TOKENS, largestAnswer, time);
        ResilientChatModel model = Resilience.around(provider, options(), meter, ResilienceListener.NONE, time);
        long start = System.nanoTime();
        for (int i = 0; i < CALLS; i++) {
            String text = i + " " + "x".repeat(Math.floorMod(i * 7_919, 2 * prompt));
            var unused = model.chat(ChatRequest.of(ChatMessage.user(text)))
                    .subscribe(answer -> answered[Integer.parseInt(answer.text())]++, failure -> lost++);
        }
        time.advanceTimeBy(Duration.ofHours(2));

        System.out.printf(
                "%s: %,d attempts, %,d faults, %d lost, %d over the limit; at most %,d requests and %,d tokens in a minute;"
                        + " %.3f of the permitted rate; %,d s of provider's time in %d s%n",
                name,
                provider.arrived,
                provider.faults,
                lost,
                provider.overTheLimit,
                provider.mostRequests,
                provider.mostTokens,
                provider.achieved(),
                (provider.lastAt - provider.firstAt) / 1_000,
                (System.nanoTime() - start) / 1_000_000_000);
        assertThat(lost).isZero();
        assertThat(answered).containsOnly(1);
        for (int i = 0; i < CALLS; i++) {
            assertThat(provider.sent[i]).as("call %s", i).isEqualTo((byte) (provider.failed[i] + 1));
        }
        assertThat(provider.overTheLimit).isZero();
        assertThat(provider.achieved()).isGreaterThanOrEqualTo(0.97);
        assertThat(model.load().inFlight()).isZero();
        assertThat(model.load().queued()).isZero();
        assertThat(meter.total().calls()).isEqualTo(CALLS);
    }

    private static ClientOptions options() {
        return ClientOptions.builder()
                .limits(Limits.builder()
                        .maxConcurrency(2_048)
                        .requestsPerMinute(REQUESTS)
                        .tokensPerMinute(TOKENS)
                        .build())
                .budget(Budget.of(Allowance.NONE.calls(2 * CALLS)))
                .build();
    }
}
