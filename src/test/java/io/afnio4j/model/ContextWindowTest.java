package io.afnio4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.ModelClient;
import io.afnio4j.model.limit.FallbackChatModel;
import io.afnio4j.testing.FakeModel;
import io.afnio4j.testing.Vocabulary;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

class ContextWindowTest {

    /** A model of a window of its own. */
    private static ChatModel taking(long tokens) {
        return new ChatModel() {
            @Override
            public String name() {
                return "test/windowed";
            }

            @Override
            public long contextWindow() {
                return tokens;
            }

            @Override
            public Mono<ChatResponse> chat(ChatRequest request) {
                return Mono.empty();
            }
        };
    }

    private static ChatRequest characters(int count) {
        return ChatRequest.of(ChatMessage.user("x".repeat(count)));
    }

    @Test
    void theTableKnowsModelsWithAndWithoutTheDateOfTheirVersion() {
        assertThat(ContextWindow.of("openai/gpt-4o")).isEqualTo(128_000);
        assertThat(ContextWindow.of("openai/gpt-4o-2024-08-06")).isEqualTo(128_000);
        assertThat(ContextWindow.of("anthropic/claude-sonnet-4-20250514")).isEqualTo(200_000);
        assertThat(ContextWindow.of("openai/gpt-4o-of-another-kind")).isEqualTo(ContextWindow.UNKNOWN);
        assertThat(ContextWindow.asOf()).isAfter(LocalDate.of(2025, 1, 1));
    }

    @Test
    void everyModelThatAnswersAndHasAPriceHasAWindowWithRoomForAnAnswer() {
        Set<String> models = new TreeSet<>(Table.load("prices.properties").stringPropertyNames());
        models.removeIf(row -> row.equals("asOf")
                || Objects.requireNonNull(Prices.of(row)).output().signum() == 0);
        assertThat(models)
                .isNotEmpty()
                .allSatisfy(model -> assertThat(ContextWindow.of(model))
                        .isNotEqualTo(ContextWindow.UNKNOWN)
                        .isGreaterThan(TokenEstimator.DEFAULT_ANSWER));
    }

    @Test
    void aModelOfUnknownWindowTakesEverything() {
        assertThat(ContextWindow.excess(FakeModel.saying(text -> text), characters(10_000_000)))
                .isZero();
    }

    @Test
    void theAnswerNeedsRoomToo() {
        assertThat(ContextWindow.excess(taking(2_004), characters(3_000))).isZero();
        assertThat(ContextWindow.excess(taking(2_004), characters(3_003))).isEqualTo(1);
        ChatRequest brief =
                new ChatRequest(characters(6_000).messages(), CompletionOptions.NONE.maxCompletionTokens(4));
        assertThat(ContextWindow.excess(taking(2_008), brief)).isZero();
        assertThat(ContextWindow.excess(taking(2_007), brief)).isEqualTo(1);
    }

    /** Each is said in more tokens than it has characters, or nearly. */
    @ParameterizedTest
    @ValueSource(strings = {"kJ8f+Qz/3x", "བོད་ཡིག་ནི ", "አማርኛ ቋንቋ ", "龘靐齉爩麤灪龖", "🧿🪬🫠🦥", "8 3 7 2 9 1 0 "})
    void whatNoVocabularyHasWordsForIsMeasuredNearItsTruth(String text) {
        ChatRequest request = ChatRequest.of(ChatMessage.user(text.repeat(2_000)));
        int tokens = Vocabulary.tokens(text.repeat(2_000));

        assertThat(ContextWindow.excess(taking(tokens * 9L / 10), request)).isPositive();
    }

    @Test
    void callsOfToolsAreMeasuredToo() {
        ToolCall call = new ToolCall("1", "find", "{\"word\":\"" + "x".repeat(9_000) + "\"}");
        ChatRequest request = ChatRequest.of(ChatMessage.user("Hello"), ChatMessage.assistant("", List.of(call)));

        assertThat(ContextWindow.excess(taking(3_000), request)).isPositive();
    }

    @Test
    void aMeterSaysWhatTheModelBeneathSays() {
        assertThat(new MeteredChatModel(taking(77), new UsageMeter(), null, TokenEstimator.rough()).contextWindow())
                .isEqualTo(77);
        assertThat(FallbackChatModel.of(taking(77), taking(66)).contextWindow()).isEqualTo(66);
    }

    @Test
    void aClientTakesWhatItsOptionsDeclareOrElseWhatTheTableSays() {
        ClientOptions plain = ClientOptions.builder().apiKey("test-key").build();
        ClientOptions declared = plain.toBuilder().contextWindow(8_192).build();

        try (ModelClient known = ModelClient.of("openai/gpt-4o", plain);
                ModelClient unknown = ModelClient.of("openai/mine", plain);
                ModelClient own = ModelClient.of("openai/mine", declared)) {
            assertThat(known.contextWindow()).isEqualTo(128_000);
            assertThat(unknown.contextWindow()).isEqualTo(ContextWindow.UNKNOWN);
            assertThat(own.contextWindow()).isEqualTo(8_192);
        }
    }

    /** A client whose estimator takes each character for a token. */
    private static ModelClient counting(String model, long window) {
        Limits byCharacter = Limits.builder()
                .tokenEstimator(TokenEstimator.counting(String::length))
                .contextWindow(window)
                .build();
        return ModelClient.of(
                model,
                ClientOptions.builder().apiKey("test-key").limits(byCharacter).build());
    }

    @Test
    void aRequestIsMeasuredByTheEstimatorOfItsClient() {
        try (ModelClient client = counting("openai/mine", 6_000)) {
            assertThat(ContextWindow.excess(client, characters(4_996))).isZero();
            assertThat(ContextWindow.excess(client, characters(4_997))).isEqualTo(1);
            assertThat(ContextWindow.room(client, characters(3_000))).isEqualTo(1_996);
            assertThat(ContextWindow.excess(FallbackChatModel.of(taking(6_000), client), characters(4_997)))
                    .isEqualTo(1);
        }
    }

    @Test
    void whatTheClientAddsToARequestIsMeasuredToo() {
        ClientOptions options = ClientOptions.builder()
                .apiKey("test-key")
                .contextWindow(2_000)
                .bodyField("tools", List.of("x".repeat(6_000)))
                .build();
        try (ModelClient client = ModelClient.of("openai/mine", options)) {
            assertThat(ContextWindow.excess(client, characters(3))).isGreaterThan(1_000);
        }
    }

    @Test
    void theAnswerHasTheRoomThatTheClientAsksForItself() {
        try (ModelClient client = counting("anthropic/mine", 20_000)) {
            assertThat(client.ownAnswerLimit()).isEqualTo(8_192);
            assertThat(ContextWindow.room(client, characters(1_000))).isEqualTo(20_000 - 8_192 - 1_004);
            assertThat(ContextWindow.room(FallbackChatModel.of(taking(20_000), client), characters(1_000)))
                    .isEqualTo(20_000 - 8_192 - 1_004);
        }
    }

    @Test
    void severalAnswersHaveAWindowEach() {
        CompletionOptions four = CompletionOptions.NONE.with("n", 4);

        assertThat(ContextWindow.room(
                        taking(5_000), new ChatRequest(characters(300).messages(), four)))
                .isEqualTo(5_000 - 1_000 - 104);
    }
}
