package io.afnio4j;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.afnio4j.cognitive.Module;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.Metered;
import io.afnio4j.model.MeteredChatModel;
import io.afnio4j.model.Prices;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.model.UsageMeter;
import io.afnio4j.optim.Optimizer;
import io.afnio4j.serial.HfFormat;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * The front door: what one program usually needs once. None of it is needed: a client can be handed to every call, and
 * a {@link BackwardClient} in the options of a pass or in the Reactor {@code Context} goes before the one that is set
 * here.
 *
 * <p>The backward model client may be set again at any time. Calls that are made from then on go to the new one, in a
 * pass that is under way too; calls in flight are answered by the old one, which stays open until whoever holds it
 * closes it. Usage is counted by client, so a new one starts at zero.
 */
public final class Afnio {

    /** The model that gives feedback where none is named: {@value}. */
    public static final String DEFAULT_MODEL = "openai/gpt-4o";

    private Afnio() {}

    /**
     * Makes a client for {@link #DEFAULT_MODEL} with the default options and sets it as the one that gives feedback in
     * this JVM.
     */
    @CanIgnoreReturnValue
    public static ModelClient setBackwardModelClient() {
        return setBackwardModelClient(DEFAULT_MODEL);
    }

    /** The same for another model, such as {@code openai/gpt-4o-mini}. */
    @CanIgnoreReturnValue
    public static ModelClient setBackwardModelClient(String path) {
        return setBackwardModelClient(path, ClientOptions.defaults());
    }

    /** The same with options for reaching it. */
    @CanIgnoreReturnValue
    public static ModelClient setBackwardModelClient(String path, ClientOptions options) {
        return setBackwardModelClient(path, options, CompletionOptions.NONE);
    }

    /**
     * Makes a client for a model and sets it as the one that gives feedback in this JVM. Where that fails, the one
     * before stays.
     *
     * @param path which model: {@code provider/model}, for example {@code openai/gpt-4o}
     * @param options how to reach it and how hard it may be worked
     * @param completion how it is to answer
     * @return the client, for its usage and for closing it
     * @throws IllegalArgumentException where the path or the options can't work
     * @throws io.afnio4j.error.AuthenticationException where a key is needed and there is none
     */
    @CanIgnoreReturnValue
    public static ModelClient setBackwardModelClient(String path, ClientOptions options, CompletionOptions completion) {
        ModelClient client = ModelClient.of(path, options);
        setBackwardModelClient(client, completion);
        return client;
    }

    /** Sets the model that gives feedback in this JVM; it answers by its own defaults. */
    public static void setBackwardModelClient(ChatModel model) {
        setBackwardModelClient(model, CompletionOptions.NONE);
    }

    /**
     * Sets the model that gives feedback in this JVM. Around one that doesn't count what it uses a meter is laid.
     *
     * @param model the model
     * @param completion how it is to answer
     */
    public static void setBackwardModelClient(ChatModel model, CompletionOptions completion) {
        ChatModel metered = Metered.of(model) != null
                ? model
                : new MeteredChatModel(model, new UsageMeter(), Prices.of(model.name()), TokenEstimator.rough());
        BackwardClient.setDefault(new BackwardClient(metered, completion));
    }

    /**
     * The model that gives feedback in this JVM, and what it {@linkplain BackwardClient#usage() used} so far.
     *
     * @return the client that was set last
     * @throws IllegalStateException where none was set
     */
    public static BackwardClient getBackwardModelClient() {
        return BackwardClient.of(Context.empty());
    }

    /**
     * Saves variables, messages, or the state of a module or optimizer, to a {@code .hf} file. The file is replaced
     * whole or not at all.
     *
     * @param object a tree of maps, lists, texts, numbers, variables and messages; or a module or an optimizer, which
     *     stands for its {@code stateDict()}
     * @param file where to
     * @return completes when the file is on the disk
     * @see HfFormat#save(Object, Path)
     */
    public static Mono<Void> save(Object object, Path file) {
        return Mono.defer(() -> HfFormat.standard().save(tree(object), file));
    }

    /**
     * The same to a stream, which is flushed and stays open.
     *
     * @param object what {@link #save(Object, Path)} takes
     * @param out where to
     * @return completes when the stream was flushed
     * @see HfFormat#save(Object, OutputStream)
     */
    public static Mono<Void> save(Object object, OutputStream out) {
        return Mono.defer(() -> HfFormat.standard().save(tree(object), out));
    }

    private static Object tree(Object object) {
        if (object instanceof Module module) {
            return module.stateDict();
        }
        return object instanceof Optimizer optimizer ? optimizer.stateDict() : object;
    }

    /**
     * Loads what {@link #save(Object, Path)} wrote. Files from strangers are safe to load: nothing in them is run, and
     * none of them can ask for more memory than {@link io.afnio4j.serial.ReadLimits} allows.
     *
     * @param file where from
     * @return what was saved
     * @see HfFormat#load(Path)
     */
    public static Mono<Object> load(Path file) {
        return HfFormat.standard().load(file);
    }

    /**
     * The same from a stream, which is read to its end and stays open.
     *
     * @param in where from
     * @return what was saved
     * @see HfFormat#load(InputStream)
     */
    public static Mono<Object> load(InputStream in) {
        return HfFormat.standard().load(in);
    }
}
