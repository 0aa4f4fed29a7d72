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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Passes that share a client with two places, whose calls are equally urgent: "a 2.1" is link 1 of chain 2 of pass a, and link 1 is asked before link 0. */
class TiesAcrossPassesTest {

    private static final String PASS = "pass";
    private static final Pattern LINK = Pattern.compile("link (\\d) of chain (\\d)");

    private final Map<String, Sinks.One<ChatResponse>> answers = new HashMap<>();
    private final List<String> sent = new ArrayList<>();

    private final ChatModel client = Resilience.around(
            ScriptedChatModel.builder()
                    .responding(request -> Mono.deferContextual(caller -> {
                        String call = caller.get(PASS) + " " + link(request);
                        sent.add(call);
                        Sinks.One<ChatResponse> answer = Sinks.one();
                        answers.put(call, answer);
                        return answer.asMono();
                    }))
                    .build(),
            ClientOptions.builder()
                    .limits(Limits.builder().maxConcurrency(2).build())
                    .build(),
            new UsageMeter());

    private static String link(ChatRequest request) {
        Matcher link = LINK.matcher(
                request.messages().get(request.messages().size() - 1).text());
        assertThat(link.find()).isTrue();
        return link.group(2) + "." + link.group(1);
    }

    private void start(String name, int chains) {
        var unused = Program.of(name, chains, 2)
                .backward(client)
                .contextWrite(context -> context.put(PASS, name))
                .subscribe();
    }

    private void answer(String... calls) {
        for (String call : calls) {
            Objects.requireNonNull(answers.get(call), call)
                    .emitValue(
                            new ChatResponse("shorter", FinishReason.STOP, Usage.of(3, 2), "m"),
                            Sinks.EmitFailureHandler.FAIL_FAST);
        }
    }

    @Test
    void equalCallsOfAPassGoInGraphOrderWhicheverWasReadyFirst() {
        start("a", 4);
        answer("a 1.1", "a 0.1", "a 2.1"); // so 1.0 waits before 0.0 and 2.0

        assertThat(sent).containsExactly("a 0.1", "a 1.1", "a 2.1", "a 3.1", "a 0.0");
        answer("a 0.0", "a 1.0", "a 2.0");
        assertThat(sent).endsWith("a 0.0", "a 1.0", "a 2.0");
    }

    @Test
    void passesKeepTheTurnsThatTheirCallsHaveByTheirArrival() {
        start("a", 2);
        start("b", 2);
        answer("a 1.1", "a 0.1"); // a has the first two turns of the second round
        answer("b 1.1", "b 0.1");

        answer("a 0.0", "a 1.0", "b 0.0");
        assertThat(sent).containsExactly("a 0.1", "a 1.1", "b 0.1", "b 1.1", "a 0.0", "a 1.0", "b 0.0", "b 1.0");
    }
}
