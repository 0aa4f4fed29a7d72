package io.afnio4j.context;

import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Where the node that makes a call stands in the graph of its pass: of two calls of a pass that are equally urgent, a
 * queue lets the one of the earlier node go first, whichever was ready first. Says nothing about calls of different
 * passes.
 *
 * <p>Each node has a place of its own, and a copy of all that travels with a pass would be the larger part of what a
 * waiting node holds; so this is itself the context that it is read from, one entry beside those of the pass.
 */
public final class GraphOrder implements Context {

    private static final Object KEY = GraphOrder.class;

    private final Context others; // without this entry
    private final Object pass;
    private final int place;

    private GraphOrder(Context others, Object pass, int place) {
        this.others = others;
        this.pass = pass;
        this.place = place;
    }

    /**
     * Adds a place to a context.
     *
     * @param context the context to extend
     * @param pass what stands for the pass; passes are told apart by {@code equals}
     * @param place of the node in graph order; lower goes first
     * @return the extended context
     */
    public static Context put(Context context, Object pass, int place) {
        return new GraphOrder(context.delete(KEY), pass, place);
    }

    /**
     * Reads the place of the current subscription.
     *
     * @param context the subscription's context
     * @return the place, null for a call that is no pass's
     */
    public static @Nullable GraphOrder of(ContextView context) {
        return context.getOrDefault(KEY, null);
    }

    /** What stands for the pass. */
    public Object pass() {
        return pass;
    }

    /** The place in graph order; lower goes first. */
    public int place() {
        return place;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"
    }) // as every context: whoever reads a key knows its type
    public <T> T get(Object key) {
        return KEY.equals(key) ? (T) this : others.get(key);
    }

    @Override
    @SuppressWarnings("unchecked") // as above
    public <T> @Nullable T getOrDefault(Object key, @Nullable T otherwise) {
        return KEY.equals(key) ? (T) this : others.getOrDefault(key, otherwise);
    }

    @Override
    public boolean hasKey(Object key) {
        return KEY.equals(key) || others.hasKey(key);
    }

    @Override
    public Context put(Object key, Object value) {
        Context more = others.put(key, value);
        return KEY.equals(key) ? more : new GraphOrder(more, pass, place);
    }

    @Override
    public Context delete(Object key) {
        return KEY.equals(key) ? others : new GraphOrder(others.delete(key), pass, place);
    }

    @Override
    public int size() {
        return others.size() + 1;
    }

    @Override
    public Stream<Map.Entry<Object, Object>> stream() {
        return Stream.concat(others.stream(), Stream.of(Map.entry(KEY, this)));
    }

    @Override
    public String toString() {
        return "GraphOrder[" + place + "]";
    }
}
