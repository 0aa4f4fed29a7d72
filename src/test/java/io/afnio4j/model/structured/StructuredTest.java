package io.afnio4j.model.structured;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.script.ScriptedChatModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;
import tools.jackson.databind.json.JsonMapper;

class StructuredTest {

    private static final ChatRequest ASK = ChatRequest.of(ChatMessage.user("I won!"));

    enum Tone {
        GLAD,
        SAD
    }

    record Mood(String word, int strength) {}

    record Diary(
            @JsonPropertyDescription("The day in one word") String word,
            List<Mood> moods,
            Tone tone,
            @Nullable String note,
            @JsonProperty("wake_up") double wakeUp,
            Mood last) {}

    @Test
    void givesTheRecordThatTheModelWrote() {
        ScriptedChatModel model = ScriptedChatModel.answering("{\"word\":\"glad\",\"strength\":7}");

        StepVerifier.create(Structured.of(model, Mood.class).ask(ASK))
                .expectNext(new Mood("glad", 7))
                .verifyComplete();
    }

    @Test
    void sendsTheSchemaOfTheRecordAsStrictModeWantsIt() {
        ScriptedChatModel model = ScriptedChatModel.answering("{\"word\":\"glad\",\"strength\":7}");
        StepVerifier.create(Structured.of(model, Mood.class).ask(ASK))
                .expectNextCount(1)
                .verifyComplete();

        assertThat(JsonMapper.shared()
                        .writeValueAsString(model.requests().get(0).options().get("response_format")))
                .isEqualTo("{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"Mood\",\"strict\":true,\"schema\":"
                        + "{\"type\":\"object\",\"properties\":{\"word\":{\"type\":\"string\"},\"strength\":{\"type\":\"integer\"}},"
                        + "\"required\":[\"word\",\"strength\"],\"additionalProperties\":false}}}");
    }

    @Test
    void describesNestedRecordsListsEnumsAndWhatMayBeNull() {
        String schema = schemaOf(Diary.class);

        assertThat(schema)
                .contains("\"word\":{\"type\":\"string\",\"description\":\"The day in one word\"}")
                .contains("\"tone\":{\"type\":\"string\",\"enum\":[\"GLAD\",\"SAD\"]}")
                .contains("\"note\":{\"type\":[\"string\",\"null\"]}")
                .contains("\"wake_up\":{\"type\":\"number\"}")
                .contains("\"required\":[\"word\",\"moods\",\"tone\",\"note\",\"wake_up\",\"last\"]")
                .contains("\"required\":[\"word\",\"strength\"]")
                .doesNotContain("$schema");
        assertThat(schema.split("\"additionalProperties\":false", -1)).hasSize(3);
    }

