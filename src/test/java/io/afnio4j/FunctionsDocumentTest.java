package io.afnio4j;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.PureFunction;
import io.afnio4j.autodiff.ReactiveFunction;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.testing.Contract;
import io.afnio4j.testing.DocumentedCode;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** The functions of {@code docs/functions.md} compile and do what the page says. */
class FunctionsDocumentTest {

    private static final Path PAGE = Path.of("docs/functions.md");

    private final Variable text = new Variable("abc", "text", true);

    @TempDir
    private Path directory;

    @Test
    @Contract({"Function", "Function: ten lines"})
    void aFunctionTakesTenLines() throws Exception {
        String program = DocumentedCode.blocks(PAGE, "java").get(0);
        PureFunction reverse = (PureFunction) load(program).getConstructor().newInstance();
        Variable reversed = reverse.apply(text);
        assertThat(reversed.text()).isEqualTo("cba");
        assertThat(reversed.gradFn().name()).isEqualTo("ReverseBackward0");

        now(reversed.backward(new Variable("Shorter.", "feedback")));

        assertThat(text.grad()).hasSize(1);
        assertThat(text.grad().get(0).text()).endsWith("\n\nShorter.");
        assertThat(program.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty()
                                && !line.startsWith("import")
                                && !line.startsWith("@")
                                && !line.equals("}")))
                .hasSizeLessThanOrEqualTo(10);
    }

    @Test
    @Contract({"Function", "Function: context", "Function: several outputs"})
    void aFunctionThatCallsHasSeveralOutputsAndSavedValues() throws Exception {
        List<String> asked = new ArrayList<>();
        UnaryOperator<Mono<String>> service =
                question -> question.doOnNext(asked::add).map(words -> words + "!");
        ReactiveFunction lookup =
                (ReactiveFunction) load(DocumentedCode.blocks(PAGE, "java").get(1))
                        .getConstructor(UnaryOperator.class)
                        .newInstance(service);
        Mono<List<Variable>> applied = lookup.applyAll(List.of(text));
        assertThat(asked).isEmpty();
        List<Variable> outputs = now(applied);
        assertThat(outputs).extracting(Variable::data).containsExactly("explain abc!", 12L);

        BackwardOptions create = BackwardOptions.DEFAULTS.createGraph(true);
        now(outputs.get(1).backward(create));
        assertThat(text.grad()).isEmpty();
        now(outputs.get(0).backward(create.gradient(new Variable("Shorter.", "feedback"))));

        assertThat(asked).containsExactly("explain abc", "mend abc: Shorter.");
        assertThat(text.grad()).extracting(Variable::text).containsExactly("mend abc: Shorter.!");
        assertThat(text.grad()).extracting(Variable::gradFn).doesNotContainNull();
    }

    private Class<?> load(String program) throws IOException, ReflectiveOperationException {
        String name = DocumentedCode.compile(program, directory);
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
            Class<?> loaded = loader.loadClass(name);
            for (Class<?> nested : loaded.getDeclaredClasses()) {
                assertThat(nested.getEnclosingClass()).isEqualTo(loaded); // loaded while the loader is open
            }
            return loaded;
        }
    }
}
