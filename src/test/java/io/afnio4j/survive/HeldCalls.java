package io.afnio4j.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Limits;
import io.afnio4j.model.Usage;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.model.limit.Resilience;
import io.afnio4j.model.script.ScriptedChatModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A client that passes share, with few places; it notes which pass and which link of it each call is about, and the
 * test answers.
 */
final class HeldCalls {

    private static final String PASS = "pass";
    private static final Pattern LINK = Pattern.compile("link (\\d) of chain (\\d)");

    private final Map<String, Sinks.One<ChatResponse>> held = new LinkedHashMap<>();
    private final List<String> sent = new ArrayList<>();
    private final Function<MatchResult, String> linkName;
    private final ChatModel client;

    /**
     * Makes a client.
     *
     * @param places how many calls may be under way
     * @param linkName names a link by its number and its chain's, the two groups of the match
     */
    HeldCalls(int places, Function<MatchResult, String> linkName) {
        this.linkName = linkName;
        this.client = Resilience.around(
                ScriptedChatModel.builder().responding(this::hold).build(),
                ClientOptions.builder()
                        .limits(Limits.builder().maxConcurrency(places).build())
                        .build(),
                new UsageMeter());
    }

    private Mono<ChatResponse> hold(ChatRequest request) {
        return Mono.deferContextual(caller -> {
            Matcher link = LINK.matcher(
                    request.messages().get(request.messages().size() - 1).text());
            assertThat(link.find()).isTrue();
            String call = caller.get(PASS) + " " + linkName.apply(link.toMatchResult());
            sent.add(call);
            Sinks.One<ChatResponse> answer = Sinks.one();
            held.put(call, answer);
            return answer.asMono();
        });
    }

    /** The backward pass of a program that asks through this client. */
    Mono<Void> pass(String name, int chains, int links) {
        return Program.of(name, chains, links).backward(client).contextWrite(context -> context.put(PASS, name));
    }

    /** The calls that have a place or had one: the pass and the link. */
    List<String> sent() {
        return sent;
    }

    void answer(String... calls) {
        for (String call : calls) {
            Objects.requireNonNull(held.remove(call), call)
                    .emitValue(
                            new ChatResponse("shorter", FinishReason.STOP, Usage.of(3, 2), "m"),
                            Sinks.EmitFailureHandler.FAIL_FAST);
        }
    }

    /** In the order in which they were sent, until none comes any more. */
    void answerAll() {
        while (!held.isEmpty()) {
            answer(held.keySet().iterator().next());
        }
    }
}
