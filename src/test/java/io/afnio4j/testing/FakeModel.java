package io.afnio4j.testing;

import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Answers by a function and remembers what it was asked. */
public final class FakeModel implements ChatModel {

    private final List<ChatRequest> requests = new CopyOnWriteArrayList<>();
    private final Function<ChatRequest, Mono<String>> answer;
    private Runnable onClose = () -> {};

    private FakeModel(Function<ChatRequest, Mono<String>> answer) {
        this.answer = answer;
    }

    public static FakeModel saying(Function<String, String> answer) {
        return reacting(request -> Mono.just(answer.apply(lastText(request))));
    }

    public static FakeModel reacting(Function<ChatRequest, Mono<String>> answer) {
        return new FakeModel(answer);
    }

    public FakeModel onClose(Runnable action) {
        this.onClose = action;
        return this;
    }

    public static String lastText(ChatRequest request) {
        return request.messages().get(request.messages().size() - 1).text();
    }

    public List<ChatRequest> requests() {
        return requests;
    }

    @Override
    public String name() {
        return "test/fake";
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return Mono.defer(() -> {
            requests.add(request);
            return answer.apply(request).map(text -> new ChatResponse(text, FinishReason.STOP, Usage.of(1, 1), name()));
        });
    }

    @Override
    public void close() {
        onClose.run();
    }
}
