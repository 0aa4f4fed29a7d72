package io.afnio4j.survive;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.ModelClient;
import io.afnio4j.error.BadFileException;
import io.afnio4j.model.limit.Journal;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.LoopbackServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/**
 * A pass of 200 calls whose process is killed ({@code SIGKILL}) at random moments and started again. An answer counts
 * as given once its line stands in the journal: such a call is never sent again, which the provider's own list shows.
 * What was under way at the kill may be.
 */
@Timeout(600) // a JVM starts in half a second, or in ten on a machine that is busy
class KillTest {

    private static final int KILLED = 128 + 9;
    private static final int AT_MOST = 18; // answers between two kills: some twenty kills fit into a pass
    private static final Pattern FEEDBACK = Pattern.compile("feedback [0-9a-f]+");

    @TempDir
    private Path folder;

    private final SplittableRandom chance = new SplittableRandom(11);
    private final LoopbackServer provider = LoopbackServer.reacting(this::answer);
    private final AtomicInteger answersToLive = new AtomicInteger();
    private volatile @Nullable Process process;
    private int kills;
    private int sentAgain;

    @AfterEach
    void end() {
        provider.close();
        Process last = process;
        if (last != null) {
            assertThat(last.destroyForcibly()).isNotNull();
        }
    }

    private synchronized Answer answer(LoopbackServer.Request request) {
        return Provider.after(1 + chance.nextInt(8), this::answering, request);
    }

    /** Kills the process a moment after its time has come, so that the answer is anywhere on its way. */
    private void answering() {
        Process living = process;
        if (answersToLive.decrementAndGet() == 0 && living != null) {
            var unused = Mono.delay(Duration.ofNanos(chance.nextLong(4_000_000)))
                    .subscribe(tick -> living.destroyForcibly());
        }
    }

    @Test
    void asksForNothingThatStandsInTheJournal() throws Exception {
        killTimes(3);
    }

    @Test
    @Tag("stress")
    void asksForNothingThatStandsInTheJournalAfterTwentyKills() throws Exception {
        killTimes(20);
        System.out.printf(
                "%d kills: %d calls of a killed process were sent again, none of them answered by its journal%n",
                kills, sentAgain);
    }

    private void killTimes(int wanted) throws Exception {
        List<String> undisturbed = undisturbed();
        for (int pass = 0; kills < wanted; pass++) {
            Path journal = folder.resolve("journal" + pass);
            Path gradients = folder.resolve("gradients" + pass);
            int from = provider.requests().size();
            while (run(journal, gradients, kills < wanted) == KILLED) {
                kills++;
            }
            sentAgain += provider.requests().size() - from - JournaledPass.CALLS;

            assertThat(Files.readAllLines(gradients)).isEqualTo(undisturbed);
            assertThat(journal).isEmptyFile();
        }
    }

    private List<String> undisturbed() {
        Program program = JournaledPass.program();
        try (ModelClient model = ModelClient.of("openai/gpt-4o", Provider.options(provider.baseUrl(), 8))) {
            Provider.now(program.backward(model));
        }
        assertThat(provider.requests()).hasSize(JournaledPass.CALLS);
        return program.gradients();
    }

    /** One life of the process. */
    private int run(Path journal, Path gradients, boolean kill) throws Exception {
        List<String> answered = answersIn(journal);
        int from = provider.requests().size();
        answersToLive.set(kill ? 1 + chance.nextInt(AT_MOST) : -1);
        Process started = JournaledPass.start(provider.baseUrl(), journal, gradients);
        process = started;
        assertThat(started.waitFor(120, SECONDS)).isTrue();
        int exit = started.exitValue();
        assertThat(exit).as(Files.readString(folder.resolve("output"))).isIn(0, KILLED);

        List<String> sent =
                provider.requests().stream().skip(from).map(Provider::feedback).toList();
        assertThat(sent).doesNotHaveDuplicates();
        assertThat(sent.stream().filter(answered::contains)).isEmpty();
        if (exit == 0) {
            assertThat(sent).hasSize(JournaledPass.CALLS - answered.size());
        }
        return exit;
    }

    /** The answers whose lines are whole. */
    private static List<String> answersIn(Path journal) throws IOException {
        String text = Files.exists(journal) ? Files.readString(journal) : "";
        assertThat(text).doesNotContain(Provider.KEY);
        return FEEDBACK.matcher(text.substring(0, text.lastIndexOf('\n') + 1))
                .results()
                .map(match -> match.group())
                .toList();
    }

    @Test
    void aJournalIsFreeWhenTheProcessThatHadItIsDead() throws Exception {
        LoopbackServer silent = LoopbackServer.answering(Answer.nothing());
        Path journal = folder.resolve("journal");
        Process holder = JournaledPass.start(silent.baseUrl(), journal, folder.resolve("gradients"));
        process = holder;
        assertThat(silent.firstRequest().block(Duration.ofSeconds(50))).isNotNull();

        Journal other = Journal.in(journal);
        StepVerifier.create(other.around(Mono.empty()))
                .expectErrorSatisfies(failure -> assertThat(failure)
                        .isInstanceOf(BadFileException.class)
                        .hasMessageContaining("is in use by another process"))
                .verify(Duration.ofSeconds(10));
        assertThat(holder.destroyForcibly().waitFor(10, SECONDS)).isTrue();
        Provider.now(other.around(Mono.empty()).then(other.closeLater()));
        silent.close();
    }
}
