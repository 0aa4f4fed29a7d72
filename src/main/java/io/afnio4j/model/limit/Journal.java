package io.afnio4j.model.limit;

import io.afnio4j.file.FileWork;
import io.afnio4j.model.AnswerCache;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/**
 * Keeps each answer of a piece of work in a file until the work has succeeded, so that work that failed, was cancelled
 * or died with its process ({@code kill -9}) asks only for what is missing when it is run again.
 *
 * <pre>{@code
 * Journal journal = Journal.in(Path.of("step.journal"));
 * ChatModel agent = journal.keeping(client); // forward, judge, optimizer: whoever is handed a model
 * Mono<Void> step = journal.around(train(agent)); // the backward clients of the passes in here are kept by themselves
 * }</pre>
 *
 * <p><b>What holds.</b> An answer is handed on only when its line stands in the file. The same request to a model of
 * the same name then has this answer; requests that are to have answers of their own differ in their
 * {@link io.afnio4j.context.Sample}. So a second run has to make the same requests: what they depend on beside the
 * answers (data, seeds, values of parameters) must be as it was. An answer that was under way when the process died is
 * asked for again. A kept answer costs nothing, neither on meters nor in budgets, and its usage is {@link Usage#NONE}.
 * An answer that whoever asked could not use is forgotten ({@link io.afnio4j.context.Forgetting}); and where several
 * models that keep their answers here are asked the same at once, the last answer stays.
 *
 * <p><b>The file.</b> A line of JSON for each answer, with a digest of the request and never a key. A line that was
 * being written at a crash is cut off; one that is damaged otherwise, or of another version, is a
 * {@link io.afnio4j.error.BadFileException} that names it, and so is a file that another process or another journal has
 * open. The lock is on an empty file beside it ({@code <name>.lock}), which may stay: it locks nothing once its process
 * has closed the journal or ended. Where the file can't be written, answers that come are handed on and nothing new is
 * asked.
 *
 * <p><b>Threads.</b> The file is used on threads that may block and never on the caller's. What was written goes on at
 * {@link Schedulers#parallel()}. Answers that come at the same time are written together.
 */
