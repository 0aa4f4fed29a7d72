package io.afnio4j;

import io.afnio4j.model.ClientOptions;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** The first to use a class may be a thread that must not block, and BlockHound may be looking. */
class ClassPathReadsTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** Loaded anew, since the classes of this JVM may have been initialised on a thread that may block. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.afnio4j.prompt.Wording",
                "io.afnio4j.model.Prices",
                "io.afnio4j.model.ContextWindow",
                "io.afnio4j.model.RoughTokens"
            })
    void aTableMayBeReadOnAThreadThatMustNotBlock(String name) throws Exception {
        try (URLClassLoader anew = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader())) {
            StepVerifier.create(Mono.fromCallable(() -> Class.forName(name, true, anew))
                            .subscribeOn(Schedulers.parallel())
                            .then())
                    .expectComplete()
                    .verify(LIMIT);
        }
    }

    @Test
    void aClientMayBeMadeOnAThreadThatMustNotBlock() {
        ClientOptions options = ClientOptions.builder().apiKey("sk-none").build();

        StepVerifier.create(Mono.fromCallable(() -> ModelClient.of("openai/gpt-4o-mini", options))
                        .subscribeOn(Schedulers.parallel())
                        .doOnNext(ModelClient::close)
                        .map(ModelClient::name))
                .expectNext("openai/gpt-4o-mini")
                .expectComplete()
                .verify(LIMIT);
    }

    private static URL[] classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> {
                    try {
                        return new File(entry).toURI().toURL();
                    } catch (MalformedURLException odd) {
                        throw new IllegalStateException(odd);
                    }
                })
                .toArray(URL[]::new);
    }
}
