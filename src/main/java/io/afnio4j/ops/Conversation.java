package io.afnio4j.ops;

import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Value;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ContentPart;
import io.afnio4j.prompt.PromptTemplate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Messages and inputs with their variables numbered: each variable counts once, however often it stands in the
 * messages. The texts are not here but in the {@link FunctionContext}, so that what is rendered in backward is what was
 * sent in forward.
 */
final class Conversation {

    /** The batch size of a conversation without lists. */
    static final int SCALAR = -1;

    private final List<Turn> turns;
    private final List<Place> places; // few, so that looking through them beats a hash table
    private final String shape; // roles, numbers of parts and names of places
    private final int texts;
    private final List<Variable> variables = new ArrayList<>();
    private final Map<Integer, BitSet> served; // by variable; those that serve all samples are not in it

    Conversation(List<Message> messages, Inputs inputs) {
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("A chat completion needs at least one message.");
        }
        IdentityHashMap<Variable, Integer> numbers = new IdentityHashMap<>();
        turns = messages.stream()
                .map(message -> new Turn(message.role(), numbered(message.parts(), numbers)))
                .toList();
        places = inputs.byName().entrySet().stream()
                .map(input -> new Place(
                        input.getKey(),
                        numbered(input.getValue(), numbers),
                        inputs.perSample().contains(input.getKey())))
                .toList();
        served = Map.copyOf(served());
        texts = 1 + turns.stream().mapToInt(turn -> turn.parts.length).sum() + places.size();
        shape = turns.stream().map(turn -> turn.role + '\0' + turn.parts.length).collect(Collectors.joining("\0"))
                + places.stream().map(place -> '\0' + place.name).collect(Collectors.joining());
    }

    private Map<Integer, BitSet> served() {
        Map<Integer, BitSet> some = new HashMap<>();
        for (Place place : places) {
            for (int sample = 0; place.perSample && sample < place.variables.length; sample++) {
                some.computeIfAbsent(place.variables[sample], variable -> new BitSet())
                        .set(sample);
            }
        }
        turns.forEach(turn -> Arrays.stream(turn.parts).forEach(some::remove));
        places.stream().filter(place -> !place.perSample).forEach(place -> some.remove(place.variables[0]));
        return some;
    }

    private int[] numbered(List<Variable> values, IdentityHashMap<Variable, Integer> numbers) {
        int[] found = new int[values.size()];
        for (int i = 0; i < found.length; i++) {
            found[i] = numbers.computeIfAbsent(values.get(i), added -> {
                variables.add(added);
                return variables.size() - 1;
            });
        }
        return found;
    }

    /** The variables by number. */
    List<Variable> variables() {
        return variables;
    }

    /** How many samples there are; {@link #SCALAR} where there is one and it is no batch. */
    int samples(FunctionContext context) {
        int samples = SCALAR;
        for (int i = 0; i < context.inputs(); i++) {
            Value value = context.input(i);
            samples = value.isList() ? agreed(samples, value.size(), value.role()) : samples;
        }
        for (Place place : places) {
            samples = place.perSample ? agreed(samples, place.variables.length, place.name) : samples;
        }
        return samples;
    }

    private static int agreed(int samples, int size, String what) {
        if (samples != SCALAR && samples != size) {
            throw new IllegalArgumentException("All lists of a chat completion must have one length, but the " + what
                    + " has " + size + " elements and another has " + samples + ".");
        }
        return size;
    }

    /** Whether a variable had a part in a sample: one that was given for a single sample had none in the others. */
    boolean serves(int variable, int sample) {
        BitSet samples = served.isEmpty() ? null : served.get(variable);
        return samples == null || samples.get(sample);
    }

    /** Refuses inputs that no message has a place for: most likely a prompt has lost it. */
    void checkPlaces(FunctionContext context) {
        if (places.isEmpty()) {
            return;
        }
        Set<String> missing = new LinkedHashSet<>();
        places.forEach(place -> missing.add(place.name));
        for (Turn turn : turns) {
            for (int part : turn.parts) {
                for (int i = 0; i < context.input(part).size() && !missing.isEmpty(); i++) {
                    missing.removeAll(
                            PromptTemplate.of(context.input(part).text(i)).names());
                }
            }
        }
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("No message has a place for the input " + missing
                    + ". Write the name in braces, such as {text}, where its value belongs.");
        }
    }

    /** The messages of one sample, with all places filled. */
    List<ChatMessage> render(FunctionContext context, int sample) {
        List<ChatMessage> rendered = new ArrayList<>(turns.size());
        for (Turn turn : turns) {
            List<ContentPart> parts = new ArrayList<>(turn.parts.length);
            for (int part : turn.parts) {
                List<String> pieces = new ArrayList<>();
                fill(context, part, sample, pieces);
                parts.add(new ContentPart.Text(pieces.size() == 1 ? pieces.get(0) : String.join("", pieces)));
            }
            rendered.add(new ChatMessage(turn.role, parts));
        }
        return rendered;
    }

    /** The messages of one sample as one text, for those who are to see what was sent. */
    String transcript(FunctionContext context, int sample) {
        List<String> pieces = new ArrayList<>();
        for (Turn turn : turns) {
            pieces.add(pieces.isEmpty() ? "[" : "\n\n[");
            pieces.add(turn.role);
            pieces.add("]");
            for (int part : turn.parts) {
                pieces.add("\n");
                fill(context, part, sample, pieces);
            }
        }
        return String.join("", pieces);
    }

    /** How many {@link #texts} there are. */
    int texts() {
        return texts;
    }

    /**
     * All texts that the messages of one sample are made of, {@link #shape} first: two samples with the same texts get
     * the same messages.
     */
    void texts(FunctionContext context, int sample, CallKey into) {
        into.add(shape);
        for (Turn turn : turns) {
            for (int part : turn.parts) {
                into.add(context.input(part).text(sample));
            }
        }
        for (Place place : places) {
            into.add(context.input(place.variable(sample)).text(sample));
        }
    }

    private void fill(FunctionContext context, int part, int sample, List<String> pieces) {
        String template = context.input(part).text(sample);
        if (places.isEmpty()) {
            pieces.add(template);
        } else {
            PromptTemplate.of(template).render(name -> value(context, name, sample), pieces);
        }
    }

    private @Nullable String value(FunctionContext context, String name, int sample) {
        for (Place place : places) {
            if (place.name.equals(name)) {
                return context.input(place.variable(sample)).text(sample);
            }
        }
        return null;
    }

    /** A message; its parts are variables by number. */
    private static final class Turn {

        private final String role;
        private final int[] parts;

        private Turn(String role, int[] parts) {
            this.role = role;
            this.parts = parts;
        }
    }

    /** A name and the variables by number that fill it: one, or one per sample. */
    private static final class Place {

        private final String name;
        private final int[] variables;
        private final boolean perSample;

        private Place(String name, int[] variables, boolean perSample) {
            this.name = name;
            this.variables = variables;
            this.perSample = perSample;
        }

        private int variable(int sample) {
            return variables[perSample ? sample : 0];
        }
    }
}
