package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.ContentPart;
import io.afnio4j.model.ResponseFormat;
import io.afnio4j.model.Tool;
import io.afnio4j.model.http.WrittenJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RequestJsonTest {

    private static final List<ChatMessage> CONVERSATION = List.of(
            ChatMessage.system("Be brief."),
            ChatMessage.of("developer", "Answer in {json}."),
            ChatMessage.user("Say \"hi\"\n\u2028</s>"),
            ChatMessage.assistant("hi"),
            new ChatMessage("user", List.of(new ContentPart.Text("one"), new ContentPart.Text("two"))));

    @Test
    void writesOneTextAsTextAndSeveralAsParts() {
        JsonNode json = json(new ChatRequest(CONVERSATION, CompletionOptions.NONE), false);

        assertThat(json).isEqualTo(JsonMapper.shared().readTree("""
                {"model": "gpt-4o", "messages": [
                  {"role": "system", "content": "Be brief."},
                  {"role": "developer", "content": "Answer in {json}."},
                  {"role": "user", "content": "Say \\"hi\\"\\n\\u2028</s>"},
                  {"role": "assistant", "content": "hi"},
                  {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]}]}"""));
    }

    @Test
    void writesEveryOptionUnderItsOwnName() {
        Map<String, Object> nested = new LinkedHashMap<>();
        nested.put("list", List.of(1, 2.5, "three", true));
        nested.put("nothing", null);
        CompletionOptions options = CompletionOptions.NONE
                .temperature(0.5)
                .seed(7)
                .maxCompletionTokens(100)
                .stop("END")
                .with("a_field_of_tomorrow", nested);

        JsonNode json = json(new ChatRequest(CONVERSATION, options), false);

        assertThat(json.path("temperature").doubleValue()).isEqualTo(0.5);
        assertThat(json.path("seed").longValue()).isEqualTo(7);
        assertThat(json.path("max_completion_tokens").intValue()).isEqualTo(100);
        assertThat(json.path("stop").path(0).stringValue()).isEqualTo("END");
        assertThat(json.path("a_field_of_tomorrow"))
                .isEqualTo(JsonMapper.shared().readTree("{\"list\": [1, 2.5, \"three\", true], \"nothing\": null}"));
    }

    @Test
    void asksAStreamForItsUsageUnlessTheCallerHasAnOpinion() {
        JsonNode usual = json(new ChatRequest(CONVERSATION, CompletionOptions.NONE), true);
        JsonNode own = json(
                new ChatRequest(
                        CONVERSATION, CompletionOptions.NONE.with("stream_options", Map.of("include_usage", false))),
                true);

        assertThat(usual.path("stream").booleanValue()).isTrue();
        assertThat(usual.path("stream_options").path("include_usage").booleanValue())
                .isTrue();
        assertThat(own.path("stream_options").path("include_usage").booleanValue())
                .isFalse();
    }

    @Test
    void leavesOutOptionsWithoutAValueAlsoWhereTheClientHasOne() {
        JsonNode json = WrittenJson.of(generator -> new RequestJson("gpt-4o", Map.of("seed", 7, "user", "me"))
                .write(generator, new ChatRequest(CONVERSATION, CompletionOptions.NONE.with("seed", null)), false));

        assertThat(json.has("seed")).isFalse();
        assertThat(json.path("user").stringValue()).isEqualTo("me");
    }

    @Test
    void mendsTextThatWasCutWithinAnEmoji() {
        ChatRequest request = ChatRequest.of(ChatMessage.user("\uDE42 whole 🙂 cut \uD83D"));

        assertThat(json(request, false).path("messages").path(0).path("content").stringValue())
                .isEqualTo("\uFFFD whole 🙂 cut \uFFFD");
    }

    @Test
    void refusesAValueThatIsNotJsonWithoutQuotingIt() {
        ChatRequest request = new ChatRequest(CONVERSATION, CompletionOptions.NONE.with("x", selfish()));

        assertThatThrownBy(() -> json(request, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("isn't JSON")
                .hasNoCause();
    }

    private static List<Object> selfish() {
        List<Object> list = new ArrayList<>();
        list.add(list);
        return list;
    }

    @Test
    void describesAToolWithoutArgumentsByAnObjectThatHasNone() {
        CompletionOptions options = CompletionOptions.NONE.tools(new Tool("now", "The time", Map.of()));

        assertThat(json(new ChatRequest(CONVERSATION, options), false).at("/tools/0/function/parameters"))
                .hasToString("{\"type\":\"object\",\"properties\":{}}");
    }

    @Test
    void conformsToThePublishedSchema() {
        CompletionOptions many = CompletionOptions.NONE
                .temperature(1)
                .topP(0.9)
                .seed(1)
                .maxCompletionTokens(10)
                .stop("a", "b")
                .responseFormat(ResponseFormat.jsonSchema(
                        "score", Map.of("type", "object", "properties", Map.of("score", Map.of("type", "integer")))))
                .with("frequency_penalty", 0.5)
                .with("reasoning_effort", "low");
        for (CompletionOptions options : Arrays.asList(
                CompletionOptions.NONE,
                many,
                CompletionOptions.NONE.responseFormat(ResponseFormat.jsonObject()),
                CompletionOptions.NONE.responseFormat(ResponseFormat.text()))) {
            ChatSchema.requireRequest(json(new ChatRequest(CONVERSATION, options), false));
            ChatSchema.requireRequest(json(new ChatRequest(CONVERSATION, options), true));
        }
    }

    @Test
    void isCheckedAgainstASchemaThatCanSayNo() {
        JsonNode wrong = json(
                new ChatRequest(List.of(ChatMessage.of("nobody", "x")), CompletionOptions.NONE.with("seed", "x")),
                false);

        assertThat(ChatSchema.of("CreateChatCompletionRequest").validate(wrong)).isNotEmpty();
    }

    @Property(tries = 200)
    void keepsEveryTextAsItIs(@ForAll String text) {
        String utf8 = new String(
                text.getBytes(java.nio.charset.StandardCharsets.UTF_16), java.nio.charset.StandardCharsets.UTF_16);

        JsonNode json = json(ChatRequest.of(ChatMessage.user(text)), false);

        assertThat(json.path("messages").path(0).path("content").stringValue()).isEqualTo(utf8);
    }

    @Test
    void leavesTheUsageOfAStreamOutWhereTheCallerSaysSo() {
        CompletionOptions without = CompletionOptions.NONE.with("stream_options", null);

        assertThat(json(new ChatRequest(CONVERSATION, without), true).has("stream_options"))
                .isFalse();
    }

    private static JsonNode json(ChatRequest request, boolean stream) {
        RequestJson requests = new RequestJson("gpt-4o", Map.of());
        ChatRequest sent = stream ? requests.withUsage(request) : request;
        return WrittenJson.of(generator -> requests.write(generator, sent, stream));
    }
}
