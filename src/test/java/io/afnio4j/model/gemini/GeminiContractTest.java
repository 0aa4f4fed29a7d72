package io.afnio4j.model.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ModelProvider;
import io.afnio4j.testing.ChatModelContract;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GeminiContractTest extends ChatModelContract {

    private static final String USAGE = "{\"promptTokenCount\":11,\"cachedContentTokenCount\":3,"
            + "\"candidatesTokenCount\":7,\"totalTokenCount\":18}";

    @Override
    protected ModelProvider provider() {
        return new GeminiProvider(() -> null);
    }

    @Override
    protected String model() {
        return "gemini-2.5-flash";
    }

    @Override
    protected String keyHeader() {
        return "x-goog-api-key";
    }

    @Override
    protected String keyVariable() {
        return "GEMINI_API_KEY";
    }

    @Override
    protected String saying(String text) {
        return response("{\"text\":\"" + text + "\"}", "\"finishReason\":\"STOP\",");
    }

    static String response(String parts, String finishReason) {
        return """
                {"candidates":[{"content":{"parts":[%s],"role":"model"},%s"index":0}],"usageMetadata":%s,\
                "modelVersion":"gemini-2.5-flash","responseId":"r"}""".formatted(parts, finishReason, USAGE);
    }

    @Override
    protected String calling() {
        return response(call("a", "Rome") + "," + call("b", "Oslo"), "\"finishReason\":\"STOP\",");
    }

    static String call(String id, String city) {
        return "{\"functionCall\":{\"id\":\"" + id + "\",\"name\":\"weather\",\"args\":{\"city\":\"" + city + "\"}}}";
    }

    @Override
    protected String cut() {
        return response("{\"text\":\"hal\"}", "\"finishReason\":\"MAX_TOKENS\",");
    }

    @Override
    protected String filtered() {
        return response("", "\"finishReason\":\"SAFETY\",");
    }

    @Override
    protected String error(int status, String message) {
        return "{\"error\":{\"code\":" + status + ",\"message\":\"" + message + "\",\"status\":\"X\"}}";
    }

    @Override
    protected String unknownModel() {
        return error(404, "models/gemini-2.5-flash is not found for API version v1beta");
    }

    @Override
    protected List<String> streaming(String... pieces) {
        List<String> events = new ArrayList<>();
        for (String piece : pieces) {
            events.add("data: " + response("{\"text\":\"" + piece + "\"}", "") + "\r\n\r\n");
        }
        events.add("data: " + response("{\"text\":\"\"}", "\"finishReason\":\"STOP\",") + "\r\n\r\n");
        return events;
    }

    @Override
    protected List<String> streamingCalls() {
        return List.of(
                "data: " + response(call("a", "Rome"), "") + "\r\n\r\n",
                "data: " + response(call("b", "Oslo"), "\"finishReason\":\"STOP\",") + "\r\n\r\n");
    }

    @Override
    protected String errorEvent() {
        return "data: {\"error\":{\"code\":503,\"message\":\"The model is overloaded.\",\"status\":\"UNAVAILABLE\"}}\r\n\r\n";
    }

    @Override
    protected Map<String, List<String>> silences() {
        String stop = "\"finishReason\":\"STOP\",";
        String thought = "{\"text\":\"hm\",\"thought\":true}";
        String bare = response("", stop).replace("\"content\":{\"parts\":[],\"role\":\"model\"},", "");
        return Map.of(
                response("", stop),
                List.of(event(response("", stop))),
                response(thought, stop),
                List.of(event(response(thought, "")), event(response("", stop))),
                bare,
                List.of(event(bare)));
    }

    private static String event(String response) {
        return "data: " + response + "\r\n\r\n";
    }

    @Override
    protected String lastText(JsonNode request) {
        JsonNode contents = request.path("contents");
        return contents.path(contents.size() - 1)
                .path("parts")
                .path(0)
                .path("text")
                .stringValue();
    }

    @Override
    protected String models() {
        return "{\"models\":[{\"name\":\"models/m1\"},{\"name\":\"models/m2\"}]}";
    }

    @Override
    protected void assertConversation(JsonNode request) {
        assertThat(request).isEqualTo(JsonMapper.shared().readTree("""
                {"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[
                {"role":"user","parts":[{"text":"What is this?"},
                  {"inlineData":{"mimeType":"image/png","data":"AQID"}},
                  {"fileData":{"mimeType":"image/jpeg","fileUri":"https://example.com/a.jpg?x=1"}}]},
                {"role":"model","parts":[{"text":"Let me see."},
                  {"functionCall":{"id":"a","name":"weather","args":{"city":"Rome"}}}]},
                {"role":"user","parts":[{"functionResponse":{"id":"a","name":"weather","response":{"sky":"blue"}}}]},
                {"role":"user","parts":[{"text":"And now?"}]}],
                "tools":[{"functionDeclarations":[{"name":"weather","description":"The weather of a city",
                  "parametersJsonSchema":{"type":"object","properties":{}}}]}],
                "toolConfig":{"functionCallingConfig":{"mode":"ANY"}},
                "generationConfig":{"temperature":0.5,"maxOutputTokens":99,"stopSequences":["END"]}}"""));
    }
}
