package io.afnio4j.model.limit;

import io.afnio4j.context.CallOff;
import io.afnio4j.error.BudgetExceededException;
import io.afnio4j.error.CalledOffException;
import io.afnio4j.error.CircuitOpenException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Questions on their way. Whoever asks one of them again joins it, and gets all of its answer from the first piece on.
 * It is asked in the context of who asked first; what fails for that caller's own reasons is asked again by who joined.
 */
final class Underway<T> {

    private final ConcurrentMap<String, Question<T>> byKey = new ConcurrentHashMap<>();
    private final boolean inOnePiece;

    /**
     * No question yet.
     *
     * @param inOnePiece whether the first piece of an answer is all of it
     */
    Underway(boolean inOnePiece) {
        this.inOnePiece = inOnePiece;
    }

    /** A question on its way, and the context in which it was asked. */
    private record Question<T>(ContextView asker, Flux<T> answer) {}

    /**
     * One answer for all who ask. The first subscriber starts it, and the last one to leave cancels it. (Mono.share and
     * Mono.cache would go on for nobody.)
     *
     * @param key what is asked
     * @param context of who asks
     * @param ask asks, where nobody does already
     * @return the answer's pieces
     */
    Flux<T> join(String key, ContextView context, Supplier<Flux<T>> ask) {
        Question<T> question = byKey.computeIfAbsent(key, absent -> begin(key, context, ask));
        return question.asker() == context
                ? question.answer()
                : whileWanted(question, context)
                        .onErrorResume(
                                failure ->
                                        isOfAsker(failure, question.asker(), context) && !CallOff.isCalledOff(context),
                                failure -> join(key, context, ask));
    }

    /**
     * Whoever joined and is called off alone doesn't wait for an answer that hasn't begun. Where the asker is called
     * off as well, either his queue tells both of them, or the call is on its way and goes on.
     */
    private static <T> Flux<T> whileWanted(Question<T> question, ContextView joiner) {
        Mono<Void> calledOffAlone = CallOff.when(joiner)
                .then(Mono.defer(() -> CallOff.isCalledOff(question.asker()) ? Mono.never() : Mono.empty()));
        return question.answer().timeout(calledOffAlone, begun -> Mono.never(), Mono.error(CalledOffException::new));
    }

    private Question<T> begin(String key, ContextView context, Supplier<Flux<T>> ask) {
        AtomicReference<Question<T>> own = new AtomicReference<>();
        // Before anybody hears of the end, for whoever does may ask again.
        Runnable over = () -> byKey.remove(key, own.get());
        Flux<T> answer = (inOnePiece ? ask.get().doOnNext(all -> over.run()) : ask.get())
                .doOnTerminate(over)
                .doOnCancel(over)
                .contextWrite(first -> Context.of(context))
                .replay()
                .refCount(1);
        Question<T> question = new Question<>(context, answer);
        own.set(question);
        return question;
    }

    private static boolean isOfAsker(Throwable failure, ContextView asker, ContextView joiner) {
        return failure instanceof CalledOffException
                || failure instanceof BudgetExceededException
                || failure instanceof CancellationException // the last one left in the moment when this one joined
                || (failure instanceof CircuitOpenException && Elsewhere.isIn(asker) && !Elsewhere.isIn(joiner));
    }
}