    @Test
    void readsNestedRecords() {
        ScriptedChatModel model = ScriptedChatModel.answering(
                "{\"word\":\"good\",\"moods\":[{\"word\":\"a\",\"strength\":1}],\"tone\":\"GLAD\",\"note\":null,"
                        + "\"wake_up\":6.5,\"last\":{\"word\":\"b\",\"strength\":2}}");

        StepVerifier.create(Structured.of(model, Diary.class).ask(ASK))
                .expectNext(new Diary("good", List.of(new Mood("a", 1)), Tone.GLAD, null, 6.5, new Mood("b", 2)))
                .verifyComplete();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " {\"word\":\"glad\",\"strength\":7}\n",
                "```json\n{\"word\":\"glad\",\"strength\":7}\n```",
                "{\"word\":\"glad\",\"strength\":7,\"why\":\"more than was asked for\"}",
                "{\"word\":\"glad\",\"strength\":7,\"why\":\"```a``` <think></think>\"}",
                "```\n{\"word\":\"glad\",\"strength\":7,\"why\":\"```a```\"}\n```",
                "```json {\"word\":\"glad\",\"strength\":7}```",
                "Here it is:\n```json\n{\"word\":\"glad\",\"strength\":7}\n```\nHope it helps!",
                "Here it is: {\"word\":\"glad\",\"strength\":7}",
                "Sure!\n{\"word\":\"glad\",\"strength\":7}\n\nHope it helps!",
                "<think>\nhm, ```no``` {\n</think>\n\n{\"word\":\"glad\",\"strength\":7}",
                "hm, {}\n</think>\n\n{\"word\":\"glad\",\"strength\":7}",
                "<think>hm</think>```\n{\"word\":\"glad\",\"strength\":7}\n```",
                "Here:\n```json\n{\"word\":\"glad\",\"strength\":7,\"why\":\"</think> ends a thought\"}\n```",
            })
    void readsWhatModelsPutAroundJson(String answer) {
        StepVerifier.create(Structured.of(ScriptedChatModel.answering(answer), Mood.class)
                        .ask(ASK))
                .expectNext(new Mood("glad", 7))
                .verifyComplete();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "I am glad                        | isn't JSON from line 1, column 1 on",
                "{\"word\":\"gl                   | isn't JSON from line 1, column 12 on",
                "{\"word\":\"glad\"}              | doesn't fit at strength",
                "{\"word\":\"glad\",\"strength\":\"very\"} | doesn't fit at strength",
                "{\"word\":\"glad\",\"strength\":null} | doesn't fit at strength",
                "{\"word\":\"glad\",\"strength\":3.7} | doesn't fit at strength",
                "{\"word\":\"glad\",\"strength\":\"7\"} | doesn't fit at strength",
                "{\"word\":\"glad\",\"strength\":true} | doesn't fit at strength",
                "{\"word\":\"glad\",\"strength\":\"\"} | doesn't fit at strength",
                "{\"word\":\"glad\",\"strength\":3000000000} | has a number at strength that is too large for int",
                "{\"word\":\"glad\",\"strength\":-99999999999999999999} | has a number at strength that is too large for int",
                "{\"word\":null,\"strength\":7}  | doesn't fit at word",
                "[]                               | doesn't fit",
                "null                             | is null",
                "{\"word\":\"glad\",\"strength\":7} and more | isn't JSON from line 1, column 30 on",
            })
    void saysWhereAnAnswerIsWrongWithoutQuotingIt(String answer, String fault) {
        assertThatThrownBy(() -> Structured.of(ScriptedChatModel.answering(answer), Mood.class)
                        .ask(ASK)
                        .block())
                .isInstanceOf(UnexpectedAnswerException.class)
                .hasMessage("The answer of script/model " + fault
                        + ", but a Mood was asked for. Does this model keep to a JSON schema?")
                .hasNoCause();
    }

    enum Grade {
        @JsonProperty("very good")
        BEST,
        GOOD
    }

    @SuppressWarnings("ArrayRecordComponent") // as users may write it
    record Graded(Grade grade, byte points, byte[] picture) {}

    @Test
    void asksForWhatItReadsWhereJacksonReadsSomethingOfItsOwn() {
        ScriptedChatModel model =
                ScriptedChatModel.answering("{\"grade\":\"very good\",\"points\":7,\"picture\":\"aGk=\"}");
        Structured<Graded> graded = Structured.of(model, Graded.class);

        StepVerifier.create(graded.ask(ASK))
                .assertNext(read -> {
                    assertThat(read.grade).isEqualTo(Grade.BEST);
                    assertThat(read.points).isEqualTo((byte) 7);
                    assertThat(read.picture).asString(UTF_8).isEqualTo("hi");
                })
                .verifyComplete();
        assertThat(JsonMapper.shared().writeValueAsString(graded.format().json()))
                .contains("\"grade\":{\"type\":\"string\",\"enum\":[\"very good\",\"GOOD\"]}")
                .contains("\"points\":{\"type\":\"integer\"}")
                .contains("\"picture\":{\"type\":\"string\"}");
    }

    record Nested(@Nullable Nested nested) {}

    @Test
    void tellsOnlyTheBeginningOfALongWay() {
        String deep = "{\"nested\":".repeat(100) + "1" + "}".repeat(100);

        StepVerifier.create(Structured.of(ScriptedChatModel.answering(deep), Nested.class)
                        .ask(ASK))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .hasMessageContaining("doesn't fit at " + "nested.".repeat(9) + "nested, but"));
    }

    enum Loud {
        YES;

        @Override
        public String toString() {
            return "yes!";
        }
    }

    record Parts(
            @JsonPropertyDescription("A few words") Optional<String> text,
            OptionalInt whole,
            OptionalLong big,
            OptionalDouble real,
            List<String> list,
            @Nullable Loud loud) {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"list\":[\"a\"],\"loud\":0      | loud",
                "\"list\":[\"a\"],\"loud\":\"0\"  | loud",
                "\"list\":[\"a\"],\"loud\":\"yes!\" | loud",
                "\"list\":null,\"loud\":null     | list",
                "\"list\":[null],\"loud\":null   | list",
            })
    void readsNothingIntoWhatTheSchemaDoesNotAllow(String ending, String place) {
        Structured<Parts> parts = Structured.of(ScriptedChatModel.answering(withoutValues(ending)), Parts.class);

        StepVerifier.create(parts.ask(ASK))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(UnexpectedAnswerException.class)
                        .hasMessageContaining("doesn't fit at " + place));
    }

    @Test
    void readsAndDescribesOptionalPartsAsValuesThatMayBeNull() {
        assertThat(schemaOf(Parts.class))
                .contains(
                        "\"text\":{\"type\":[\"string\",\"null\"],\"description\":\"A few words\"},\"whole\":{\"type\":[\"integer\",\"null\"]},"
                                + "\"big\":{\"type\":[\"integer\",\"null\"]},\"real\":{\"type\":[\"number\",\"null\"]}")
                .contains("\"required\":[\"text\",\"whole\",\"big\",\"real\",\"list\",\"loud\"]")
                .contains("\"strict\":true");
        assertThat(read(Parts.class, withoutValues("\"list\":[],\"loud\":\"YES\"")))
                .isEqualTo(new Parts(
                        Optional.empty(),
                        OptionalInt.empty(),
                        OptionalLong.empty(),
                        OptionalDouble.empty(),
                        List.of(),
                        Loud.YES));
        assertThat(read(Parts.class, "{\"text\":\"a\",\"whole\":1,\"big\":2,\"real\":0.5,\"list\":[],\"loud\":null}"))
                .isEqualTo(new Parts(
                        Optional.of("a"),
                        OptionalInt.of(1),
                        OptionalLong.of(2),
                        OptionalDouble.of(0.5),
                        List.of(),
                        null));
    }

    private static String withoutValues(String ending) {
        return "{\"text\":null,\"whole\":null,\"big\":null,\"real\":null," + ending + "}";
    }

    record Table(Map<String, Integer> numbers, TreeMap<Tone, List<Mood>> moods, Map<String, Object> free) {}

    @Test
    void describesMapsWithoutStrictModeWhichKnowsNone() {
        assertThat(schemaOf(Table.class))
                .contains("\"numbers\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}}")
                .contains("\"moods\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"array\",")
                .contains("\"free\":{\"type\":\"object\"}")
                .contains("\"strict\":false");
        Map<String, @Nullable Object> free = new HashMap<>();
        free.put("x", null);
        assertThat(read(Table.class, "{\"numbers\":{\"a\":1},\"moods\":{\"SAD\":[]},\"free\":{\"x\":null}}"))
                .isEqualTo(new Table(Map.of("a", 1), new TreeMap<>(Map.of(Tone.SAD, List.of())), free));
    }

    record Schema(String properties, int type, boolean required) {}

    @Test
    void isNotConfusedByPartsWhoseNamesAreWordsOfSchemas() {
        assertThat(schemaOf(Schema.class))
                .contains("\"properties\":{\"properties\":{\"type\":\"string\"},\"type\":{\"type\":\"integer\"},"
                        + "\"required\":{\"type\":\"boolean\"}},\"required\":[\"properties\",\"type\",\"required\"]");
    }

    sealed interface Shape {}

    record Circle(double radius) implements Shape {}

    record Drawing(List<Shape> shapes) {}

    @Test
    void refusesTypesThatDoNotSayWhatTheyAreMadeOf() {
        assertThatThrownBy(() -> Structured.of(ScriptedChatModel.answering(), Drawing.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "No schema can be made of " + Shape.class.getName()
                                + ", which doesn't say what it is made of: use a record in its place, or give a schema of your own.");
    }

    private static <T> T read(Class<T> type, String answer) {
        ScriptedChatModel model = ScriptedChatModel.answering(answer);
        return Objects.requireNonNull(Structured.of(model, type).ask(ASK).block());
    }

    private static String schemaOf(Class<?> type) {
        return JsonMapper.shared()
                .writeValueAsString(Structured.of(ScriptedChatModel.answering(), type)
                        .format()
                        .json());
    }

    @Test
    void takesASchemaOfOnesOwn() {
        Map<String, Object> own = Map.of("type", "object", "title", "mine");

        assertThat(Structured.of(ScriptedChatModel.answering(), Mood.class, own)
                        .format()
                        .json()
                        .toString())
                .contains("title=mine");
    }

    @Test
    void readsTheWordsOfAnAnswerThatAVariableHolds() {
        Structured<Mood> form = Structured.of(ScriptedChatModel.answering(), Mood.class);

        assertThat(List.of("{\"word\":\"glad\",\"strength\":3}", "```json\n{\"word\":\"sad\",\"strength\":1}\n```"))
                .extracting(form::read)
                .containsExactly(new Mood("glad", 3), new Mood("sad", 1));
        assertThatThrownBy(() -> form.read("none")).isInstanceOf(UnexpectedAnswerException.class);
    }
}
