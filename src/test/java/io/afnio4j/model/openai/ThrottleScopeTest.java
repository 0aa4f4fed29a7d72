package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ApiKey;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.ConnectionOptions;
import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.ThrottleScope;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Which clients a provider can only tell to wait together. */
class ThrottleScopeTest {

    private static final String KEY = "sk-of-a-test-0123456789";

    private final OpenAiProvider provider = new OpenAiProvider(() -> null);

    private ThrottleScope chats(OpenAiProvider provider, String model, ClientOptions.Builder options) {
        try (ChatModel client = provider.create(model, options.build())) {
            return Objects.requireNonNull(client.throttleScope());
        }
    }

    private ThrottleScope at(String url) {
        return chats(provider, "m", ClientOptions.builder().baseUrl(url));
    }

    private static ClientOptions.Builder keyed() {
        return ClientOptions.builder().apiKey(KEY);
    }

    @Test
    void areThoseOfOneKeyWhateverTheModelAndWhereverTheKeyCameFrom() {
        ThrottleScope agent = chats(provider, "gpt-4o", keyed());

        assertThat(chats(provider, "gpt-4o-mini", keyed())).isEqualTo(agent).hasSameHashCodeAs(agent);
        assertThat(chats(new OpenAiProvider(() -> ApiKey.of(KEY)), "gpt-4o", ClientOptions.builder()))
                .isEqualTo(agent);
        assertThat(chats(provider, "gpt-4o", ClientOptions.builder().header("Authorization", "Bearer " + KEY)))
                .isEqualTo(agent);
        try (EmbeddingModel vectors = provider.createEmbedding("text-embedding-3-small", keyed().build())) {
            assertThat(vectors.throttleScope()).isEqualTo(agent);
        }
    }

    @Test
    void areThoseOfOnePlaceWhateverThePath() {
        ThrottleScope local = at("http://localhost:8000/v1");

        assertThat(at("http://LOCALHOST:8000/other")).isEqualTo(local);
        assertThat(at("http://localhost:8001/v1")).isNotEqualTo(local);
        assertThat(at("https://localhost:8000/v1")).isNotEqualTo(local);
        assertThat(at("http://127.0.0.1:8000/v1")).isNotEqualTo(local);
    }

    @Test
    void areNotThoseOfOtherKeysInWhicheverPlaceTheyTravel() {
        String url = "http://localhost:8000/v1";
        ThrottleScope keyless = at(url);

        assertThat(chats(provider, "m", keyed().baseUrl(url))).isNotEqualTo(keyless);
        assertThat(at(url + "?key=" + KEY)).isNotEqualTo(keyless);
        assertThat(chats(
                        provider,
                        "m",
                        ClientOptions.builder()
                                .baseUrl(url)
                                .connection(ConnectionOptions.builder()
                                        .keyHeader("api-key")
                                        .header("api-key", KEY)
                                        .build())))
                .isNotEqualTo(keyless);
    }

    @Test
    void doNotShowTheirKey() {
        assertThat(chats(provider, "m", keyed()).toString()).isEqualTo("ThrottleScope[https://api.openai.com:443]");
    }
}
