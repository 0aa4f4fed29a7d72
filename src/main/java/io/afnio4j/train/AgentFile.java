package io.afnio4j.train;

import io.afnio4j.autodiff.Variable;
import io.afnio4j.cognitive.Module;
import io.afnio4j.file.FileWork;
import io.afnio4j.serial.HfFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The file in which a training leaves what its module has learnt; all that it does is nothing where none is wanted. */
final class AgentFile {

    private final Module module;
    private final @Nullable Path file;
    private boolean kept; // some state of this run

    AgentFile(Module module, @Nullable Path file) {
        this.module = module;
        this.file = file;
    }

    /** What is learnt and isn't part of the module would be missing in every file. */
    void checkHolds(List<Variable> learnt) {
        Set<Variable> saved = new HashSet<>(module.parameters());
        Set<String> paths = module.stateDict().keySet(); // not all buffers are part of it
        module.buffers().byPath().forEach((path, buffer) -> {
            if (paths.contains(path)) {
                saved.add(buffer);
            }
        });
        module.chats().forEach(chat -> saved.addAll(chat.variables()));
        for (Variable each : learnt) {
            if (!saved.contains(each)) {
                throw new IllegalArgumentException(
                        "The optimizer rewrites the " + each.role()
                                + ", which isn't registered in the module as part of its state, so files of the training would not hold it. Register it.");
            }
        }
    }

    /** Tells, before anything is paid, that nothing can be saved there. */
    Mono<Void> checkSaving() {
        return file == null ? Mono.empty() : HfFormat.standard().checkSaving(file);
    }

    Mono<Void> save() {
        kept = true;
        return file == null ? Mono.empty() : HfFormat.standard().save(module.stateDict(), file);
    }

    /** What has learnt nothing must not take the place of what an earlier run has left. */
    Mono<Void> saveFirst() {
        Path place = file;
        return place == null || kept
                ? Mono.empty()
                : FileWork.find(() -> Files.exists(place))
                        .filter(there -> !there)
                        .flatMap(missing -> save());
    }
}
