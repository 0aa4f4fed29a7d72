package io.afnio4j.examples.supersense;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.SharedBudget;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LoopbackServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The few calls by which a run finds out whether its provider can be reached are paid like others. */
@Timeout(60)
class FirstCallsTest {

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final SupersenseData data = SupersenseData.load().atMost(23);
    private final AtomicInteger answered = new AtomicInteger();

    @Test
    void allThatIsAnsweredIsReportedAndDrawsOnTheLimitOnCost() {
        Settings settings = SmallRun.into(directory);
        settings.yes = true;
        settings.price = new Settings.PerMillion().convert("1/1");
        settings.maxCost = BigDecimal.TEN;
        try (LoopbackServer server =
                LoopbackServer.reacting(request -> answer(request.json().toString()))) {
            Map<String, String> environment = Map.of("AFNIO_BASE_URL", server.baseUrl(), "AFNIO_MODEL", "m");
            try (Endpoint endpoint = Endpoint.of(environment, settings)) {
                PrintStream screen = new PrintStream(out, true, StandardCharsets.UTF_8);
                assertThat(new Run(settings, data, endpoint, new Display(screen, false)).go())
                        .isTrue();

                SharedBudget budget = Objects.requireNonNull(endpoint.options().sharedBudget());
                assertThat(budget.spent().calls()).isEqualTo(answered.get());
            }
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("calls      " + answered + " calls (");
    }

    private Answer answer(String request) {
        answered.incrementAndGet();
        if (!request.contains("<current_value")) {
            return Completions.answer("{\"category\":\"act\"}");
        }
        StringBuilder better = new StringBuilder("<improved_value>\n");
        data.categories().forEach(category -> better.append(category).append(": a better word\n"));
        return Completions.answer(better + "</improved_value>");
    }
}
