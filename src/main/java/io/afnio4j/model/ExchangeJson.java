package io.afnio4j.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.afnio4j.context.Sample;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Requests and answers as JSON of our own: for keys of caches, for caches and for recordings, never for a provider. All
 * fields are written, null ones included, and maps in the order of their keys, so that equal requests are equal texts
 * and a field that is added later counts by itself. An API key is no part of a request, and so in none of it.
 */
public final class ExchangeJson {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            // What lacks a field was written by another version: no guess is better than a refusal.
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .addMixIn(ContentPart.class, Typed.class)
            .addModule(new SimpleModule().addDeserializer(Usage.class, new UsageReader()))
            .build();

    static {
        // Learns the records here, under a lock of Jackson's, and not when the first requests come, many at once.
        var unused = write(ChatRequest.of(ChatMessage.user("")));
    }

    private ExchangeJson() {}

    /**
     * Writes a request, an answer, or a record that holds some.
     *
     * @param value the record
     * @return JSON without line breaks
     */
    public static String write(Object value) {
        // In a file a half would become another text, and in a key another question.
        return HalfCharacters.replaced(MAPPER.writeValueAsString(value), half -> String.format("\\u%04X", half));
    }

    /**
     * Reads what was written.
     *
     * @param json the text
     * @param type the record's type
     * @param <T> the record's type
     * @return the record
     * @throws tools.jackson.core.JacksonException where it isn't one of this version
     */
    public static <T> T read(String json, Class<T> type) {
        return MAPPER.readValue(json, type);
    }

    /**
     * What an answer is kept by: the digest of all that was asked.
     *
     * @param scope who was asked, and in which version of what is kept
     * @param request what was asked
     * @param sample which {@link Sample} of the answer
     * @return 64 hexadecimal digits
     */
    public static String digest(String scope, ChatRequest request, int sample) {
        return digest(scope + sample + "\n" + write(request));
    }

    /**
     * What stands for a text where the text itself would be too much to hold.
     *
     * @param text for example a request as {@link #write} gives it
     * @return 64 hexadecimal digits
     */
    public static String digest(String text) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256.", impossible);
        }
    }

    /**
     * Answers that were kept before providers said what they put into their caches have one field less, and are still
     * good.
     */
    private static final class UsageReader extends StdDeserializer<Usage> {

        private UsageReader() {
            super(Usage.class);
        }

        @Override
        public Usage deserialize(JsonParser parser, DeserializationContext context) {
            JsonNode tree = context.readTree(parser);
            return new Usage(
                    count(tree, "promptTokens", context),
                    count(tree, "cachedTokens", context),
                    tree.has("cacheWriteTokens") ? count(tree, "cacheWriteTokens", context) : 0,
                    count(tree, "completionTokens", context),
                    count(tree, "reasoningTokens", context));
        }

        private static long count(JsonNode tree, String field, DeserializationContext context) {
            JsonNode count = tree.path(field);
            return count.canConvertToLong() && count.longValue() >= 0
                    ? count.longValue()
                    : context.reportInputMismatch(Usage.class, "no number of " + field);
        }
    }

    /** Two kinds of parts may have the same fields. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME)
    private interface Typed {}
}
