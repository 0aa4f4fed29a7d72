package io.afnio4j.ops;

import java.io.CharArrayReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads an answer that was to be a JSON object of texts, and takes what it can get: models put words around it, or
 * leave some out.
 */
final class FusedAnswer {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS) // the words behind it
            .build();

    private FusedAnswer() {}

    /**
     * Reads an answer.
     *
     * @param answer what the model said
     * @param keys what to look for
     * @return the texts by key, from the first object that has any; blank ones, and values that are no texts, are left
     *     out
     */
    static Map<String, String> read(String answer, List<String> keys) {
        char[] characters = answer.toCharArray();
        Map<String, String> texts = Map.of();
        for (int from = answer.indexOf('{'); from >= 0 && texts.isEmpty(); from = answer.indexOf('{', from + 1)) {
            texts = readObject(new CharArrayReader(characters, from, characters.length - from), keys);
        }
        return texts; // what isn't in it is asked for by itself
    }

    private static Map<String, String> readObject(CharArrayReader from, List<String> keys) {
        Map<String, String> texts = new HashMap<>();
        try {
            JsonNode object = JSON.readTree(from);
            for (String key : keys) {
                String text = object.path(key).asString("").strip();
                if (object.path(key).isString() && !text.isEmpty()) {
                    texts.put(key, text);
                }
            }
        } catch (JacksonException noObject) {
            return Map.of(); // a brace in the words around it, or an object that breaks off
        }
        return texts;
    }
}
