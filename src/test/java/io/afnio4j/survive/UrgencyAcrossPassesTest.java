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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Passes that share a client with one place: the client's queue decides between them. */
class UrgencyAcrossPassesTest {

    private static final String PASS = "pass";
    private static final Pattern LINK = Pattern.compile("link (\\d) of chain 0");

    private final Queue<Sinks.One<ChatResponse>> waiting = new ArrayDeque<>();
    private final List<String> sent = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();

    /** Notes which pass and which link each question is about; the test answers. */
    private final ChatModel wire = ScriptedChatModel.builder()
            .responding(request -> Mono.deferContextual(caller -> {
                sent.add(caller.get(PASS) + " " + link(request));
                Sinks.One<ChatResponse> answer = Sinks.one();
                waiting.add(answer);
                return answer.asMono();
            }))
            .build();

    private final ChatModel client = Resilience.around(
            wire,
            ClientOptions.builder()
                    .limits(Limits.builder().maxConcurrency(1).build())
                    .build(),
            new UsageMeter());

    private static String link(ChatRequest request) {
        Matcher link = LINK.matcher(
                request.messages().get(request.messages().size() - 1).text());
        assertThat(link.find()).isTrue();
        return link.group(1);
    }

    private void start(String name, int links) {
        var unused = Program.of(name, 1, links)
                .backward(client)
                .contextWrite(context -> context.put(PASS, name))
                .subscribe(nothing -> {}, failure -> ended.add(name + " failed"), () -> ended.add(name));
    }

    private void answerAll() {
        for (Sinks.One<ChatResponse> next = waiting.poll(); next != null; next = waiting.poll()) {
            next.emitValue(
                    new ChatResponse("shorter", FinishReason.STOP, Usage.of(3, 2), "m"),
                    Sinks.EmitFailureHandler.FAIL_FAST);
        }
    }

    @Test
    void theCallOnWhichTheLongestChainHangsGoesFirstWhicheverPassItIsOfAndEqualsAsTheyCame() {
        start("first", 1);
        start("short", 1);
        start("long", 3);
        start("other", 1);
        start("middling", 2);
        assertThat(sent).containsExactly("first 0");

        answerAll();

        assertThat(sent)
                .containsExactly(
                        "first 0", "long 2", "middling 1", "long 1", "short 0", "other 0", "middling 0", "long 0");
        assertThat(ended).containsExactly("first", "short", "other", "middling", "long");
    }
}
