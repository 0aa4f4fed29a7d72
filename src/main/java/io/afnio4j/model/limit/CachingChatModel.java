package io.afnio4j.model.limit;

import io.afnio4j.context.Forgetting;
import io.afnio4j.context.Sample;
import io.afnio4j.error.IncompleteAnswerException;
import io.afnio4j.model.AnswerCache;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ExchangeJson;
import io.afnio4j.model.StreamedAnswer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Asks the same question once. Answers are kept in an {@link AnswerCache} by a digest of all that was asked: the model
 * and where it is, what the client adds to each request ({@link CacheScope}), each field of the request, and the number
 * of the {@link Sample}. While a question is on its way, whoever asks the same in the same way, whole or streamed,
 * joins it; it is cancelled when all who wait for it have left.
 *
 * <p>Only whole answers are kept, failures never, and answers that whoever asked could not use are forgotten
 * ({@link Forgetting}). An answer that can't be kept is handed on all the same, for it is paid; a cache that can't be
 * read fails the call before anything is spent. A streamed call gets a kept answer in one piece; what it streams is
 * kept when its last piece has come, so not where its readers leave midway. Its pieces are held until then, as they are
 * for who joins late: a slow reader doesn't slow the provider.
 *
 * <p>A joined call has the priority and the phase of the caller who asked first. What is that caller's alone isn't told
 * to the others: where its call was called off, or its budget left no room, they ask for themselves.
 */
final class CachingChatModel extends ChatModelDecorator {

    private static final Logger LOG = LoggerFactory.getLogger(CachingChatModel.class);

    /** Raised where the same key would mean something else: of caches and of journals, which have no place. */
    private static final int VERSION = 1;

    private final AnswerCache answers;
    private final String scope;
    private final Underway<ChatResponse> whole = new Underway<>(true);
    private final Underway<ChatChunk> streamed = new Underway<>(false);
    private final LongAdder asked = new LongAdder();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    /**
     * Keeps the answers of a model.
     *
     * @param model what to ask
     * @param answers where they are kept
     * @param place where the model is and what its client adds to each request; two of the same name that differ in it
     *     have answers of their own
     */
    CachingChatModel(ChatModel model, AnswerCache answers, String place) {
        super(model);
        this.answers = answers;
        this.scope = VERSION + "\n" + model.name() + "\n" + place + "\n";
    }

    @Override
    public Mono<ChatResponse> chat(ChatRequest request) {
        return Mono.deferContextual(context -> {
            String key = asked(request, context);
            return whole.join(key, context, () -> ask(key, request))
                    .next()
                    .doOnNext(answer -> Forgetting.note(context, () -> forget(key, answer)));
        });
    }

    @Override
    public Flux<ChatChunk> stream(ChatRequest request) {
        return Flux.deferContextual(context -> {
            String key = asked(request, context);
            Flux<ChatChunk> answer = streamed.join(key, context, () -> askStreamed(key, request));
            return Forgetting.isIn(context) ? noted(answer, key, context) : answer;
        });
    }

    private Flux<ChatResponse> ask(String key, ChatRequest request) {
        return kept(key)
                .switchIfEmpty(Mono.defer(() -> {
                    misses.increment();
                    return model.chat(request).flatMap(answer -> keep(key, answer));
                }))
                .flux();
    }

    private Flux<ChatChunk> askStreamed(String key, ChatRequest request) {
        return kept(key).map(ChatChunk::of).flux().switchIfEmpty(Flux.defer(() -> {
            misses.increment();
            StreamedAnswer answer = new StreamedAnswer();
            AtomicBoolean begun = new AtomicBoolean();
            return model.stream(request)
                    .doOnNext(piece -> {
                        begun.set(true);
                        answer.add(piece);
                    })
                    .concatWith(Mono.defer(() -> begun.get() ? keep(key, answer.whole(name())) : Mono.empty())
                            .onErrorComplete(IncompleteAnswerException.class) // its reader sees that it was cut
                            .then(Mono.empty()));
        }));
    }

    private Mono<ChatResponse> kept(String key) {
        return answers.get(key).doOnNext(answer -> hits.increment());
    }

    /** What came of looking so far. */
    ClientLoad.CacheUse use() {
        long hit = hits.sum();
        long missed = misses.sum();
        return new ClientLoad.CacheUse(hit, Math.max(0, asked.sum() - hit - missed), missed);
    }

    private Mono<ChatResponse> keep(String key, ChatResponse answer) {
        return answers.put(key, answer)
                .onErrorResume(unkept -> {
                    LOG.warn("An answer of {} could not be kept in the cache; it is handed on.", name(), unkept);
                    return Mono.empty();
                })
                .thenReturn(answer);
    }

    private String asked(ChatRequest request, ContextView caller) {
        asked.increment();
        return ExchangeJson.digest(scope, request, Sample.of(caller));
    }

    /** What was only begun isn't kept, and so there is nothing to forget. */
    private Flux<ChatChunk> noted(Flux<ChatChunk> pieces, String key, ContextView caller) {
        StreamedAnswer answer = new StreamedAnswer();
        Forgetting.note(caller, () -> forget(key, answer.whole(name())));
        return pieces.doOnNext(answer::add);
    }

    private Mono<Void> forget(String key, ChatResponse useless) {
        return answers.remove(key, useless).onErrorResume(stays -> {
            LOG.warn(
                    "An answer of {} that is of no use could not be taken out of the cache; it is served again.",
                    name(),
                    stays);
            return Mono.empty();
        });
    }
}
