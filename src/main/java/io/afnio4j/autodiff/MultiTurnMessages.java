package io.afnio4j.autodiff;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conversation: turns in order, oldest first. It is a {@code List<Message>} and goes wherever one is asked for.
 * Immutable; what adds a turn returns a longer copy, so that a conversation can be kept as a common beginning:
 *
 * <pre>{@code
 * MultiTurnMessages opening = MultiTurnMessages.EMPTY.system(new Variable("You are a helpful assistant.", "system prompt"));
 * MultiTurnMessages hello = opening.user(new Variable("Hello", "greeting"));
 * }</pre>
 */
public final class MultiTurnMessages extends AbstractList<Message> {

    /** No turns yet. */
    public static final MultiTurnMessages EMPTY = new MultiTurnMessages(List.of());

    private final List<Message> turns;

    private MultiTurnMessages(List<Message> turns) {
        this.turns = turns;
    }

    public static MultiTurnMessages of(Message... turns) {
        return copyOf(Arrays.asList(turns));
    }

    /**
     * Copies a list of turns.
     *
     * @param turns the turns, oldest first
     * @return the conversation
     * @throws IllegalArgumentException where a turn is null
     */
    public static MultiTurnMessages copyOf(List<? extends @Nullable Message> turns) {
        List<Message> copy = new ArrayList<>(turns.size());
        for (Message turn : turns) {
            if (turn == null) {
                throw new IllegalArgumentException("Message " + copy.size() + " of the conversation is null.");
            }
            copy.add(turn);
        }
        return new MultiTurnMessages(List.copyOf(copy));
    }

    public MultiTurnMessages system(Variable... parts) {
        return and(Message.system(parts));
    }

    public MultiTurnMessages developer(Variable... parts) {
        return and(Message.developer(parts));
    }

    public MultiTurnMessages user(Variable... parts) {
        return and(Message.user(parts));
    }

    public MultiTurnMessages assistant(Variable... parts) {
        return and(Message.assistant(parts));
    }

    /**
     * Adds a turn.
     *
     * @param turn the turn
     * @return this conversation and the turn
     */
    public MultiTurnMessages and(Message turn) {
        List<Message> longer = new ArrayList<>(turns);
        longer.add(turn);
        return copyOf(longer);
    }

    /**
     * All parts of all turns.
     *
     * @return each variable once, in order of appearance
     */
    public List<Variable> variables() {
        LinkedHashSet<Variable> found = new LinkedHashSet<>(); // variables are equal only to themselves
        turns.forEach(turn -> found.addAll(turn.parts()));
        return List.copyOf(found);
    }

    /**
     * All parts of all turns by their place.
     *
     * @return the variables, one that stands in several places under each; {@code "1.0"} is the first part of the
     *     second turn
     */
    public Map<String, Variable> byPlace() {
        Map<String, Variable> byPlace = new LinkedHashMap<>();
        for (int turn = 0; turn < turns.size(); turn++) {
            List<Variable> parts = turns.get(turn).parts();
            for (int part = 0; part < parts.size(); part++) {
                byPlace.put(turn + "." + part, parts.get(part));
            }
        }
        return Collections.unmodifiableMap(byPlace);
    }

    @Override
    public Message get(int index) {
        return turns.get(index);
    }

    @Override
    public int size() {
        return turns.size();
    }
}
