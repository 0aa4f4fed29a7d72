package io.afnio4j.model.limit;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Limits;
import io.afnio4j.model.Usage;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/** A model whose calls end when the test says so. For one thread. */
final class ManualChatModel implements ChatModel {

    private final List<Call> calls = new ArrayList<>();
    private int live;

    static ChatRequest ask(String text) {
        return ChatRequest.of(ChatMessage.user(text));
    }

    static String textOf(ChatRequest request) {
        return request.messages().get(0).text();
    }

    /** This model behind so many places. */
    AdmissionChatModel behind(int places, Scheduler time) {
        return new AdmissionChatModel(
                this, Limits.builder().maxConcurrency(places).build(), time);
    }

    @Override
    public String name() {
        return "manual/model";
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return Mono.using(() -> new Call(textOf(request)), call -> call.answer.asMono(), Call::end, true);
    }

    /** The questions in the order in which their calls started. */
    List<String> started() {
        return calls.stream().map(call -> call.question).toList();
    }

    int live() {
        return live;
    }

    void answer(String question) {
        find(question).answer.emitValue(response(question), Sinks.EmitFailureHandler.FAIL_FAST);
    }

    void fail(String question, Throwable failure) {
        find(question).answer.emitError(failure, Sinks.EmitFailureHandler.FAIL_FAST);
    }

    static ChatResponse response(String question) {
        return new ChatResponse("re: " + question, FinishReason.STOP, Usage.of(3, 2), "manual");
    }

    private Call find(String question) {
        return calls.stream()
                .filter(call -> call.question.equals(question))
                .findFirst()
                .orElseThrow(() -> new AssertionError("Not started: " + question + "; started are " + started()));
    }

    private final class Call {

        private final String question;
        private final Sinks.One<ChatResponse> answer = Sinks.one();

        private Call(String question) {
            this.question = question;
            calls.add(this);
            live++;
        }

        private void end() {
            live--;
        }
    }
}
