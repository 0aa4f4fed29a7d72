package io.afnio4j.prompt;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class WordingLoadTest {

    @Test
    void itsFirstUseMayBeOnAThreadThatMustNotBlock() throws IOException {
        URL classes = Wording.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader fresh = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            Mono<Class<?>> initialised = Mono.fromCallable(() -> Class.forName(Wording.class.getName(), true, fresh));

            StepVerifier.create(initialised.subscribeOn(Schedulers.parallel()))
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(Duration.ofSeconds(10));
        }
    }
}
