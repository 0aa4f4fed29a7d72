package io.afnio4j.ops;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a judge answered. Models put their JSON between fences, behind a thought, or before a remark, so the last object
 * of the answer that has a score is taken.
 *
 * @param score the score, NaN where there is none
 * @param explanation why
 * @param problem why it can't be used, in a sentence; null where it can
 */
record Verdict(double score, String explanation, @Nullable String problem) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * A text may hold any number of braces before its answer, such as those of code: so many of the first are tried and
     * so many of the last.
     */
    private static final int MOST_BRACES = 100;

    static Verdict parse(String answer) {
        JsonNode found = lastWithScore(answer);
        if (found == null) {
            return unusable("it has no JSON object with a \"score\".");
        }
        Double score = number(found.path("score"));
        if (score == null) {
            return unusable("its \"score\" isn't a number.");
        }
        JsonNode explanation = found.path("explanation");
        if (!explanation.isString() || explanation.asString().isBlank()) {
            return unusable("its \"explanation\" isn't a text.");
        }
        return new Verdict(score, explanation.asString().strip(), null);
    }

    private static Verdict unusable(String problem) {
        return new Verdict(Double.NaN, "", problem);
    }

    private static @Nullable JsonNode lastWithScore(String answer) {
        JsonNode last = null;
        int brace = answer.indexOf('{');
        for (int tried = 0; brace >= 0; tried++) {
            if (tried == MOST_BRACES) {
                brace = Math.max(brace, firstOfTheLastBraces(answer));
            }
            int from = brace;
            try (JsonParser parser = JSON.createParser(answer.substring(from))) {
                JsonNode object = JSON.readTree(parser);
                last = object.has("score") ? object : last;
                from += Math.max(0, (int) parser.currentLocation().getCharOffset() - 1);
            } catch (JacksonException noObject) {
                from = brace; // the next brace may begin one
            }
            brace = answer.indexOf('{', from + 1);
        }
        return last;
    }

    private static int firstOfTheLastBraces(String answer) {
        int first = -1;
        int brace = answer.lastIndexOf('{');
        for (int found = 0; brace >= 0 && found < MOST_BRACES; found++) {
            first = brace;
            brace = answer.lastIndexOf('{', brace - 1);
        }
        return first;
    }

    private static @Nullable Double number(JsonNode node) {
        if (node.isNumber()) {
            return finite(node.asDouble());
        }
        if (node.isString()) {
            try {
                return finite(new BigDecimal(node.asString().strip()).doubleValue());
            } catch (NumberFormatException noNumber) {
                return null;
            }
        }
        return null;
    }

    private static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
