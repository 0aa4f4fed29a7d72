package io.afnio4j.survive;

import io.afnio4j.error.BadFileException;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.limit.DiskCache;
import io.afnio4j.model.limit.Journal;
import io.afnio4j.model.script.RecordingChatModel;
import io.afnio4j.model.script.ScriptedChatModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Works with a journal, a cache and a recording, in this process or in one of its own, and says of each whether it
 * could.
 */
final class Intruder {

    static final ChatRequest QUESTION = ChatRequest.of(ChatMessage.user("Whose is it?"));

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Intruder() {}

    /** Runs with folders, each of which has the three files. */
    public static void main(String[] arguments) {
        for (String folder : arguments) {
            tries(Path.of(folder)).forEach(System.out::println);
        }
    }

    static List<String> tries(Path folder) {
        return List.of(
                outcome(journal(folder).around(Mono.empty())),
                outcome(cache(folder).get("key")),
                outcome(recording(folder, "intruder").chat(QUESTION)));
    }

    static Journal journal(Path folder) {
        return Journal.in(folder.resolve("journal"));
    }

    static DiskCache cache(Path folder) {
        return DiskCache.in(folder.resolve("cache"));
    }

    static RecordingChatModel recording(Path folder, String answer) {
        return RecordingChatModel.of(ScriptedChatModel.by(request -> answer), folder.resolve("recording"));
    }

    private static String outcome(Mono<?> use) {
        return use.map(any -> "used")
                .defaultIfEmpty("used")
                .onErrorResume(BadFileException.class, refused -> Mono.just(String.valueOf(refused.getMessage())))
                .blockOptional(LIMIT)
                .orElseThrow();
    }

    static Process start(Path... folders) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Intruder.class.getName()));
        for (Path folder : folders) {
            command.add(folder.toString());
        }
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
