package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ModelProvider;
import io.afnio4j.testing.ChatModelContract;
import io.afnio4j.testing.Completions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OpenAiContractTest extends ChatModelContract {

    private static final String USAGE = """
            {"prompt_tokens":11,"completion_tokens":7,"total_tokens":18,"prompt_tokens_details":{"cached_tokens":3}}""";

    @Override
    protected ModelProvider provider() {
        return new OpenAiProvider(() -> null);
    }

    @Override
    protected String model() {
        return "gpt-4o";
    }

    @Override
    protected String keyHeader() {
        return "authorization";
    }

    @Override
    protected String keyVariable() {
        return "OPENAI_API_KEY";
    }

    @Override
    protected String saying(String text) {
        return message("{\"role\":\"assistant\",\"content\":\"" + text + "\",\"refusal\":null}", "\"stop\"");
    }

    private static String message(String message, String finishReason) {
        String body = Completions.of(message, finishReason, USAGE);
        ChatSchema.require("CreateChatCompletionResponse", JsonMapper.shared().readTree(body));
        return body;
    }

    @Override
    protected String calling() {
        return message("""
                {"role":"assistant","content":null,"refusal":null,"tool_calls":[
                {"id":"a","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Rome\\"}"}},
                {"id":"b","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Oslo\\"}"}}]}""", "\"tool_calls\"");
    }

    @Override
    protected String cut() {
        return message("{\"role\":\"assistant\",\"content\":\"hal\",\"refusal\":null}", "\"length\"");
    }

    @Override
    protected String filtered() {
        return message("{\"role\":\"assistant\",\"content\":\"hal\",\"refusal\":null}", "\"content_filter\"");
    }

    @Override
    protected String error(int status, String message) {
        return Completions.error(message, "t", "c");
    }

    @Override
    protected String unknownModel() {
        return Completions.error("The model `gpt-4o` does not exist", "invalid_request_error", "model_not_found");
    }

    @Override
    protected List<String> streaming(String... pieces) {
        List<String> events = new ArrayList<>();
        for (String piece : pieces) {
            events.add(Completions.word(piece));
        }
        events.add(Completions.stop());
        events.add("data: {\"choices\":[],\"usage\":" + USAGE + "}\n\n");
        events.add(Completions.done());
        return events;
    }

    @Override
    protected List<String> streamingCalls() {
        return List.of(
                call(
                        "{\"index\":0,\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":\"\"}}"),
                call("{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\"}}"),
                call("{\"index\":0,\"function\":{\"arguments\":\"\\\"Rome\\\"}\"}}"),
                call("{\"index\":1,\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":"
                        + "\"{\\\"city\\\":\\\"Oslo\\\"}\"}}"),
                Completions.event("{}", "\"tool_calls\""),
                Completions.done());
    }

    private static String call(String piece) {
        return Completions.event("{\"tool_calls\":[" + piece + "]}", "null");
    }

    @Override
    protected String errorEvent() {
        return "data: " + Completions.error("Busy", "server_error", "overloaded") + "\n\n";
    }

    @Override
    protected Map<String, List<String>> silences() {
        String thought = "{\"role\":\"assistant\",\"content\":null,\"reasoning_content\":\"hm\"}";
        String nothing = "{\"role\":\"assistant\",\"content\":null}";
        return Map.of(
                Completions.saying(""), silence(Completions.event(nothing, "null")),
                Completions.of(nothing, "\"stop\"", Completions.USAGE), silence(),
                Completions.of(thought, "\"stop\"", Completions.USAGE), silence(Completions.event(thought, "null")));
    }

    private static List<String> silence(String... before) {
        List<String> events = new ArrayList<>(List.of(before));
        events.addAll(List.of(Completions.stop(), Completions.usageEvent(), Completions.done()));
        return events;
    }

    @Override
    protected String lastText(JsonNode request) {
        JsonNode messages = request.path("messages");
        return messages.path(messages.size() - 1).path("content").stringValue();
    }

    @Override
    protected String models() {
        return "{\"object\":\"list\",\"data\":[{\"id\":\"m1\",\"object\":\"model\"},{\"id\":\"m2\"}]}";
    }

    @Override
    protected void assertConversation(JsonNode request) {
        ChatSchema.requireRequest(request);
        assertThat(request).isEqualTo(JsonMapper.shared().readTree("""
                {"model":"gpt-4o","messages":[
                {"role":"system","content":"Be brief."},
                {"role":"user","content":[{"type":"text","text":"What is this?"},
                  {"type":"image_url","image_url":{"url":"data:image/png;base64,AQID"}},
                  {"type":"image_url","image_url":{"url":"https://example.com/a.jpg?x=1"}}]},
                {"role":"assistant","content":"Let me see.","tool_calls":[{"id":"a","type":"function",
                  "function":{"name":"weather","arguments":"{\\"city\\":\\"Rome\\"}"}}]},
                {"role":"tool","tool_call_id":"a","content":"{\\"sky\\":\\"blue\\"}"},
                {"role":"user","content":"And now?"}],
                "tools":[{"type":"function","function":{"name":"weather","description":"The weather of a city",
                  "parameters":{"type":"object","properties":{}}}}],
                "tool_choice":"required","temperature":0.5,"max_completion_tokens":99,"stop":["END"]}"""));
    }
}
