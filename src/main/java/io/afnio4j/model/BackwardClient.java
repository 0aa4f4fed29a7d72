package io.afnio4j.model;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Who is asked for feedback during a backward pass, and how. The nearest one is asked: that of the pass's own options,
 * or else one in the Reactor {@code Context} of the subscription, or else the default of this JVM. So two tenants never
 * see each other's:
 *
 * <pre>{@code
 * BackwardClient client = new BackwardClient(model, CompletionOptions.NONE.temperature(0));
 * output.backward(BackwardOptions.DEFAULTS.context(client::in)); // this pass
 * requests.flatMap(this::train).contextWrite(client::in); // every pass of this pipeline
 * BackwardClient.setDefault(client); // all that say nothing
 * }</pre>
 *
 * <p>It owns nothing: whoever made the model closes it.
 *
 * @param model the model to ask
 * @param options how it is to answer
 * @param fused whether one call gives the feedback for all variables of a sample; see {@link #fusing()}
 */
public record BackwardClient(ChatModel model, CompletionOptions options, boolean fused) {

    private static final Object DECORATION = new Object(); // key in the context

    private static final AtomicReference<@Nullable BackwardClient> DEFAULT = new AtomicReference<>();

    /**
     * A client that is asked once per variable and sample.
     *
     * @param model the model to ask
     * @param options how it is to answer
     */
    public BackwardClient(ChatModel model, CompletionOptions options) {
        this(model, options, false);
    }

    /**
     * Asks once per sample for the feedback to all its variables, in the form of a JSON schema: fewer calls, and the
     * messages are read once. What is missing in the answer, or can't be read, is asked for variable by variable. For
     * models that keep to a schema.
     *
     * @return a copy that does so
     */
    public BackwardClient fusing() {
        return new BackwardClient(model, options, true);
    }

    /**
     * Sets the default of this JVM. The one before is forgotten and not closed: a pass under way may be waiting for its
     * answer.
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
     * Puts this client before the default for one subscription: {@code output.backward().contextWrite(client::in)}.
     *
     * @param context the subscription's context
     * @return the extended context
     */
    public Context in(Context context) {
        return context.put(BackwardClient.class, this);
    }

    /**
     * Lays something around the model of each client that is asked within one subscription, whichever names it: the
     * pass, the context or the default.
     *
     * @param context the subscription's context
     * @param decoration makes of a model the one that is asked in its place, the same one each time
     * @return the extended context
     */
    public static Context decorated(Context context, UnaryOperator<ChatModel> decoration) {
        UnaryOperator<ChatModel> outer = context.getOrDefault(DECORATION, null);
        UnaryOperator<ChatModel> both = outer == null ? decoration : model -> outer.apply(decoration.apply(model));
        return context.put(DECORATION, both);
    }

    /**
     * The client that the current subscription is to use.
     *
     * @param context the subscription's context
     * @return the context's client, or else the default; with what {@linkplain #decorated is laid} around its model
     * @throws IllegalStateException where there is neither
     */
    public static BackwardClient of(ContextView context) {
        BackwardClient client = context.getOrDefault(BackwardClient.class, DEFAULT.get());
        if (client == null) {
            throw new IllegalStateException(
                    "No backward model client is set. Call Afnio.setBackwardModelClient(\"openai/"
                            + "gpt-4o\", ...) once, or put a BackwardClient into the context of the pass.");
        }
        UnaryOperator<ChatModel> decoration = context.getOrDefault(DECORATION, null);
        return decoration == null
                ? client
                : new BackwardClient(decoration.apply(client.model), client.options, client.fused);
    }

    /**
     * What the model used so far: {@code usage().of(Phase.BACKWARD)} is the part of backward passes, and
     * {@code usage().clear()} before a pass makes it the part of that pass.
     *
     * @return the model's meter, which goes on counting; it counts for all who ask the same model
     * @throws IllegalStateException for a model that doesn't count; {@link MeteredChatModel} lays a meter around any
     *     model
     */
    public UsageMeter usage() {
        UsageMeter meter = Metered.of(model);
        if (meter != null) {
            return meter;
        }
        throw new IllegalStateException("The model " + model.name()
                + " doesn't count what it uses. Wrap it in a MeteredChatModel, or make it with ModelClient.of.");
    }
}
