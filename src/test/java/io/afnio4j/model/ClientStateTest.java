package io.afnio4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ClientStateTest {

    private static final List<String> COUNTS = List.of(
            "calls",
            "failures",
            "cancelled",
            "promptTokens",
            "cachedTokens",
            "cacheWriteTokens",
            "completionTokens",
            "reasoningTokens",
            "nanoDollars",
            "assumedNanoDollars",
            "unpriced",
            "callNanos");

    @Test
    void holdsEachCountByItsName() {
        Map<String, Object> tree = saved(7L);

        assertThat(ClientState.read("writer", tree).toTree()).isEqualTo(tree);
    }

    @Test
    void readsStatesThatWereSavedBeforeWritesToACacheWereCounted() {
        Map<String, Object> older = saved(null);

        assertThat(ClientState.read("writer", older).toTree()).isEqualTo(saved(0L));
    }

    @Test
    void refusesACountThatIsNone() {
        assertThatThrownBy(() -> ClientState.read("writer", saved(-1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'writer'");
    }

    /** A state with so many tokens put into the cache, null for one that doesn't know of them. */
    private static Map<String, Object> saved(Long cacheWriteTokens) {
        Map<String, Object> counts = new LinkedHashMap<>();
        COUNTS.forEach(name -> counts.put(name, 100L + counts.size()));
        counts.put("cacheWriteTokens", cacheWriteTokens);
        counts.values().removeIf(Objects::isNull);
        return Map.of("type", "openai/m", "usage", Map.of("forward", counts));
    }
}
