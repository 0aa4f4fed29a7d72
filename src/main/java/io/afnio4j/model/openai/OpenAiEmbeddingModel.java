package io.afnio4j.model.openai;

import static io.afnio4j.model.http.Tokens.count;

import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.Embeddings;
import io.afnio4j.model.ThrottleScope;
import io.afnio4j.model.Usage;
import io.afnio4j.model.http.JsonHttp;
import io.afnio4j.model.http.RequestFields;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * Embeddings from {@code /embeddings}. Many texts become several requests, a few of them at the same time; their
 * vectors come back in the order of the texts. The first request that fails cancels the others.
 */
final class OpenAiEmbeddingModel implements EmbeddingModel {

    /** OpenAI takes 300,000 tokens at once; no token is longer in this count than it is there. */
    private static final int MAX_CHARACTERS = 250_000;

    private static final int MAX_REQUESTS_AT_ONCE = 8;

    private final String model;
    private final JsonHttp http;
    private final RequestFields fields;
    private final int maxTexts;
    private final int requestsAtOnce;

    OpenAiEmbeddingModel(String model, JsonHttp http, ClientOptions options) {
        this.model = model;
        this.http = http;
        this.fields = new RequestFields(List.of("model", "input"), options.bodyFields());
        this.maxTexts = options.embeddingBatch();
        this.requestsAtOnce = Math.min(MAX_REQUESTS_AT_ONCE, options.limits().maxConcurrency());
    }

    @Override
    public String name() {
        return http.name();
    }

    @Override
    public InetSocketAddress address() {
        return http.address();
    }

    @Override
    public ThrottleScope throttleScope() {
        return http.throttleScope();
    }

    @Override
    public Mono<Embeddings> embed(List<String> texts) {
        return Flux.fromIterable(requests(texts))
                .flatMapSequential(
                        batch -> http.post("embeddings", json -> write(json, batch))
                                .map(answer -> read(answer, batch.size())),
                        requestsAtOnce)
                .collectList()
                .map(parts -> Embeddings.joined(parts, name()));
    }

    @Override
    public List<List<String>> requests(List<String> all) {
        List<String> texts = List.copyOf(all);
        if (texts.contains("")) {
            throw new IllegalArgumentException(
                    "Text " + texts.indexOf("") + " is empty, and providers refuse to embed nothing. Leave it out.");
        }
        List<List<String>> batches = new ArrayList<>();
        int from = 0;
        long characters = 0;
        for (int i = 0; i < texts.size(); i++) {
            long longer = characters + texts.get(i).length();
            if (i > from && (i - from == maxTexts || longer > MAX_CHARACTERS)) {
                batches.add(texts.subList(from, i));
                from = i;
                longer = texts.get(i).length();
            }
            characters = longer;
        }
        if (from < texts.size()) {
            batches.add(texts.subList(from, texts.size()));
        }
        return batches;
    }

    @Override
    public int requestsAtOnce() {
        return requestsAtOnce;
    }

    private void write(JsonGenerator json, List<String> batch) {
        json.writeStartObject();
        json.writeStringProperty("model", model);
        json.writeName("input").writeStartArray();
        batch.forEach(json::writeString);
        json.writeEndArray();
        fields.with(CompletionOptions.NONE).forEach(json::writePOJOProperty);
        json.writeEndObject();
    }

    private Embeddings read(JsonNode answer, int wanted) {
        Usage usage = usage(answer.path("usage"));
        float[][] vectors = new float[wanted][];
        JsonNode data = answer.path("data");
        boolean unnumbered =
                data.valueStream().allMatch(entry -> entry.path("index").asInt(0) == 0); // LiteLLM, once
        int position = 0;
        for (JsonNode entry : data) {
            int index = unnumbered ? position : entry.path("index").asInt(position);
            position++;
            JsonNode embedding = entry.path("embedding");
            if (index >= 0 && index < wanted && (embedding.isString() || !embedding.isEmpty())) {
                vectors[index] = embedding.isString() ? decoded(embedding.stringValue()) : numbers(embedding);
                requireFinite(vectors[index], usage);
            }
        }
        List<float[]> found = new ArrayList<>(wanted);
        for (float[] vector : vectors) {
            if (vector == null) {
                throw http.answers().broken("has no vector for some of the texts");
            }
            found.add(vector);
        }
        return new Embeddings(found, usage, answer.path("model").asString(name()));
    }

    /** All tokens are the prompt's; Voyage tells the sum alone. */
    private static Usage usage(JsonNode told) {
        long prompt = count(told.path("prompt_tokens"));
        return Usage.of(prompt == 0 ? count(told.path("total_tokens")) : prompt, 0);
    }

    /** What isn't a number comes out as NaN. */
    private static float[] numbers(JsonNode embedding) {
        float[] vector = new float[embedding.size()];
        for (int i = 0; i < vector.length; i++) {
            JsonNode number = embedding.path(i);
            vector[i] = number.isNumber() ? (float) number.asDouble(Double.NaN) : Float.NaN;
        }
        return vector;
    }

    /**
     * The bytes of the numbers, which nobody asked for but some servers send; no numbers at all where it isn't that.
     */
    private static float[] decoded(String base64) {
        try {
            FloatBuffer numbers = ByteBuffer.wrap(Base64.getDecoder().decode(base64))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            float[] vector = new float[numbers.remaining()];
            numbers.get(vector);
            return vector;
        } catch (IllegalArgumentException notBase64) {
            return new float[0];
        }
    }

    /** The same texts would have the same vector the next time, so this is no case for a retry. */
    private void requireFinite(float[] vector, Usage usage) {
        for (float number : vector) {
            if (!Float.isFinite(number)) {
                throw unusable(usage);
            }
        }
        if (vector.length == 0) {
            throw unusable(usage);
        }
    }

    private UnexpectedAnswerException unusable(Usage usage) {
        return new UnexpectedAnswerException(
                "The answer of " + name() + " has a vector that isn't a list of finite numbers.", usage.spent(), null);
    }

    @Override
    public void close() {
        http.close();
    }

    @Override
    public String toString() {
        return "EmbeddingModel[" + name() + "]";
    }
}
