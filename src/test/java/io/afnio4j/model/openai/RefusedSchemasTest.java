package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.ResponseFormat;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Schemas that a server refuses for what is in them, and not because it knows none. */
class RefusedSchemasTest extends OpenAiTestSupport {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The provided JSON schema contains features not supported by xgrammar.", // vLLM
                "JSON schema conversion failed: Pattern must start with '^' and end with '$'", // llama.cpp
                "Failed to initialize samplers: failed to parse grammar", // llama.cpp
                "Unsupported JSON schema fields: {'minItems'}", // Cerebras
                "JSON Schema not supported: could not understand the instance", // Fireworks
                "Invalid JSON payload received. Unknown name at 'generation_config.response_schema': Cannot find field."
            })
    void aSchemaThatIsRefusedForWhatIsInItPutsNoOtherIntoWords(String refusal) {
        LoopbackServer server = LoopbackServer.reacting(request ->
                request.json().at("/response_format/json_schema/schema").has("odd")
                        ? ConcessionsTest.refusing(400, refusal)
                        : Completions.answer("{}"));
        ChatRequest odd = scored(Map.of("type", "object", "odd", true));
        ChatRequest plain = scored(Map.of("type", "object"));

        assertThat(ConcessionsTest.answers(
                        server, model -> Flux.just(odd, plain, odd).concatMap(model::chat)))
                .hasSize(3);

        assertThat(server.requests())
                .extracting(
                        request -> request.json().at("/response_format/type").asString(""))
                .containsExactly("json_schema", "json_object", "json_schema", "json_object");
    }

    @Test
    void aServerThatRefusesManySchemasOneByOneIsAskedForNoneAnyMore() {
        try (LoopbackServer server =
                LoopbackServer.reacting(request -> ConcessionsTest.isAskedFor("json_schema", request)
                        ? ConcessionsTest.refusing(400, "no such JSON schema")
                        : Completions.answer("{}"))) {
            ChatModel model = client(server);

            run(Flux.range(0, 40)
                    .concatMap(i -> model.chat(scored(Map.of("title", "s" + i))).retry(1))
                    .then(Mono.just("all")));

            assertThat(server.requests())
                    .filteredOn(request -> ConcessionsTest.isAskedFor("json_schema", request))
                    .hasSize(17);
        }
    }

    private static ChatRequest scored(Map<String, Object> schema) {
        return new ChatRequest(
                HELLO.messages(), CompletionOptions.NONE.responseFormat(ResponseFormat.jsonSchema("score", schema)));
    }
}
