package io.afnio4j;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Parameter;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.testing.DocumentedCode;
import io.afnio4j.testing.FakeModel;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The program of {@code docs/journal.md} compiles and does what the page says. */
class JournalDocumentTest {

    private final FakeModel model = FakeModel.reacting(this::answer);
    private boolean broken = true;

    @TempDir
    private Path directory;

    /** A mood, feedback or a new prompt, by what the request is about; the last of these fails at first. */
    private Mono<String> answer(ChatRequest request) {
        String text = FakeModel.lastText(request);
        if (text.startsWith("Mood")) {
            return Mono.just("a mood");
        }
        boolean rewrite = model.requests().size() > 4;
        return rewrite && broken
                ? Mono.error(new RejectedRequestException("No more today."))
                : Mono.just("<improved_value>The mood of {review}, in a word?</improved_value>");
    }

    @Test
    void aStepThatDiedAtItsEndAsksOnlyForWhatIsMissing() throws Exception {
        Path file = directory.resolve("step.journal");
        Mono<?> step = step(new Parameter("Mood of {review}?", "prompt"), file);

        StepVerifier.create(step).expectError(RejectedRequestException.class).verify(Duration.ofSeconds(20));
        assertThat(model.requests()).hasSize(5);
        assertThat(file).isNotEmptyFile();

        broken = false;
        Parameter again = new Parameter("Mood of {review}?", "prompt");
        now(step(again, file));
        assertThat(model.requests()).hasSize(6);
        assertThat(file).isEmptyFile();
        assertThat(again.text()).isEqualTo("The mood of {review}, in a word?");
    }

    private Mono<?> step(Parameter prompt, Path file) throws Exception {
        String name = DocumentedCode.compile(
                DocumentedCode.blocks(Path.of("docs/journal.md"), "java").get(0), directory);
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
            Mono<?> step = (Mono<?>) loader.loadClass(name)
                    .getMethod("run", ChatModel.class, Parameter.class, Path.class)
                    .invoke(null, model, prompt, file);
            return step.contextWrite(new BackwardClient(model, CompletionOptions.NONE)::in);
        }
    }
}
