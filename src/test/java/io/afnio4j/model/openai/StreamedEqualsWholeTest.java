package io.afnio4j.model.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.AfnioException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.StreamedAnswer;
import io.afnio4j.testing.Answer;
import io.afnio4j.testing.Completions;
import io.afnio4j.testing.LoopbackServer;
import io.afnio4j.testing.OpenAiTestSupport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whatever a server has to say, a caller hears the same of it whole and streamed: the same answer, or the same failure.
 */
class StreamedEqualsWholeTest {

    private static final String MODEL = "gpt-4o-2024-08-06";

    /**
     * What a server says.
     *
     * @param words the pieces of the text; null where it has none to write
     * @param begin what the first piece of a stream has for a text where the text itself doesn't decide it
     */
    private record Said(
            @Nullable List<String> words,
            @Nullable String begin,
            @Nullable List<String> thoughts,
            String refusal,
            int calls,
            @Nullable String finish,
            boolean done) {

        private String whole() {
            Map<String, @Nullable Object> message = new LinkedHashMap<>();
            message.put("content", words == null ? null : String.join("", words));
            if (thoughts != null) {
                message.put("reasoning_content", String.join("", thoughts));
            }
            if (!refusal.isEmpty()) {
                message.put("refusal", refusal);
            }
            if (calls > 0) {
                message.put("tool_calls", calls(true));
            }
            return Completions.of(json(message), json(finish), Completions.USAGE);
        }

        private Answer streamed() {
            List<String> events = new ArrayList<>();
            Map<String, @Nullable Object> first = new LinkedHashMap<>(Map.of("role", "assistant"));
            first.put("content", isSilence() ? begin : words == null ? null : "");
            events.add(Completions.event(json(first), "null"));
            for (String thought : thoughts == null ? List.<String>of() : thoughts) {
                events.add(Completions.event(json(Map.of("reasoning_content", thought)), "null"));
            }
            (words == null ? List.<String>of() : words).forEach(word -> events.add(Completions.word(word)));
            if (!refusal.isEmpty()) {
                events.add(Completions.event(json(Map.of("refusal", refusal)), "null"));
            }
            for (Map<String, Object> call : calls(false)) {
                events.add(Completions.event(json(Map.of("tool_calls", List.of(call))), "null"));
            }
            events.add(Completions.event("{}", json(finish)));
            events.add(Completions.usageEvent());
            if (done || finish == null) {
                events.add(Completions.done());
            }
            return Answer.events(events.toArray(String[]::new));
        }

        /** Servers differ in how they begin the stream of an answer in which nothing follows. */
        private boolean isSilence() {
            return "stop".equals(finish)
                    && (words == null || String.join("", words).isEmpty());
        }

        /** In pieces, the arguments come behind the name. */
        private List<Map<String, Object>> calls(boolean whole) {
            List<Map<String, Object>> all = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                all.add(Map.of(
                        "index", i, "id", "c" + i, "function", Map.of("name", "f", "arguments", whole ? "{}" : "")));
                if (!whole) {
                    all.add(Map.of("index", i, "function", Map.of("arguments", "{}")));
                }
            }
            return all;
        }
    }

    private static final AtomicReference<Said> SAID = new AtomicReference<>();
    private static final LoopbackServer SERVER =
            LoopbackServer.reacting(request -> request.json().path("stream").asBoolean(false)
                    ? SAID.get().streamed()
                    : Answer.ok(SAID.get().whole()));
    private static final ChatModel CLIENT = new OpenAiProvider()
            .create(
                    "gpt-4o",
                    ClientOptions.builder()
                            .baseUrl(SERVER.baseUrl())
                            .apiKey(OpenAiTestSupport.KEY)
                            .build());

    @AfterContainer
    static void closeBoth() {
        CLIENT.close();
        SERVER.close();
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void whateverIsSaid(@ForAll("answers") Said said) {
        SAID.set(said);
        StreamedAnswer streamed = new StreamedAnswer();

        Object heard = outcome(CLIENT.stream(OpenAiTestSupport.HELLO)
                .doOnNext(streamed::add)
                .then(Mono.fromSupplier(() -> streamed.whole(MODEL))));

        assertThat(heard).isEqualTo(outcome(CLIENT.chat(OpenAiTestSupport.HELLO)));
    }

    private static Object outcome(Mono<?> call) {
        return OpenAiTestSupport.get(
                call.cast(Object.class).onErrorResume(AfnioException.class, failure -> Mono.just(failure.toString())));
    }

    @Provide
    Arbitrary<Said> answers() {
        return Combinators.combine(
                        Arbitraries.of("", "a", "Grüße 🙂", "\n")
                                .list()
                                .ofMaxSize(3)
                                .injectNull(0.3),
                        Arbitraries.just("").injectNull(0.5),
                        Arbitraries.of("", "hm ")
                                .list()
                                .ofMinSize(1)
                                .ofMaxSize(3)
                                .injectNull(0.5),
                        Arbitraries.of("", "", "No."),
                        Arbitraries.of(0, 0, 1, 2),
                        Arbitraries.of("stop", "length", "tool_calls", "content_filter", "eos")
                                .injectNull(0.2),
                        Arbitraries.of(true, false))
                .as(Said::new);
    }

    private static String json(@Nullable Object value) {
        return JsonMapper.shared().writeValueAsString(value);
    }
}
