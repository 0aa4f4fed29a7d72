package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.TokenEstimator;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionalJarTest {

    /** The class path of this test without the jars of one artifact. */
    private static ClassLoader without(String artifact) {
        URL[] rest = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).getFileName().toString().startsWith(artifact))
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
    @CsvSource({
        "caffeine, MemoryCache, com.github.ben-manes.caffeine:caffeine",
        "h2-mvstore, DiskCache, com.h2database:h2-mvstore",
        "jtokkit, JtokkitEstimator, com.knuddels:jtokkit"
    })
    void aMissingJarIsNamedByItsArtifactAndTheRestWorksWithoutIt(String jar, String user, String artifact)
            throws ReflectiveOperationException, IOException {
        try (URLClassLoader loader = (URLClassLoader) without(jar)) {
            Class<?> type = loader.loadClass("io.afnio4j.model.limit." + user);
            assertThatThrownBy(() -> make(type))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(user + " needs the artifact " + artifact
                            + " on the class path: add it to your dependencies.");
            assertThatCode(() -> Class.forName("io.afnio4j.model.limit.Resilience", true, loader))
                    .doesNotThrowAnyException();
        }
    }

    private static void make(Class<?> type) throws Throwable {
        try {
            switch (type.getSimpleName()) {
                case "MemoryCache" -> type.getMethod("of", long.class).invoke(null, 10);
                case "DiskCache" -> type.getMethod("in", Path.class).invoke(null, Path.of("none"));
                default -> type.getMethod("forModel", String.class).invoke(null, "gpt-4o");
            }
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    @Test
    void jtokkitCountsWhatTheRoughEstimateOverrates() {
        ChatRequest request =
                ChatRequest.of(ChatMessage.user("The quick brown fox jumps over the lazy dog. ".repeat(20)));
        long exact = JtokkitEstimator.forModel("gpt-4").promptTokens(request);
        assertThat(exact).isBetween(190L, 230L);
        assertThat(TokenEstimator.rough().promptTokens(request)).isBetween(exact, 2 * exact);
    }
}
