package io.afnio4j.survive;

import static io.afnio4j.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.model.limit.ResilientChatModel;
import io.afnio4j.model.openai.OpenAiProvider;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.LoopbackServer;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** What is left of a pass with a thousand calls in flight, over real connections, when it is cancelled: nothing. */
class CancelTest {

    private static final int CALLS = 1_000;

    private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

    /** Part of the time that the compiler may still work when measuring begins: before, it has the processors. */
    private static final double QUIET = 0.03;

    private static final int MOST_WARM_UPS = 200;
    private static final int ROUNDS = 10;

    private final AtomicInteger answers = new AtomicInteger(); // that the provider gives before it falls silent
    private final LoopbackServer provider = LoopbackServer.reacting(
            request -> answers.getAndDecrement() > 0 ? Provider.after(0, () -> {}, request) : Answer.nothing());
    private final ResilientChatModel model = model(Provider.options(provider.baseUrl(), CALLS));

    private static ResilientChatModel model(ClientOptions options) {
        return Resilience.around(new OpenAiProvider().create("gpt-4o", options), options, new UsageMeter());
    }

    @AfterEach
    void close() {
        model.close();
        provider.close();
    }

    private Disposable underWay(Mono<Void> pass) {
        int before = provider.requests().size();
        Disposable running = pass.subscribe();
        until(() -> provider.requests().size() == before + CALLS);
        return running;
    }

    private static boolean isAllGivenBack(ResilientChatModel client, int connections) {
        return connections == 0
                && client.load().inFlight() == 0
                && client.load().queued() == 0;
    }

    @Test
    void closesAllConnectionsAndGivesBackAllPlaces() {
        Disposable pass = underWay(Program.of("cancelled", CALLS, 1).backward(model));
        assertThat(model.load().inFlight()).isEqualTo(CALLS);
        assertThat(provider.openConnections()).isEqualTo(CALLS);

        pass.dispose();

        until(() -> isAllGivenBack(model, provider.openConnections()));
    }

    @Test
    @Tag("stress")
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void doesSoWithinFiftyMilliseconds() {
        List<Long> millis = new ArrayList<>();
        try (SilentServer silent = new SilentServer();
                ResilientChatModel client = model(Provider.options(silent.baseUrl(), CALLS))) {
            int warmUp = 0;
            for (double busy = 1; warmUp < MOST_WARM_UPS && busy > QUIET; warmUp += ROUNDS) {
                long start = System.nanoTime();
                long before = COMPILER.getTotalCompilationTime();
                var unused = rounds(silent, client);
                busy = (COMPILER.getTotalCompilationTime() - before) * 1e6 / (System.nanoTime() - start);
            }
            millis.addAll(rounds(silent, client));
            System.out.println("Cancelling a pass with 1,000 calls in flight gave all back after " + millis
                    + " ms, after " + warmUp + " rounds to warm up");
        }
        assertThat(millis).allMatch(each -> each <= 50);
    }

    /** Some rounds, each of which cancels a pass; how long it took until all was given back. */
    private static List<Long> rounds(SilentServer silent, ResilientChatModel client) {
        List<Long> millis = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            int requests = silent.requests() + CALLS;
            Disposable pass =
                    Program.of("from " + requests, CALLS, 1).backward(client).subscribe();
            until(() -> silent.requests() == requests);
            long start = System.nanoTime();
            pass.dispose();
            // A busy loop would take a processor from those who close connections.
            until(() -> isAllGivenBack(client, silent.openConnections()));
            millis.add((System.nanoTime() - start) / 1_000_000);
            silent.closeLeft();
        }
        return millis;
    }

    @Test
    void asksOnlyForWhatIsMissingWhenItIsRunAgain() {
        answers.set(CALLS / 4);
        Program program = Program.of("run again", CALLS, 1);
        Disposable pass = underWay(program.backward(model));
        until(() -> model.load().inFlight() == CALLS - CALLS / 4);
        pass.dispose();
        until(() -> model.load().inFlight() == 0); // connections that brought an answer stay open for the next call
        assertThat(program.gradients()).isEmpty();

        answers.set(CALLS);
        Provider.now(program.backward(model));

        assertThat(provider.requests()).hasSize(CALLS + CALLS - CALLS / 4);
        assertThat(program.gradients()).hasSize(CALLS);
    }

    @Test
    void releasesItsMemory() {
        List<WeakReference<Object>> left = cancelled();
        until(() -> {
            System.gc();
            return left.stream().allMatch(reference -> reference.refersTo(null));
        });
    }

    /** A pass, its graph and its variables, all of which only the client and the engine may still hold. */
    private List<WeakReference<Object>> cancelled() {
        Program program = Program.of("forgotten", CALLS, 1);
        Mono<Void> pass = program.backward(model);
        Disposable running = underWay(pass);
        running.dispose();
        return List.of(
                new WeakReference<>(pass),
                new WeakReference<>(running),
                new WeakReference<>(program.result()),
                new WeakReference<>(program.result().gradFn()),
                new WeakReference<>(program.prompts().get(0)),
                new WeakReference<>(program.prompts().get(CALLS - 1)));
    }
}
