package io.afnio4j;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.MultiTurnMessages;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.cognitive.ChatModule;
import io.afnio4j.cognitive.Sequential;
import io.afnio4j.error.BadFileException;
import io.afnio4j.model.script.ScriptedChatModel;
import io.afnio4j.optim.TGD;
import io.afnio4j.testing.Contract;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** The rows {@code afnio.save}, {@code afnio.load} and {@code afnio.Parameter} of the reference. */
class SaveLoadTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    private final Variable variable = new Variable("You are a doctor.", "system prompt");

    private static Object throughAStream(Object object) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        return now(Afnio.save(object, out)
                .then(Mono.defer(() -> Afnio.load(new ByteArrayInputStream(out.toByteArray())))));
    }

    private static void assertSame(Object loaded, Variable saved) {
        assertThat(loaded).isInstanceOfSatisfying(Variable.class, found -> {
            assertThat(found.getClass()).isEqualTo(saved.getClass());
            assertThat(found.value()).isEqualTo(saved.value());
            assertThat(found.requiresGrad()).isEqualTo(saved.requiresGrad());
            assertThat(found.grad()).hasSameSizeAs(saved.grad());
        });
    }

    @Test
    @Contract({"save", "load", "save: the .hf name"})
    void saveAndLoadAVariableToAPathAsTheReferencesExample() {
        Path file = directory.resolve("variable.hf");

        assertSame(now(Afnio.save(variable, file).then(Afnio.load(file))), variable);
    }

    @Test
    @Contract({"save: streams", "load: streams"})
    void saveAndLoadAVariableThroughABuffer() {
        assertSame(throughAStream(variable), variable);
        for (Object data : List.of("", 3L, 0.5, List.of(), List.of("a", ""), List.of(1L, -1L), List.of(0.5, 1.0))) {
            Variable any = new Variable(data, "any", true);
            assertSame(throughAStream(any), any);
        }
    }

    @Test
    @Contract({"save", "load"})
    void saveAndLoadAParameterWithItsGradients() {
        Parameter prompt = new Parameter("Be brief.", "prompt");
        prompt.appendGrad(new Variable("Say what brief means.", "feedback"));

        Object loaded = throughAStream(prompt);

        assertSame(loaded, prompt);
        assertSame(((Parameter) loaded).grad().get(0), prompt.grad().get(0));
    }

    @Test
    @Contract("Variable")
    void parameterRequiresGradUnlessToldOtherwiseAndKeepsThatInAFile() {
        assertThat(new Parameter("a", "b").requiresGrad()).isTrue();
        Parameter frozen = new Parameter("a", "b", false);

        assertThat(throughAStream(frozen))
                .isInstanceOfSatisfying(
                        Parameter.class,
                        loaded -> assertThat(loaded.requiresGrad()).isFalse());
    }

    @Test
    @Contract({"save", "load"})
    void saveAndLoadListsAndMapsOfVariables() {
        Parameter prompt = new Parameter("Be brief.", "prompt");
        Map<String, List<Variable>> tree = Map.of("all", List.of(variable, prompt));

        Map<?, ?> loaded = (Map<?, ?>) throughAStream(tree);

        List<?> all = (List<?>) loaded.get("all");
        assertSame(all.get(0), variable);
        assertSame(all.get(1), prompt);
    }

    @Test
    @Contract({"save", "load"})
    void saveAndLoadMultiTurnMessages() {
        MultiTurnMessages messages =
                MultiTurnMessages.EMPTY.system(variable).user(new Parameter("Hello", "greeting"), variable);

        List<?> loaded = (List<?>) throughAStream(messages);

        assertThat(loaded).hasSize(2);
        Message second = (Message) loaded.get(1);
        assertThat(second.role()).isEqualTo("user");
        assertSame(second.parts().get(0), messages.get(1).parts().get(0));
        assertSame(second.parts().get(1), variable);
    }

    @Test
    @Contract("save: streams")
    void saveWritesTheSameBytesToAPathAndToAStream() throws Exception {
        Path file = directory.resolve("variable.hf");
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        now(Afnio.save(variable, file).then(Afnio.save(variable, out)));

        assertThat(Files.readAllBytes(file)).isEqualTo(out.toByteArray());
    }

    @Test
    @Contract({"save: streams", "load: streams"})
    void streamsAreUsedOnAThreadThatMayBlockAndStayOpen() {
        List<String> threads = new CopyOnWriteArrayList<>();
        List<String> calls = new CopyOnWriteArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        now(Afnio.save(variable, watched(bytes, threads, calls)).subscribeOn(Schedulers.parallel()));
        InputStream in = new ByteArrayInputStream(bytes.toByteArray()) {
            @Override
            public synchronized int read(byte[] into, int from, int length) {
                threads.add(Thread.currentThread().getName());
                return super.read(into, from, length);
            }

            @Override
            public void close() {
                calls.add("close");
            }
        };
        now(Afnio.load(in).subscribeOn(Schedulers.parallel()));

        assertThat(threads).hasSizeGreaterThanOrEqualTo(2).allMatch(name -> name.startsWith("boundedElastic"));
        assertThat(calls).containsExactly("flush");
    }

    private static OutputStream watched(OutputStream into, List<String> threads, List<String> calls) {
        return new FilterOutputStream(into) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                threads.add(Thread.currentThread().getName());
                out.write(bytes, from, length);
            }

            @Override
            public void flush() {
                calls.add("flush");
            }

            @Override
            public void close() {
                calls.add("close");
            }
        };
    }

    @Test
    void nothingIsReadOrWrittenBeforeTheSubscription() {
        List<Object> tree = new ArrayList<>(List.of("before"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Mono<Void> save = Afnio.save(tree, out);
        assertThat(out.size()).isZero();
        tree.set(0, "at the subscription");

        now(save);

        assertThat(now(Afnio.load(new ByteArrayInputStream(out.toByteArray()))))
                .isEqualTo(List.of("at the subscription"));
    }

    @Test
    @Contract("load: streams")
    void loadRefusesAStreamThatWasReadAlready() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        now(Afnio.save(variable, out));
        Mono<Object> load = Afnio.load(new ByteArrayInputStream(out.toByteArray()));
        now(load);

        StepVerifier.create(load)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(BadFileException.class)
                        .hasMessage("The stream is empty; restore a copy that is whole."))
                .verify(LIMIT);
    }

    @Test
    @Contract("save")
    void saveNamesWhatItCannotStoreAndWhere() {
        StepVerifier.create(Afnio.save(Map.of("model", new Object()), new ByteArrayOutputStream()))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("A java.lang.Object can't be stored (at /model)."))
                .verify(LIMIT);
    }

    @Test
    void aModuleAndAnOptimizerStandForTheirStates() {
        Sequential agent = Sequential.of(ChatModule.of(
                ScriptedChatModel.answering(), List.of(Message.user(new Parameter("Hello.", "greeting")))));
        TGD optimizer = TGD.builder(ScriptedChatModel.answering(), agent.parameters())
                .momentum(3)
                .build();

        for (Map.Entry<Object, Map<String, Object>> each : List.of(
                Map.<Object, Map<String, Object>>entry(agent, agent.stateDict()),
                Map.<Object, Map<String, Object>>entry(optimizer, optimizer.stateDict()))) {
            ByteArrayOutputStream itself = new ByteArrayOutputStream();
            ByteArrayOutputStream state = new ByteArrayOutputStream();
            now(Afnio.save(each.getKey(), itself));
            now(Afnio.save(each.getValue(), state));
            assertThat(itself.toByteArray()).isEqualTo(state.toByteArray());
        }
    }
}
