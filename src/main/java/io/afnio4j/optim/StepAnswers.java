package io.afnio4j.optim;

import io.afnio4j.autodiff.GradientReducer;
import io.afnio4j.context.CallOff;
import io.afnio4j.context.Forgetting;
import io.afnio4j.context.Sample;
import io.afnio4j.error.CalledOffException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/** The answers of a step that is not through: should it fail, the next try asks only for what is missing. */
final class StepAnswers implements GradientReducer.Answers {

    private final Map<Object, Object> byQuestion = new ConcurrentHashMap<>();

    @Override
    public <T> Mono<T> once(Object asked, Mono<T> ask) {
        return Mono.deferContextual(caller -> {
            Numbered question = new Numbered(asked, Sample.of(caller));
            @SuppressWarnings("unchecked") // only what is kept here is in it
            T kept = (T) byQuestion.get(question);
            if (kept == null && CallOff.isCalledOff(caller)) { // not every model has a queue that looks
                return Mono.error(new CalledOffException());
            }
            Mono<T> answered =
                    kept != null ? Mono.just(kept) : ask.doOnNext(answer -> byQuestion.put(question, answer));
            return answered.doOnNext(answer ->
                    Forgetting.note(caller, () -> Mono.fromRunnable(() -> byQuestion.remove(question, answer))));
        });
    }

    void clear() {
        byQuestion.clear();
    }

    /** As in a cache, each number has an answer of its own. */
    private record Numbered(Object question, int sample) {}
}
