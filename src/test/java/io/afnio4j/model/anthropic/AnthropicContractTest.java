package io.afnio4j.model.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ModelProvider;
import io.afnio4j.model.Usage;
import io.afnio4j.testing.ChatModelContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AnthropicContractTest extends ChatModelContract {

    private static final String USAGE =
            "{\"input_tokens\":6,\"cache_creation_input_tokens\":2,\"cache_read_input_tokens\":3,\"output_tokens\":7}";

    private static final String CALLS = """
            {"type":"tool_use","id":"a","name":"weather","input":{"city":"Rome"}},\
            {"type":"tool_use","id":"b","name":"weather","input":{"city":"Oslo"}}""";

    @Override
    protected Usage counted() {
        return new Usage(11, 3, 2, 7, 0);
    }

    @Override
    protected ModelProvider provider() {
        return new AnthropicProvider(() -> null);
    }

    @Override
    protected String model() {
        return "claude-sonnet-4-5";
    }

    @Override
    protected String keyHeader() {
        return "x-api-key";
    }

    @Override
    protected String keyVariable() {
        return "ANTHROPIC_API_KEY";
    }

    @Override
    protected String saying(String text) {
        return message("{\"type\":\"text\",\"text\":\"" + text + "\"}", "end_turn");
    }

    static String message(String content, String stopReason) {
        return """
                {"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[%s],\
                "stop_reason":"%s","stop_sequence":null,"usage":%s}""".formatted(content, stopReason, USAGE);
    }

    @Override
    protected String calling() {
        return message(CALLS, "tool_use");
    }

    @Override
    protected String cut() {
        return message("{\"type\":\"text\",\"text\":\"hal\"}", "max_tokens");
    }

    @Override
    protected String filtered() {
        return message("", "refusal");
    }

    @Override
    protected String error(int status, String message) {
        return "{\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"" + message + "\"},\"request_id\":\"r\"}";
    }

    @Override
    protected String unknownModel() {
        return "{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\",\"message\":\"model: claude-sonnet-4-5\"}}";
    }

    @Override
    protected List<String> streaming(String... pieces) {
        List<String> events = new ArrayList<>();
        for (String piece : pieces) {
            String start = events.isEmpty()
                    ? start()
                            + event(
                                    "content_block_start",
                                    "\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}")
                            + event("ping", "\"x\":0")
                    : "";
            events.add(start
                    + event(
                            "content_block_delta",
                            "\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"" + piece + "\"}"));
        }
        events.add(event("content_block_stop", "\"index\":0"));
        events.addAll(end("end_turn"));
        return events;
    }

    static String start() {
        return event(
                "message_start",
                "\"message\":{\"id\":\"msg_1\",\"model\":\"claude-sonnet-4-5-20250929\",\"usage\":{\"input_tokens\":6,\"cache_creation_input_tokens\":2,"
                        + "\"cache_read_input_tokens\":3,\"output_tokens\":1}}");
    }

    static List<String> end(String reason) {
        return List.of(
                event(
                        "message_delta",
                        "\"delta\":{\"stop_reason\":\"" + reason
                                + "\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":7,\"input_tokens\":null}"),
                event("message_stop", "\"x\":0"));
    }

    static String event(String type, String fields) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + fields + "}\n\n";
    }

    @Override
    protected List<String> streamingCalls() {
        List<String> events = new ArrayList<>(List.of(
                start(),
                call(0, "a"),
                input(0, ""),
                input(0, "{\\\"city\\\": "),
                input(0, "\\\"Rome\\\"}"),
                call(1, "b"),
                input(1, "{\\\"city\\\":\\\"Oslo\\\"}")));
        events.addAll(end("tool_use"));
        return events;
    }

    static String call(int index, String id) {
        return event(
                "content_block_start",
                "\"index\":" + index + ",\"content_block\":{\"type\":\"tool_use\",\"id\":\"" + id
                        + "\",\"name\":\"weather\",\"input\":{}}");
    }

    static String input(int index, String json) {
        return event(
                "content_block_delta",
                "\"index\":" + index + ",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"" + json + "\"}");
    }

    @Override
    protected String errorEvent() {
        return event("error", "\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}");
    }

    @Override
    protected Map<String, List<String>> silences() {
        String thought = "{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"s\"}";
        List<String> events = new ArrayList<>(List.of(start()));
        List<String> thinking = new ArrayList<>(
                List.of(start(), event("content_block_start", "\"index\":0,\"content_block\":" + thought)));
        events.addAll(end("end_turn"));
        thinking.addAll(end("end_turn"));
        return Map.of(message("", "end_turn"), events, message(thought, "end_turn"), thinking);
    }

    @Override
    protected String lastText(JsonNode request) {
        JsonNode messages = request.path("messages");
        return messages.path(messages.size() - 1).path("content").stringValue();
    }

    @Override
    protected String models() {
        return "{\"data\":[{\"type\":\"model\",\"id\":\"m1\"},{\"id\":\"m2\"}],\"has_more\":false,\"last_id\":\"m2\"}";
    }

    @Override
    protected void assertConversation(JsonNode request) {
        assertThat(request).isEqualTo(JsonMapper.shared().readTree("""
                {"model":"claude-sonnet-4-5","system":"Be brief.","messages":[
                {"role":"user","content":[{"type":"text","text":"What is this?"},
                  {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AQID"}},
                  {"type":"image","source":{"type":"url","url":"https://example.com/a.jpg?x=1"}}]},
                {"role":"assistant","content":[{"type":"text","text":"Let me see."},
                  {"type":"tool_use","id":"a","name":"weather","input":{"city":"Rome"}}]},
                {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"{\\"sky\\":\\"blue\\"}"}]},
                {"role":"user","content":"And now?"}],
                "max_tokens":99,"tools":[{"name":"weather","description":"The weather of a city",
                  "input_schema":{"type":"object","properties":{}}}],
                "tool_choice":{"type":"any"},"temperature":0.5,"stop_sequences":["END"]}"""));
    }
}
