package io.afnio4j.optim;

import io.afnio4j.autodiff.GradientReducer;
import io.afnio4j.context.Forgetting;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/** The answers of a step that is not through: should it fail, the next try asks only for what is missing. */
final class Answered implements GradientReducer.Answers {

    private final Map<Object, Object> byQuestion = new ConcurrentHashMap<>();

    @Override
    public <T> Mono<T> once(Object question, Mono<T> ask) {
        return Mono.deferContextual(caller -> {
            Forgetting.note(caller, () -> Mono.fromRunnable(() -> byQuestion.remove(question)));
            @SuppressWarnings("unchecked") // only the line below puts anything in
            T kept = (T) byQuestion.get(question);
            return kept != null ? Mono.just(kept) : ask.doOnNext(answer -> byQuestion.put(question, answer));
        });
    }

    void clear() {
        byQuestion.clear();
    }
}
