package io.afnio4j.model;

import io.afnio4j.context.Phase;
import io.afnio4j.error.BrokenListener;
import io.afnio4j.error.RetriableException;
import io.afnio4j.error.UnexpectedAnswerException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * A call that somebody may be watching. Where a {@link CallListener} stands in the context, the answer is streamed and
 * the listener is told of its words, of each repetition, and of what it cost; where none does, the model is simply
 * asked. Functions of one's own that ask a model are watched too, if they ask by this.
 */
public final class CallWatch implements ExchangeListener {

    private final CallListener listener;
    private final CallEvent.Call call;
    private final ChatModel model;

    // From here on: guarded by this.
    private boolean exchanged;
    private Usage usage = Usage.NONE;
    private @Nullable Cost cost = Cost.ZERO;

    private CallWatch(CallListener listener, CallEvent.Call call, ChatModel model) {
        this.listener = listener;
        this.call = call;
        this.model = model;
    }

    /**
     * Asks, word by word where somebody listens. Where the stream breaks off in the middle, the answer is asked for
     * again in one piece: whoever retries beneath can't take back what was said.
     *
     * @param subscription the context of the caller
     * @param model who is asked
     * @param request the question
     * @param role the role of what the answer is, or is for
     * @param sample its place in the batch, from 0
     * @return the answer, whole as that of {@link ChatModel#chat}; a model that ends without one is an
     *     {@link UnexpectedAnswerException}
     */
    public static Mono<ChatResponse> ask(
            ContextView subscription, ChatModel model, ChatRequest request, String role, int sample) {
        CallListener listener = CallListener.of(subscription);
        return listener == null
                ? model.chat(request).switchIfEmpty(noAnswer(model))
                : Mono.defer(() -> {
                    CallWatch watch = of(listener, subscription, model, role, sample);
                    return watch.around(listener.watchesWords() ? watch.streamed(request) : model.chat(request));
                });
    }

    /**
     * Asks for an answer whose words say nothing one by one, such as JSON. Whoever listens is told of all but these.
     *
     * @param subscription the context of the caller
     * @param model who is asked
     * @param request the question
     * @param role the role of what the answer is, or is for
     * @param sample its place in the batch, from 0
     * @return the answer; a model that ends without one is an {@link UnexpectedAnswerException}
     */
    public static Mono<ChatResponse> askWhole(
            ContextView subscription, ChatModel model, ChatRequest request, String role, int sample) {
        CallListener listener = CallListener.of(subscription);
        return listener == null
                ? model.chat(request).switchIfEmpty(noAnswer(model))
                : Mono.defer(
                        () -> of(listener, subscription, model, role, sample).around(model.chat(request)));
    }

    private static <T> Mono<T> noAnswer(ChatModel model) {
        return Mono.error(() -> new UnexpectedAnswerException(
                model.name() + " gave no answer: it must say something or fail, but it just ended."));
    }

    private static CallWatch of(
            CallListener listener, ContextView subscription, ChatModel model, String role, int sample) {
        return new CallWatch(listener, new CallEvent.Call(Phase.of(subscription), role, sample), model);
    }

    private Mono<ChatResponse> around(Mono<ChatResponse> asked) {
        tell(new CallEvent.Started(call));
        return asked.switchIfEmpty(noAnswer(model))
                .doOnNext(answer -> tell(answered(answer)))
                .doOnError(failure -> tell(failed(failure)))
                .contextWrite(this::in);
    }

    private Mono<ChatResponse> streamed(ChatRequest request) {
        StreamedAnswer answer = new StreamedAnswer();
        return Flux.defer(() -> model.stream(request))
                .switchIfEmpty(noAnswer(model))
                .doOnNext(chunk -> {
                    answer.add(chunk);
                    if (!chunk.text().isEmpty()) {
                        tell(new CallEvent.Token(call, chunk.text()));
                    }
                })
                .then(Mono.fromSupplier(() -> answer.whole(model.name())))
                .onErrorResume(RetriableException.class, broken -> {
                    if (answer.isEmpty()) {
                        return Mono.error(broken);
                    }
                    onRetry(1, Duration.ZERO, broken);
                    return model.chat(request);
                });
    }

    @Override
    public synchronized void onEnd(Exchange exchange) {
        exchanged = true;
        usage = usage.plus(exchange.usage());
        if (!exchange.usage().equals(Usage.NONE)) {
            cost = cost == null || exchange.cost() == null ? null : cost.plus(exchange.cost());
        }
    }

    @Override
    public void onRetry(long attempt, Duration delay, RetriableException failure) {
        tell(new CallEvent.Retried(call, attempt, failure, delay));
    }

    private synchronized CallEvent answered(ChatResponse answer) {
        count(answer.usage());
        return new CallEvent.Answered(call, answer.text(), usage, cost);
    }

    private synchronized CallEvent failed(Throwable failure) {
        count(Usage.spentOn(failure));
        return new CallEvent.Failed(call, failure, usage, cost);
    }

    /**
     * A model that counts has told of its exchanges, and where it told of none there was none; of any other one, only
     * its answer speaks.
     */
    private void count(Usage reported) {
        if (!exchanged && Metered.of(model) == null) {
            Price price = Prices.of(model.name());
            usage = reported;
            cost = price != null ? price.of(reported) : reported.equals(Usage.NONE) ? Cost.ZERO : null;
        }
    }

    private void tell(CallEvent event) {
        BrokenListener.survive(Context.empty(), () -> listener.on(event));
    }
}
