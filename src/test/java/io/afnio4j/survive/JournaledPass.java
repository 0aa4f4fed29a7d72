package io.afnio4j.survive;

import io.afnio4j.ModelClient;
import io.afnio4j.model.limit.Journal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The process that gets killed: one pass of 200 calls with a journal, whose gradients are written to a file. */
final class JournaledPass {

    static final int CALLS = 200;

    private static final int AT_ONCE = 8;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private JournaledPass() {}

    static Program program() {
        return Program.of("the killed pass", CALLS / 5, 5);
    }

    /** Runs with the provider's address, the journal and the file for the gradients. */
    public static void main(String[] arguments) {
        Journal journal = Journal.in(Path.of(arguments[1]));
        Program program = program();
        try (ModelClient model = ModelClient.of("openai/gpt-4o", Provider.options(arguments[0], AT_ONCE))) {
            Mono<Void> saved = Mono.<Void>fromRunnable(() -> save(program.gradients(), Path.of(arguments[2])))
                    .subscribeOn(Schedulers.boundedElastic());
            journal.around(program.backward(model).then(saved))
                    .then(journal.closeLater())
                    .block(LIMIT);
        }
    }

    private static void save(List<String> gradients, Path file) {
        try {
            Files.write(file, gradients);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static Process start(String baseUrl, Path journal, Path gradients) throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        JournaledPass.class.getName(),
                        baseUrl,
                        journal.toString(),
                        gradients.toString())
                .redirectErrorStream(true)
                .redirectOutput(journal.resolveSibling("output").toFile())
                .start();
    }
}
