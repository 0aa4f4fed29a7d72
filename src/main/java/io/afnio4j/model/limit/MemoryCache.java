package io.afnio4j.model.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.afnio4j.error.OptionalJar;
import io.afnio4j.model.AnswerCache;
import io.afnio4j.model.ChatResponse;
import reactor.core.publisher.Mono;

/** Keeps answers in memory, the most useful ones where there are too many. Needs Caffeine on the class path. */
public final class MemoryCache implements AnswerCache {

    private final Cache<String, ChatResponse> answers;

    private MemoryCache(Cache<String, ChatResponse> answers) {
        this.answers = answers;
    }

    /**
     * Makes an empty cache.
     *
     * @param most how many answers it holds at most
     * @return the cache
     * @throws IllegalStateException where {@code com.github.ben-manes.caffeine:caffeine} isn't on the class path
     */
    public static MemoryCache of(long most) {
        if (most < 1) {
            throw new IllegalArgumentException("A cache must have room for at least 1 answer, not " + most + ".");
        }
        OptionalJar.CAFFEINE.require();
        return new MemoryCache(Caffeine.newBuilder().maximumSize(most).build());
    }

    @Override
    public Mono<ChatResponse> get(String key) {
        return Mono.fromSupplier(() -> answers.getIfPresent(key));
    }

    @Override
    public Mono<Void> put(String key, ChatResponse answer) {
        return Mono.fromRunnable(() -> answers.put(key, answer));
    }

    @Override
    public Mono<Void> remove(String key, ChatResponse useless) {
        return Mono.fromRunnable(() ->
                answers.asMap().computeIfPresent(key, (asked, kept) -> kept.saysTheSameAs(useless) ? null : kept));
    }
}
