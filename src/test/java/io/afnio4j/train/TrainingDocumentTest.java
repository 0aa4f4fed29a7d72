package io.afnio4j.train;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Variable;
import io.afnio4j.cognitive.Module;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.script.ScriptedChatModel;
import io.afnio4j.testing.DocumentedCode;
import io.afnio4j.testing.FakeModel;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The program of {@code docs/training.md} learns, goes on where it was stopped, and can be loaded. */
class TrainingDocumentTest {

    private static final List<Map<String, String>> ROWS =
            List.of(Map.of("review", "Never again.", "mood", "bad"), Map.of("review", "We loved it.", "mood", "good"));

    @TempDir
    private Path classes;

    @TempDir
    private Path directory;

    /** Says it right once it is told how to; the editor tells it. */
    private final ChatModel agent = FakeModel.reacting(request -> {
        String asked = FakeModel.lastText(request);
        String mood = asked.contains("Never") || asked.contains("bad") ? "bad" : "good";
        return Mono.just(asked.contains("plainly") ? mood : "Their mood is " + mood + ": " + asked);
    });

    private final ScriptedChatModel editor = ScriptedChatModel.by(request -> "<improved_value>"
            + (FakeModel.lastText(request).contains("{review}")
                    ? "Say of {review} plainly."
                    : "Say of {opinion} plainly.")
            + "</improved_value>");

    @Test
    void theProgramLearnsGoesOnAndIsLoaded() throws Exception {
        String name = DocumentedCode.compile(
                DocumentedCode.blocks(Path.of("docs/training.md"), "java").get(0), classes);
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
            Class<?> program = loader.loadClass(name);

            List<TrainingEvent> events = now(learn(program).collectList());
            assertThat(events)
                    .hasAtLeastOneElementOfType(TrainingEvent.Accepted.class)
                    .last()
                    .isInstanceOf(TrainingEvent.EpochFinished.class);
            int asked = editor.calls();

            assertThat(now(learn(program).collectList())).first().isInstanceOf(TrainingEvent.Started.class);
            assertThat(editor.calls())
                    .as("a training that is over asks nothing")
                    .isEqualTo(asked);

            Mono<?> loaded = (Mono<?>) program.getMethod("load", Path.class, ChatModel.class, ChatModel.class)
                    .invoke(null, directory, agent, editor);
            Module learnt = (Module) now(loaded);
            assertThat(learnt.parameters().byPath().get("mood").text()).isEqualTo("Say of {opinion} plainly.");
            Mono<?> answer = (Mono<?>) program.getMethod("forward", Variable.class)
                    .invoke(learnt, new Variable("Never mind.", "review of a film"));
            assertThat(((Variable) now(answer)).text()).isEqualTo("bad");
        }
    }

    @SuppressWarnings("unchecked") // as the page has it
    private Flux<TrainingEvent> learn(Class<?> program) throws ReflectiveOperationException {
        Object moods = program.getConstructor(ChatModel.class, ChatModel.class).newInstance(agent, editor);
        Flux<TrainingEvent> events = (Flux<TrainingEvent>)
                program.getMethod("learn", List.class, List.class, Path.class).invoke(moods, ROWS, ROWS, directory);
        ChatModel critic = ScriptedChatModel.by(request -> "Say it plainly.");
        return events.contextWrite(new BackwardClient(critic, CompletionOptions.NONE)::in);
    }
}
