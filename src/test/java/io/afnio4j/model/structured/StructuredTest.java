package io.afnio4j.model.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.script.ScriptedChatModel;
import java.util.List;
import java.util.Map;
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
        String schema = JsonMapper.shared().writeValueAsString(RecordSchema.of(Diary.class));

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

    @Test
    void takesASchemaOfOnesOwn() {
        Map<String, Object> own = Map.of("type", "object", "title", "mine");

        assertThat(Structured.of(ScriptedChatModel.answering(), Mood.class, own)
                        .format()
                        .json()
                        .toString())
                .contains("title=mine");
    }
}
