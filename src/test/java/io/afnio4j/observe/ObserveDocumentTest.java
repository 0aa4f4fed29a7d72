package io.afnio4j.observe;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.Spent;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.model.script.ScriptedChatModel;
import io.afnio4j.testing.DocumentedCode;
import io.afnio4j.train.TrainingEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.math.BigDecimal;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page {@code docs/observe.md} lists what there is, and its program works. */
class ObserveDocumentTest {

    private static final Path PAGE = Path.of("docs/observe.md");

    @TempDir
    private Path directory;

    @Test
    void thePageListsEachMeterAsItIs() throws Exception {
        StringBuilder table = new StringBuilder("| meter | type | unit | tags | what |\n|---|---|---|---|---|\n");
        for (Meters meter : Meters.values()) {
            table.append("| `")
                    .append(meter.meterName())
                    .append("` | ")
                    .append(meter.type().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                    .append(" | ")
                    .append(meter.unit())
                    .append(" | ")
                    .append(String.join(", ", meter.tags()).replace("|", " or "))
                    .append(" | ")
                    .append(meter.description())
                    .append(" |\n");
        }

        assertThat(Files.readString(PAGE)).contains(table);
    }

    @Test
    void theProgramOfThePageBindsAndTells() throws Exception {
        String name = DocumentedCode.compile(DocumentedCode.blocks(PAGE, "java").get(0), directory);
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
            Class<?> program = loader.loadClass(name);
            MeterRegistry meters = new SimpleMeterRegistry();
            TestObservationRegistry spans = TestObservationRegistry.create();
            ChatModel client =
                    Resilience.around(ScriptedChatModel.answering("fine"), ClientOptions.defaults(), new UsageMeter());
            ChatModel observed = (ChatModel)
                    program.getMethod("observed", ChatModel.class, MeterRegistry.class, ObservationRegistry.class)
                            .invoke(null, client, meters, spans);
            now(observed.chat(ChatRequest.of(ChatMessage.user("a"))));

            assertThat(meters.get(Meters.CLIENT_ATTEMPTS.meterName())
                            .tags("client", "backward", "phase", "forward", "outcome", "answered")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            TestObservationRegistryAssert.assertThat(spans)
                    .hasObservationWithNameEqualTo("gen_ai.client.operation.duration")
                    .that()
                    .hasBeenStarted()
                    .hasBeenStopped();
            assertThat(program.getMethod("line", TrainingEvent.class)
                            .invoke(
                                    null,
                                    new TrainingEvent.Backward(
                                            3,
                                            new BackwardEvent.FeedbackReceived(
                                                    "prompt",
                                                    1,
                                                    new Variable("Be brief.", "feedback"),
                                                    new Spent(10, 0, 0, 5, 0, new BigDecimal("0.002"))))))
                    .isEqualTo("step 3: Be brief. ($0.002)");
        }
    }
}
