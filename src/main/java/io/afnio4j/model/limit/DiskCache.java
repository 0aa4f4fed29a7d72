package io.afnio4j.model.limit;

import io.afnio4j.error.BadFileException;
import io.afnio4j.error.OptionalJar;
import io.afnio4j.file.FileWork;
import io.afnio4j.model.AnswerCache;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ExchangeJson;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;

/**
 * Keeps answers in a file, as JSON. The file is a log of checked pages (H2's MVStore): after a crash it holds all
 * answers that were kept before, and one {@code DiskCache} at a time has it open, by a lock on an empty file beside it
 * ({@code <name>.lock}), which may stay; one that can't be written is read by as many processes as like. It is opened,
 * read and written on threads that may block, never on the caller's; what was read or written goes on at
 * {@link reactor.core.scheduler.Schedulers#parallel()}. An answer that has come is written although its caller may have
 * left. Needs {@code com.h2database:h2-mvstore} on the class path.
 *
 * <p>A file that can't be opened, read or written is a {@link BadFileException} of the calls that met it; it is opened
 * anew for the next one. An entry that can't be read, such as one of another version, counts as absent.
 */
public final class DiskCache implements AnswerCache {

    private final AnswerFile file;

    private DiskCache(AnswerFile file) {
        this.file = file;
    }

    /**
     * A cache in a file. It is opened, or made, when the cache is first asked.
     *
     * @param file where answers are, or are going to be
     * @return the cache
     * @throws IllegalStateException where {@code com.h2database:h2-mvstore} isn't on the class path
     */
    public static DiskCache in(Path file) {
        OptionalJar.MVSTORE.require();
        return new DiskCache(new AnswerFile(file));
    }

    @Override
    public Mono<ChatResponse> get(String key) {
        return FileWork.find(() -> parse(file.read(key)));
    }

    @Override
    public Mono<Void> put(String key, ChatResponse answer) {
        return FileWork.run(() -> file.write(key, ExchangeJson.write(answer)));
    }

    @Override
    public Mono<Void> remove(String key, ChatResponse useless) {
        return FileWork.run(() -> file.removeIf(key, json -> {
            ChatResponse kept = parse(json);
            return kept != null && kept.saysTheSameAs(useless);
        }));
    }

    private static @Nullable ChatResponse parse(@Nullable String json) {
        try {
            return json == null ? null : ExchangeJson.read(json, ChatResponse.class);
        } catch (JacksonException ofAnotherVersion) {
            return null;
        }
    }

    /**
     * Closes the file on a thread that may block, once those who are writing have written. Another cache of this
     * process may be made at once, and waits for that; another process may open the file when {@link #closeLater()} has
     * completed.
     */
    @Override
    public void close() {
        var unused = closeLater().subscribe();
    }

    /**
     * Closes the file.
     *
     * @return completes when it is closed, and another process may open it
     */
    public Mono<Void> closeLater() {
        return Mono.<Void>fromRunnable(file::closing).then(FileWork.run(file::close));
    }
}
