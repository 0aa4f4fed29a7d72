package io.afnio4j.ops;

import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Reads an answer that was to be a JSON object of texts, and takes what it can get: models put words around it, or leave some out. */
final class FusedAnswer {

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private FusedAnswer() {}

    /**
     * Reads an answer.
     *
     * @param answer what the model said
     * @return the texts by key; blank ones, and values that are no texts, are left out
     */
    static Map<String, String> read(String answer) {
        int from = answer.indexOf('{');
        int to = answer.lastIndexOf('}') + 1;
        Map<String, String> texts = new HashMap<>();
        if (from < 0 || to <= from) {
            return texts;
        }
        try {
            for (Map.Entry<String, JsonNode> field :
                    JSON.readTree(answer.substring(from, to)).properties()) {
                String text = field.getValue().asString("").strip();
                if (field.getValue().isString() && !text.isEmpty()) {
                    texts.put(field.getKey(), text);
                }
            }
        } catch (JacksonException unreadable) {
            return Map.of(); // then each variable is asked for by itself
        }
        return texts;
    }
}