public final class Journal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final JournalFile file;
    private final Sync sync;
    private final AnswerCache cache = new Kept();
    private final Queue<Writing> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger work = new AtomicInteger();
    private final AtomicBoolean forcing = new AtomicBoolean();
    private int running; // guarded by this, as the next one
    private boolean incomplete;

    private Journal(JournalFile file, Sync sync) {
        this.file = file;
        this.sync = sync;
    }

    /**
     * When answers are forced to the disk. A crash of the process loses none in any case; these differ where the whole
     * machine goes down.
     */
    public static final class Sync {

        /** An answer is handed on when it is on the disk. Answers that come at the same time share one wait. */
        public static final Sync EACH_ANSWER = new Sync(Duration.ZERO);

        /** The operating system decides. */
        public static final Sync NONE = new Sync(null);

        private final @Nullable Duration within;

        private Sync(@Nullable Duration within) {
            this.within = within;
        }

        /**
         * Answers are on the disk after a while; a crash of the machine loses those of that time.
         *
         * @param most how long after
         * @return the policy
         */
        public static Sync within(Duration most) {
            if (most.isNegative() || most.isZero()) {
                throw new IllegalArgumentException("Sync.within needs a time above zero, not " + most + ".");
            }
            return new Sync(most);
        }
    }

    /**
     * A journal that forces each answer to the disk.
     *
     * @param file where answers are, or are going to be; it is opened, or made, when the journal is first used
     * @return the journal
     */
    public static Journal in(Path file) {
        return in(file, Sync.EACH_ANSWER);
    }

    /**
     * A journal.
     *
     * @param file where answers are, or are going to be; it is opened, or made, when the journal is first used
     * @param sync when answers are forced to the disk
     * @return the journal
     */
    public static Journal in(Path file, Sync sync) {
        return new Journal(new JournalFile(file), sync);
    }

    /**
     * Does a piece of work whose answers are kept until it has succeeded: what {@linkplain BackwardClient backward
     * clients} are asked within it, and whatever a model of {@link #keeping} is asked. When it has succeeded the file
     * is emptied; when it fails or is cancelled the answers stay. So that a crash after the work doesn't cost it, put
     * the saving of its result inside, too.
     *
     * <p>Of several pieces of work at the same time, the last one to end empties the file, where none of them has
     * failed.
     *
     * @param work for example a backward pass, or a whole training step
     * @param <T> what it emits
     * @return the same work
     */
    public <T> Mono<T> around(Mono<T> work) {
        return around(work.flux()).singleOrEmpty();
    }

    /**
     * As {@link #around(Mono)}, for work that tells how it goes. Who stops listening before its end cancels it.
     *
     * @param work for example the events of a backward pass
     * @param <T> what it emits
     * @return the same work
     */
    public <T> Flux<T> around(Flux<T> work) {
        Flux<T> kept = Flux.usingWhen(
                Mono.fromSupplier(this::begin),
                models -> work.contextWrite(context ->
                        BackwardClient.decorated(context, model -> models.computeIfAbsent(model, this::keeping))),
                models -> end(true),
                (models, failure) -> end(false),
                models -> end(false));
        return Flux.defer(() -> file.isOpen() ? kept : FileWork.run(file::open).thenMany(kept));
    }

    /**
     * Keeps the answers of a model that is asked within the work.
     *
     * @param model who is asked for what isn't kept
     * @return a model that has the kept answers
     */
    public ChatModel keeping(ChatModel model) {
        return new CachingChatModel(model, cache, "");
    }

    /**
     * Closes the file on a thread that may block. Another journal of this process may be made at once, and waits for
     * that; another process may open the file when {@link #closeLater()} has completed.
     */
    @Override
    public void close() {
        var unused = closeLater().subscribe();
    }

    /**
     * Closes the file. What it holds stays, and so do answers that have come and wait to be written, as where work was
     * cancelled a moment ago.
     *
     * @return completes when it is closed, and another process may open it
     */
    public Mono<Void> closeLater() {
        return Mono.<Void>fromRunnable(file::closing).then(FileWork.run(() -> {
            synchronized (file) { // or others might be taken out of the line, and find the file closed
                writeAll();
                file.close(sync != Sync.NONE);
            }
        }));
    }

    /** The models that one piece of work asks, each with what keeps its answers: equal questions are asked once. */
    private synchronized Map<ChatModel, ChatModel> begin() {
        running++;
        return new ConcurrentHashMap<>();
    }

    private Mono<Void> end(boolean succeeded) {
        return Mono.defer(() -> isThrough(succeeded)
                ? FileWork.run(() -> file.clear(this::isIdle)).onErrorResume(uncleared -> {
                    LOG.warn("The work has succeeded, but its answers are still in the journal.", uncleared);
                    return Mono.empty();
                })
                : Mono.empty());
    }

    private synchronized boolean isThrough(boolean succeeded) {
        running--;
        incomplete |= !succeeded;
        boolean through = running == 0 && !incomplete;
        incomplete &= running > 0;
        return through;
    }

    private synchronized boolean isIdle() {
        return running == 0;
    }

    private void write() {
        int missed = work.get();
        do {
            writeAll();
            missed = work.addAndGet(-missed);
        } while (missed != 0);
    }

    private void writeAll() {
        synchronized (file) {
            List<Writing> group = new ArrayList<>();
            for (Writing next = waiting.poll(); next != null; next = waiting.poll()) {
                group.add(next);
            }
            if (!group.isEmpty()) {
                write(group);
            }
        }
    }

    private void write(List<Writing> group) {
        try {
            file.append(group.stream().map(Writing::entry).toList(), sync == Sync.EACH_ANSWER);
        } catch (RuntimeException
                | Error failure) { // no room in memory, for one: whoever waits behind these must not wait for ever
            group.forEach(writing -> writing.sink().error(failure));
            return;
        }
        group.forEach(writing -> writing.sink().success());
        if (sync != Sync.EACH_ANSWER && sync.within != null && forcing.compareAndSet(false, true)) {
            FileWork.later(sync.within, this::force);
        }
    }

    private void force() {
        forcing.set(false);
        file.force();
    }

    /** Somebody who waits until an answer stands in the file, or is forgotten there. */
    private record Writing(JournalFile.Entry entry, MonoSink<Void> sink) {}

    /** The answers in the file. */
    private final class Kept implements AnswerCache {

        @Override
        public Mono<ChatResponse> get(String key) {
            Mono<ChatResponse> answer =
                    Mono.fromSupplier(() -> file.answer(key)).map(Kept::served);
            return file.isUnopened() ? FileWork.run(file::open).then(answer) : answer;
        }

        private static ChatResponse served(ChatResponse kept) {
            return new ChatResponse(kept.text(), kept.toolCalls(), kept.finishReason(), Usage.NONE, kept.model());
        }

        @Override
        public Mono<Void> put(String key, ChatResponse answer) {
            return written(new JournalFile.Entry(key, answer, false));
        }

        @Override
        public Mono<Void> remove(String key, ChatResponse useless) {
            return written(new JournalFile.Entry(key, useless, true));
        }

        /** What has come is written although nobody may wait for it any more. */
        private Mono<Void> written(JournalFile.Entry entry) {
            return Mono.<Void>create(sink -> {
                        waiting.add(new Writing(entry, sink));
                        if (work.getAndIncrement() == 0) {
                            FileWork.later(Duration.ZERO, Journal.this::write);
                        }
                    })
                    .publishOn(Schedulers.parallel());
        }
    }
}
