package io.afnio4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.ModelClient;
import io.afnio4j.testing.OwnProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.StepVerifier;

class ModelProvidersTest {

    /** Another provider of the same name. */
    public static final class Impostor implements ModelProvider {

        @Override
        public String name() {
            return "own";
        }

        @Override
        public ChatModel create(String model, ClientOptions options) {
            throw new IllegalStateException("never asked");
        }
    }

    @Test
    void findsTheProvidersThatComeAlongAndTheUsersOwn() {
        assertThat(ModelPath.parse("openai/a/b").resolve().name()).isEqualTo("openai");
        assertThat(ModelPath.parse("anthropic/a").resolve().name()).isEqualTo("anthropic");
        assertThat(ModelPath.parse("gemini/a").resolve().name()).isEqualTo("gemini");
        assertThat(ModelPath.parse("own/a").resolve()).isInstanceOf(OwnProvider.class);
    }

    @Test
    void makesClientsOfAUsersOwnProvider() {
        try (ModelClient client = ModelClient.of("own/thing", ClientOptions.defaults())) {
            StepVerifier.create(client.chat(ChatRequest.of(ChatMessage.user("Hello"))))
                    .assertNext(answer -> assertThat(answer.text()).isEqualTo("from thing"))
                    .verifyComplete();
        }
    }

    @Test
    void namesTheProvidersThatItKnowsWhereOneIsMissing() {
        assertThatThrownBy(() -> ModelPath.parse("nobody/x").resolve())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("No provider 'nobody' is on the class path; known are [anthropic, gemini, openai, own]."
                        + " OpenAI-compatible servers use openai/<model> with a base URL.");
    }

    @Test
    void refusesToChooseBetweenTwoOfOneName(@TempDir Path directory) throws IOException {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(services.resolve(ModelProvider.class.getName()), Impostor.class.getName());
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader more =
                new URLClassLoader(new URL[] {directory.toUri().toURL()}, ModelProvidersTest.class.getClassLoader())) {
            Thread.currentThread().setContextClassLoader(more);

            assertThatThrownBy(() -> ModelPath.parse("openai/x").resolve())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Two providers are called 'own'")
                    .hasMessageContaining(Impostor.class.getName());
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @Test
    void refusesAPathWithoutAPart() {
        for (String path : new String[] {"openai", "openai/", "/gpt-4o", " "}) {
            assertThatThrownBy(() -> ModelPath.parse(path)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
