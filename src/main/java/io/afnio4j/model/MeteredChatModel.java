package io.afnio4j.model;

import io.afnio4j.context.Phase;
import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.error.RetriableException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.Exchange.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.observability.DefaultSignalListener;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Counts each attempt of the model beneath: in a {@link UsageMeter}, and for the {@link ExchangeListener} of the call.
 * It stands closest to the wire, so that its times are those of the exchanges and not of waiting for a turn.
 *
 * <p>What may have been charged for is never counted as free. Where the provider's count didn't come (the answer was
 * lost, couldn't be read, wasn't waited for, or holds no usage), the tokens are assumed: the prompt by
 * {@link TokenEstimator}, the answer as long as the request allows, or by the words and calls of tools that came.
 */
public final class MeteredChatModel extends ChatModelDecorator implements Metered {

    private final UsageMeter meter;
    private final @Nullable Price price;
    private final TokenEstimator estimator;

    /**
     * Wraps a model.
     *
     * @param model what to count
     * @param meter where to count
     * @param price what the model charges, null where that isn't known
     * @param estimator for what the provider doesn't count
     */
    public MeteredChatModel(ChatModel model, UsageMeter meter, @Nullable Price price, TokenEstimator estimator) {
        super(model);
        this.meter = meter;
        this.price = price;
        this.estimator = estimator;
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return Mono.deferContextual(context -> model.chat(request).tap(() -> new WholeCount(request, context)));
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.deferContextual(context -> model.stream(request).tap(() -> new StreamCount(request, context)));
    }

    @Override
    public UsageMeter usage() {
        return meter;
    }

    /**
     * The count of one exchange. What comes last in a race, such as a cancel that crosses the answer, isn't counted.
     */
    private abstract class Count<T> extends DefaultSignalListener<T> {

        private final ChatRequest request;
        private final Phase phase;
        private final @Nullable ExchangeListener listener;
        private final long start = System.nanoTime();
        private final AtomicBoolean over = new AtomicBoolean();

        // One thread at a time writes these two: signals come one by one.
        volatile long answerTokens = -1; // of what came; -1 before anything
        volatile Usage reported = Usage.NONE;

        private Count(ChatRequest request, ContextView context) {
            this.request = request;
            this.phase = Phase.of(context);
            this.listener = ExchangeListener.of(context);
            if (listener != null) {
                listener.onStart();
            }
        }

        @Override
        public void doOnError(Throwable failure) {
            Usage spent = Usage.spentOn(failure);
            if (!spent.equals(Usage.NONE)) {
                reported = spent;
            }
            end(Outcome.FAILED, answerTokens >= 0 || mayBeCharged(failure)); // words that came were written
        }

        @Override
        public void doOnCancel() {
            end(Outcome.CANCELLED, true);
        }

        void answered() {
            end(Outcome.ANSWERED, true);
        }

        private void end(Outcome outcome, boolean charged) {
            if (!over.compareAndSet(false, true)) {
                return;
            }
            boolean assumed = charged && reported.equals(Usage.NONE);
            Usage usage = assumed ? assumption() : reported;
            Exchange exchange = new Exchange(
                    phase,
                    outcome,
                    usage,
                    assumed,
                    price == null ? null : assumed ? price.atMost(usage) : price.of(usage),
                    Duration.ofNanos(System.nanoTime() - start));
            meter.count(exchange);
            if (listener != null) {
                listener.onEnd(exchange);
            }
        }

        private Usage assumption() {
            Usage most = estimator.atMost(request);
            return answerTokens < 0 ? most : Usage.of(most.promptTokens(), answerTokens);
        }
    }

    private final class WholeCount extends Count<ChatResponse> {

        private WholeCount(ChatRequest request, ContextView context) {
            super(request, context);
        }

        @Override
        public void doOnNext(ChatResponse answer) {
            reported = answer.usage();
            if (reported.equals(Usage.NONE)) {
                answerTokens = tokens(answer.text(), answer.toolCalls());
            }
            answered();
        }

        /** Also where no answer came: it was asked for. */
        @Override
        public void doOnComplete() {
            answered();
        }
    }

    private final class StreamCount extends Count<ChatChunk> {

        private StreamCount(ChatRequest request, ContextView context) {
            super(request, context);
        }

        @Override
        public void doOnNext(ChatChunk chunk) {
            answerTokens = Math.max(0, answerTokens) + tokens(chunk.text(), chunk.toolCalls());
            Usage usage = chunk.usage();
            if (usage != null) {
                reported = usage;
            }
        }

        @Override
        public void doOnComplete() {
            answered();
        }
    }

    private static long tokens(String text, List<ToolCall> calls) {
        long tokens = RoughTokens.of(text);
        for (ToolCall call : calls) {
            tokens += RoughTokens.of(call.name()) + RoughTokens.of(call.arguments());
        }
        return tokens;
    }

    /** A refusal costs nothing; an answer that was lost, or that came and can't be used, was made all the same. */
    private static boolean mayBeCharged(Throwable failure) {
        return failure instanceof RetriableException retriable
                ? retriable.answerLost()
                : failure instanceof IncompleteAnswerException || failure instanceof UnexpectedAnswerException;
    }
}
