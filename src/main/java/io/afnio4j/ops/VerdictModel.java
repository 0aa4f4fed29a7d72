package io.afnio4j.ops;

import io.afnio4j.context.Forgetting;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.prompt.Wording;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/** A model that is told how a judge answers, and is asked once more where the answer can't be read. It owns nothing. */
final class VerdictModel extends ChatModelDecorator {

    private static final int ATTEMPTS = 2;

    VerdictModel(ChatModel judge) {
        super(judge);
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        List<ChatMessage> told = new ArrayList<>(request.messages());
        ChatMessage last = told.get(told.size() - 1);
        String format = Wording.JUDGE_FORMAT.with();
        if (last.role().equals("user")) {
            told.set(told.size() - 1, ChatMessage.user(last.text() + "\n\n" + format));
        } else {
            told.add(ChatMessage.user(format));
        }
        return Forgetting.where(
                UnexpectedAnswerException::wasOfNoUse, attempt(new ChatRequest(told, request.options()), 1));
    }

    private Mono<ChatResponse> attempt(ChatRequest request, int attempt) {
        return model.chat(request).flatMap(answer -> {
            String problem = Verdict.parse(answer.text()).problem();
            if (problem == null) {
                return Mono.just(answer);
            }
            if (attempt == ATTEMPTS) {
                return Mono.error(new UnexpectedAnswerException("The judge " + name() + " gave no usable verdict in "
                        + ATTEMPTS + " answers. The last one: " + problem
                        + " A model that supports structured output (response_format json_schema) may help."));
            }
            List<ChatMessage> again = new ArrayList<>(request.messages());
            again.add(ChatMessage.assistant(answer.text()));
            again.add(ChatMessage.user(Wording.JUDGE_AGAIN.with("problem", problem)));
            return attempt(new ChatRequest(again, request.options()), attempt + 1);
        });
    }

    @Override
    public void close() {
        // whoever made the model closes it
    }
}
