package io.afnio4j.model.openai;

import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.EmbeddingModel;
import io.afnio4j.model.Embeddings;
import io.afnio4j.model.Usage;
import io.afnio4j.model.http.JsonHttp;
import io.afnio4j.model.http.RequestFields;
import io.afnio4j.model.http.Texts;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * Embeddings from {@code /embeddings}. Many texts become several requests, a few of them at the same time; their vectors come
 * back in the order of the texts. The first request that fails cancels the others.
 */
final class OpenAiEmbeddingModel implements EmbeddingModel {

    /** So many vectors of 3,072 numbers in words are half of what is read of an answer at most. */
    private static final int MAX_TEXTS = 128;

    /** OpenAI takes 300,000 tokens at once; no token is longer in this count than it is there. */
    private static final int MAX_CHARACTERS = 250_000;

    private static final int MAX_REQUESTS_AT_ONCE = 8;

    private final String model;
    private final JsonHttp http;
    private final RequestFields fields;
    private final int requestsAtOnce;

    OpenAiEmbeddingModel(String model, JsonHttp http, ClientOptions options) {
        this.model = model;
        this.http = http;
        this.fields = new RequestFields(List.of("model", "input"), options.bodyFields());
        this.requestsAtOnce = Math.min(MAX_REQUESTS_AT_ONCE, options.maxConcurrency());
    }

    @Override
    public String name() {
        return http.name();
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
            if (i > from && (i - from == MAX_TEXTS || longer > MAX_CHARACTERS)) {
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

    private void write(JsonGenerator json, List<String> batch) {
        json.writeStartObject();
        json.writeStringProperty("model", model);
        json.writeName("input").writeStartArray();
        batch.forEach(text -> json.writeString(Texts.wellFormed(text)));
        json.writeEndArray();
        fields.with(CompletionOptions.NONE).forEach(json::writePOJOProperty);
        json.writeEndObject();
    }

    private Embeddings read(JsonNode answer, int wanted) {
        float[][] vectors = new float[wanted][];
        int position = 0;
        for (JsonNode entry : answer.path("data")) {
            int index = entry.path("index").asInt(position++);
            JsonNode numbers = entry.path("embedding");
            if (index >= 0 && index < wanted && numbers.isArray() && !numbers.isEmpty()) {
                vectors[index] = vector(numbers);
            }
        }
        List<float[]> found = new ArrayList<>(wanted);
        for (float[] vector : vectors) {
            if (vector == null) {
                throw http.answers().broken("has no vector for some of the texts");
            }
            found.add(vector);
        }
        Usage usage = AnswerReader.usage(answer.path("usage"));
        return new Embeddings(found, usage, answer.path("model").asString(name()));
    }

    private static float[] vector(JsonNode numbers) {
        float[] vector = new float[numbers.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) numbers.get(i).asDouble(0);
        }
        return vector;
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
