package io.afnio4j.model.limit;

import io.afnio4j.context.Priority;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Subscribers that can be cancelled by their questions, and what they heard. For one thread. */
final class Callers {

    /** After which the place of a cancelled call is given to whoever waits. */
    static final Duration SOON = Duration.ofMillis(2);

    private final Map<String, Disposable> subscriptions = new HashMap<>();
    private final List<String> heard = new ArrayList<>();

    void ask(ChatModel model, String question) {
        ask(model, question, Priority.NORMAL);
    }

    void ask(ChatModel model, String question, int priority) {
        subscribe(
                question,
                model.chat(ManualChatModel.ask(question))
                        .map(ChatResponse::text)
                        .onErrorResume(failure -> Mono.just("failed: " + question))
                        .contextWrite(context -> Priority.put(context, priority)));
    }

    void subscribe(String question, Publisher<String> call) {
        subscriptions.put(question, Flux.from(call).subscribe(heard::add));
    }

    void cancel(String question) {
        Objects.requireNonNull(subscriptions.get(question)).dispose();
    }

    List<String> heard() {
        return heard;
    }
}
