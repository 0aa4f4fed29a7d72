package io.afnio4j.error;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionalJarTest {

    private static final String MODEL = "io.afnio4j.model.";

    /** The class path of this test without the jars of one artifact. */
    private static ClassLoader without(String artifact) {
        URL[] rest = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry ->
                        !requireNonNull(Path.of(entry).getFileName()).toString().startsWith(artifact))
                .map(OptionalJarTest::url)
                .toArray(URL[]::new);
        return new URLClassLoader(rest, ClassLoader.getPlatformClassLoader());
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "caffeine | What is kept in memory (MemoryCache, CachingEmbeddingModel) needs the artifact com.github.ben-manes.caffeine:caffeine:3.2.3"
                        + " | For chats there is DiskCache.in, which needs another one.",
                "h2-mvstore | DiskCache needs the artifact com.h2database:h2-mvstore:2.4.240 | MemoryCache.of needs another one.",
                "jtokkit | JtokkitEstimator needs the artifact com.knuddels:jtokkit:1.1.0 | TokenEstimator.rough() needs nothing.",
                "jsonschema-generator | Structured.of(model, type) needs the artifact com.github.victools:jsonschema-generator:5.0.0"
                        + " | Structured.of(model, type, schema) needs nothing.",
                "graph-support | Graph.toSvg() needs the artifact org.graphper:graph-support-dot:1.5.1"
                        + " | Graph.toDot() and toMermaid() need nothing."
            })
    void aMissingJarIsNamedByItsArtifactAndTheRestWorksWithoutIt(String jar, String need, String otherwise)
            throws ReflectiveOperationException, IOException {
        try (URLClassLoader loader = (URLClassLoader) without(jar)) {
            assertThatThrownBy(() -> use(jar, loader))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(
                            need + ", or a newer one, on the class path: add it to your dependencies. " + otherwise);
            assertThatCode(() -> Class.forName(MODEL + "limit.Resilience", true, loader))
                    .doesNotThrowAnyException();
        }
    }

    private static Object use(String jar, ClassLoader loader) throws Throwable {
        return switch (jar) {
            case "caffeine" -> call(loader, MODEL + "limit.MemoryCache", "of", List.of(long.class), 10);
            case "h2-mvstore" -> call(loader, MODEL + "limit.DiskCache", "in", List.of(Path.class), Path.of("none"));
            case "jtokkit" ->
                call(loader, MODEL + "limit.JtokkitEstimator", "forModel", List.of(String.class), "gpt-4o");
            case "jsonschema-generator" ->
                call(
                        loader,
                        MODEL + "structured.Structured",
                        "of",
                        List.of(loader.loadClass(MODEL + "ChatModel"), Class.class),
                        null,
                        File.class);
            default -> {
                Class<?> variable = loader.loadClass("io.afnio4j.autodiff.Variable");
                Object prompt = loader.loadClass("io.afnio4j.autodiff.Parameter")
                        .getConstructor(Object.class, String.class)
                        .newInstance("x", "prompt");
                Object graph = call(loader, "io.afnio4j.picture.Graph", "of", List.of(variable), prompt);
                yield invoke(graph, graph.getClass(), "toSvg", List.of());
            }
        };
    }

    private static Object call(
            ClassLoader loader, String type, String method, List<Class<?>> parameters, @Nullable Object... arguments)
            throws Throwable {
        return invoke(null, loader.loadClass(type), method, parameters, arguments);
    }

    private static Object invoke(
            @Nullable Object on, Class<?> type, String method, List<Class<?>> parameters, @Nullable Object... arguments)
            throws Throwable {
        try {
            return type.getMethod(method, parameters.toArray(Class<?>[]::new)).invoke(on, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "caffeine, 3.2.3",
        "h2-mvstore, 2.4.240",
        "jtokkit, 1.1.0",
        "jsonschema-generator, 5.0.0",
        "graph-support-dot, 1.5.1"
    })
    void theVersionThatIsNamedIsTheOneThatIsTested(String artifact, String version) throws IOException {
        assertThat(Files.readString(Path.of("pom.xml")))
                .containsPattern("<artifactId>" + artifact + "</artifactId>\\s*<version>" + version + "</version>");
    }

    @Test
    void aLibraryThatIsThereIsNotComplainedOf() {
        assertThat(OptionalJar.values())
                .allSatisfy(jar -> assertThatCode(jar::require).doesNotThrowAnyException());
    }
}
