package io.afnio4j.model;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Who is asked for feedback during a backward pass, and how. One may be set as the default of this JVM; one in the
 * subscription's context goes before it, so that two tenants never see each other's.
 *
 * @param model the model to ask
 * @param options how it is to answer
 */
public record BackwardClient(ChatModel model, CompletionOptions options) {

    private static final AtomicReference<@Nullable BackwardClient> DEFAULT = new AtomicReference<>();

    /**
     * Sets the default of this JVM.
     *
     * @param client the client, null for none
     */
    public static void setDefault(@Nullable BackwardClient client) {
        DEFAULT.set(client);
    }

    /**
     * The default of this JVM.
     *
     * @return the client, null where none was set
     */
    public static @Nullable BackwardClient getDefault() {
        return DEFAULT.get();
    }

    /**
     * Puts this client before the default for one subscription:
     * {@code output.backward().contextWrite(client::in)}.
     *
     * @param context the subscription's context
     * @return the extended context
     */
    public Context in(Context context) {
        return context.put(BackwardClient.class, this);
    }

    /**
     * The client that the current subscription is to use.
     *
     * @param context the subscription's context
     * @return the context's client, or else the default
     * @throws IllegalStateException where there is neither
     */
    public static BackwardClient of(ContextView context) {
        BackwardClient client = context.getOrDefault(BackwardClient.class, DEFAULT.get());
        if (client == null) {
            throw new IllegalStateException(
                    "No backward model client is set. Call Afnio.setBackwardModelClient(\"openai/"
                            + "gpt-4o\", ...) once, or put a BackwardClient into the context of the pass.");
        }
        return client;
    }
}
