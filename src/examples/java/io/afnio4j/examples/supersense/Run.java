package io.afnio4j.examples.supersense;

import io.afnio4j.Afnio;
import io.afnio4j.ModelClient;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.FailurePolicy;
import io.afnio4j.data.DataLoader;
import io.afnio4j.data.Dataset;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.train.Trainer;
import io.afnio4j.train.TrainingEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/**
 * One run of the main job: test, train, test again, save. Everything up to the last line is one pipeline; this class
 * waits for it on the main thread, and on Ctrl-C cancels it and saves what was learnt.
 */
final class Run {

    private static final int ASKED_FIRST = 3; // of which one may be a misfit
    private static final Duration LAST_SAVE = Duration.ofMillis(700);

    private final Settings settings;
    private final SupersenseData data;
    private final Endpoint endpoint;
    private final Display display;
    private final Path file;
    private volatile boolean stopped;

    Run(Settings settings, SupersenseData data, Endpoint endpoint, Display display) {
        this.settings = settings;
        this.data = data;
        this.endpoint = endpoint;
        this.display = display;
        this.file = settings.out.resolve("classifier.hf");
    }

    /** Runs; returns whether it was not called off. */
    boolean go() {
        makeDirectory();
        try (ModelClient client =
                Afnio.setBackwardModelClient(endpoint.path(), endpoint.options(), CompletionOptions.NONE)) {
            GlossClassifier agent = new GlossClassifier(client, data, settings);
            display.header(settings, data, endpoint, agent.prompt());
            Estimate estimate = Estimate.of(settings, data, client, agent.prompt());
            if (endpoint.standIn() == null && !settings.yes && !display.confirms(estimate)) {
                return false;
            }
            untilDone(pipeline(agent, client), agent);
            return true;
        }
    }

    private Mono<Void> pipeline(GlossClassifier agent, ModelClient client) {
        RunReport report = new RunReport(settings, endpoint, agent.prompt());
        Mono<?> before = agent.judgeFirst(data.test()).doOnNext(accuracy -> {
            report.before(accuracy);
            display.before(accuracy);
        });
        Mono<?> after = Mono.defer(() -> agent.judge(data.test())).flatMap(accuracy -> {
            report.after(accuracy, agent.prompt(), client.usage());
            display.after(report);
            return Afnio.save(agent.stateDict(), file);
        });
        Mono<?> page = Mono.defer(() -> report.save(settings.out)).doOnNext(path -> display.saved(file, path));
        return fewCallsFirst(client)
                .then(before)
                .then(training(agent, client, report))
                .then(after)
                .then(page)
                .then();
    }

    /**
     * A provider is asked about a few rows, with little patience, so that a wrong key or address is said at once and
     * not after hundreds of calls. One that only wants to be asked more slowly has said that they are right. What the
     * answers cost is part of what the run costs.
     */
    private Mono<Accuracy> fewCallsFirst(ModelClient client) {
        if (endpoint.standIn() != null) {
            return Mono.empty();
        }
        Mono<Accuracy> asked = Mono.using(
                () -> ModelClient.of(
                        endpoint.path(),
                        endpoint.options().toBuilder().maxRetries(2).build()),
                hasty -> new GlossClassifier(hasty, data, settings)
                        .judgeFirst(data.test()
                                .subList(0, Math.min(ASKED_FIRST, data.test().size()))),
                hasty -> {
                    hasty.close();
                    client.usage().restore(hasty.usage().byPhase());
                });
        return asked.onErrorResume(ThrottledException.class, busy -> Mono.empty());
    }

    private Mono<Void> training(GlossClassifier agent, ModelClient client, RunReport report) {
        Trainer trainer = Trainer.builder()
                .epochs(settings.epochs)
                .gate("accuracy")
                .saveTo(file)
                .backward(BackwardOptions.DEFAULTS.onFailure(FailurePolicy.COMMIT_PARTLY))
                .build();
        DataLoader<List<Row>> batches = DataLoader.of(Dataset.of(data.train()), settings.batch, rows -> rows)
                .shuffle(settings.seed);
        DataLoader<List<Row>> validation =
                DataLoader.of(Dataset.of(data.validation()), data.validation().size(), rows -> rows);
        return Mono.defer(() -> {
            display.trainingStarts(client.usage());
            return trainer.fit(agent, batches, validation)
                    .doOnNext(event -> watch(event, report))
                    .doFinally(end -> display.trainingEnds())
                    .contextWrite(context -> BackwardClient.decorated(context, critic -> agent.model()))
                    .then();
        });
    }

    private void watch(TrainingEvent event, RunReport report) {
        report.on(event);
        display.on(event);
    }

    private void untilDone(Mono<Void> pipeline, GlossClassifier agent) {
        String untaught = agent.prompt();
        BooleanSupplier learnt = () -> !agent.prompt().equals(untaught);
        CountDownLatch done = new CountDownLatch(1);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Disposable running = pipeline.doFinally(end -> done.countDown()).subscribe(nothing -> {}, failure::set);
        Thread onInterrupt = new Thread(() -> stop(running, agent, learnt), "on-interrupt");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try {
            done.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            running.dispose();
        }
        if (stopped) {
            return; // the JVM is going down, and the hook says the last word
        }
        Throwable cause = failure.get();
        if (Runtime.getRuntime().removeShutdownHook(onInterrupt) && cause != null) {
            try {
                var unused = saveWhatWasLearnt(agent, learnt);
            } catch (RuntimeException unsaved) {
                cause.addSuppressed(unsaved); // why it came to an end matters more
            }
            throw Exceptions.propagate(cause);
        }
    }

    private void stop(Disposable running, GlossClassifier agent, BooleanSupplier learnt) {
        stopped = true;
        running.dispose();
        display.stopped(saveWhatWasLearnt(agent, learnt) ? file : null);
    }

    /** An agent that has learnt nothing must not take the place of one that an earlier run has left. */
    private boolean saveWhatWasLearnt(GlossClassifier agent, BooleanSupplier learnt) {
        if (learnt.getAsBoolean() || Files.notExists(file)) {
            Afnio.save(agent.stateDict(), file).block(LAST_SAVE);
            return true;
        }
        return false;
    }

    private void makeDirectory() {
        try {
            Files.createDirectories(settings.out);
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    "The directory " + settings.out + " can't be made; choose another with --out.", failed);
        }
    }
}
