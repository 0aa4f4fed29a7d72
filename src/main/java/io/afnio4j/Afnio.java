package io.afnio4j;

import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.serial.HfFormat;
import java.nio.file.Path;
import reactor.core.publisher.Mono;

/**
 * The front door: what one program usually needs once. None of it is needed: a client can be handed to every call, and a
 * {@link BackwardClient} in the Reactor {@code Context} goes before the one that is set here.
 */
public final class Afnio {

    private Afnio() {}

    /**
     * Makes a client for a model and sets it as the one that gives feedback in this JVM.
     *
     * @param path which model: {@code provider/model}, for example {@code openai/gpt-4o}
     * @param options how to reach it and how hard it may be worked
     * @param completion how it is to answer
     * @return the client, for its usage and for closing it
     * @throws IllegalArgumentException where the path or the options can't work
     * @throws io.afnio4j.error.AuthenticationException where a key is needed and there is none
     */
    public static ModelClient setBackwardModelClient(String path, ClientOptions options, CompletionOptions completion) {
        ModelClient client = ModelClient.of(path, options);
        setBackwardModelClient(client, completion);
        return client;
    }

    /**
     * Sets the model that gives feedback in this JVM.
     *
     * @param model the model
     * @param completion how it is to answer
     */
    public static void setBackwardModelClient(ChatModel model, CompletionOptions completion) {
        BackwardClient.setDefault(new BackwardClient(model, completion));
    }

    /**
     * The model that gives feedback in this JVM.
     *
     * @return the client that was set last
     * @throws IllegalStateException where none was set
     */
    public static BackwardClient getBackwardModelClient() {
        BackwardClient client = BackwardClient.getDefault();
        if (client == null) {
            throw new IllegalStateException(
                    "No backward model client is set. Call Afnio.setBackwardModelClient(\"openai/gpt-4o\", ...) first.");
        }
        return client;
    }

    /**
     * Saves variables, or a module's or optimizer's state, to a {@code .hf} file. The file is replaced whole or not at all.
     *
     * @param object a tree of maps, lists, texts, numbers and variables
     * @param file where to
     * @return completes when the file is on the disk
     */
    public static Mono<Void> save(Object object, Path file) {
        return HfFormat.standard().save(object, file);
    }

    /**
     * Loads what {@link #save} wrote. Files from strangers are safe to load: nothing in them is run, and none of them can ask for more memory than
     * {@link io.afnio4j.serial.ReadLimits} allows.
     *
     * @param file where from
     * @return what was saved
     */
    public static Mono<Object> load(Path file) {
        return HfFormat.standard().load(file);
    }
}
