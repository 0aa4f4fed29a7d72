package io.afnio4j.examples.supersense;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An OpenAI-compatible server on the loopback interface, with the {@link StandInModel} behind it. It can be as slow as
 * a provider and fail as often as one: throttled, failing and cut answers, drawn by a seed.
 */
final class StandInServer implements AutoCloseable {

    static final String MODEL = "minilm-stand-in";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int PIECE = 16;

    private final Function<JsonNode, String> model;
    private final Duration latency;
    private final double faults;
    private final SplittableRandom fate; // guarded by itself
    private final Scheduler workers =
            Schedulers.newBoundedElastic(Runtime.getRuntime().availableProcessors(), Integer.MAX_VALUE, "stand-in");
    private final DisposableServer server;

    private StandInServer(Function<JsonNode, String> model, Duration latency, double faults, long seed) {
        this.model = model;
        this.latency = latency;
        this.faults = faults;
        this.fate = new SplittableRandom(seed);
        this.server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.post("/v1/chat/completions", this::chat).get("/v1/models", this::models))
                .bindNow(Duration.ofSeconds(10));
    }

    /**
     * Starts a server.
     *
     * @param model gives the answer to a request; it may block
     * @param latency how long an answer takes at least
     * @param faults the share of calls that fail, from 0
     * @param seed decides which of them do
     */
    static StandInServer start(Function<JsonNode, String> model, Duration latency, double faults, long seed) {
        return new StandInServer(model, latency, faults, seed);
    }

    String baseUrl() {
        return "http://127.0.0.1:" + server.port() + "/v1";
    }

    @Override
    public void close() {
        server.dispose();
        workers.dispose();
    }

    private Publisher<Void> models(HttpServerRequest request, HttpServerResponse response) {
        return json(response, 200, Map.of("object", "list", "data", List.of(Map.of("id", MODEL, "object", "model"))));
    }

    private Publisher<Void> chat(HttpServerRequest request, HttpServerResponse response) {
        Mono<byte[]> body = request.receive().aggregate().asByteArray().defaultIfEmpty(new byte[0]);
        Mono<byte[]> late = latency.isZero() ? body : body.delayElement(latency);
        return late.publishOn(workers).flatMap(bytes -> Mono.from(answer(bytes, response)));
    }

    private Publisher<Void> answer(byte[] body, HttpServerResponse response) {
        double drawn = draw();
        if (drawn < faults) {
            return fail(drawn / faults, response);
        }
        JsonNode request;
        try {
            request = JSON.readTree(body);
        } catch (JacksonException malformed) {
            return error(response, 400, "The body is no JSON.", "invalid_request_error", null);
        }
        if (!request.path("messages").isArray() || request.path("messages").isEmpty()) {
            return error(response, 400, "'messages' is missing or empty.", "invalid_request_error", null);
        }
        String asked = request.path("model").asString("");
        if (!MODEL.equals(asked)) {
            return error(
                    response,
                    404,
                    "The model '" + asked + "' does not exist.",
                    "invalid_request_error",
                    "model_not_found");
        }
        String text = model.apply(request);
        return request.path("stream").asBoolean(false)
                ? pieces(response, request, text)
                : json(response, 200, whole(request, text));
    }

    private double draw() {
        synchronized (fate) {
            return fate.nextDouble();
        }
    }

    /** A third of the failures each is throttled, an error of the server, or a cut connection. */
    private Publisher<Void> fail(double kind, HttpServerResponse response) {
        if (kind < 1.0 / 3) {
            response.header("retry-after-ms", "50");
            return error(response, 429, "Too many requests.", "requests", "rate_limit_exceeded");
        }
        if (kind < 2.0 / 3) {
            return error(response, 500, "The server had an error.", "server_error", null);
        }
        return Mono.fromRunnable(() -> response.withConnection(connection -> connection.dispose()));
    }

    private Publisher<Void> error(HttpServerResponse response, int status, String message, String type, String code) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("message", message);
        error.put("type", type);
        error.put("param", null);
        error.put("code", code);
        return json(response, status, Map.of("error", error));
    }

    private static Publisher<Void> json(HttpServerResponse response, int status, Map<String, Object> body) {
        byte[] bytes = JSON.writeValueAsBytes(body);
        return response.status(status)
                .header("Content-Type", "application/json")
                .header("Content-Length", String.valueOf(bytes.length))
                .sendByteArray(Mono.just(bytes));
    }

    private static Map<String, Object> whole(JsonNode request, String text) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("role", "assistant");
        message.put("content", text);
        message.put("refusal", null);
        Map<String, Object> choice = new LinkedHashMap<>();
        choice.put("index", 0);
        choice.put("message", message);
        choice.put("finish_reason", "stop");
        choice.put("logprobs", null);
        Map<String, Object> answer = envelope("chat.completion", List.of(choice));
        answer.put("usage", usage(request, text));
        return answer;
    }

    private static Publisher<Void> pieces(HttpServerResponse response, JsonNode request, String text) {
        List<Map<String, Object>> chunks = new ArrayList<>();
        for (int from = 0, end; from < text.length(); from = end) {
            end = Lines.end(text, from + PIECE);
            chunks.add(piece(Map.of("content", text.substring(from, end)), null));
        }
        chunks.add(piece(Map.of(), "stop"));
        if (request.path("stream_options").path("include_usage").asBoolean(false)) {
            Map<String, Object> last = envelope("chat.completion.chunk", List.of());
            last.put("usage", usage(request, text));
            chunks.add(last);
        }
        return response.sse()
                .sendString(Flux.fromIterable(chunks)
                        .map(chunk -> "data: " + JSON.writeValueAsString(chunk) + "\n\n")
                        .concatWithValues("data: [DONE]\n\n"));
    }

    private static Map<String, Object> piece(Map<String, Object> delta, String finish) {
        Map<String, Object> choice = new LinkedHashMap<>();
        choice.put("index", 0);
        choice.put("delta", delta);
        choice.put("finish_reason", finish);
        return envelope("chat.completion.chunk", List.of(choice));
    }

    private static Map<String, Object> envelope(String kind, List<Map<String, Object>> choices) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", "chatcmpl-stand-in");
        answer.put("object", kind);
        answer.put("created", Instant.now().getEpochSecond());
        answer.put("model", MODEL);
        answer.put("choices", choices);
        return answer;
    }

    private static Map<String, Object> usage(JsonNode request, String text) {
        long prompt = tokens(request.path("messages").toString());
        long completion = tokens(text);
        Map<String, Object> usage = new LinkedHashMap<>();
        usage.put("prompt_tokens", prompt);
        usage.put("completion_tokens", completion);
        usage.put("total_tokens", prompt + completion);
        return usage;
    }

    /** About a token for four characters, as with real tokenizers on English. */
    private static long tokens(String text) {
        return Math.max(1, text.length() / 4);
    }
}
