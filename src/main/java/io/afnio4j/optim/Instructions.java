package io.afnio4j.optim;

import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.MultiTurnMessages;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ContentPart;
import io.afnio4j.ops.Inputs;
import io.afnio4j.prompt.PromptTemplate;
import io.afnio4j.prompt.Wording;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the model is told: the library's own words, or messages of the user's with the same places. */
final class Instructions {

    /** What is known of a parameter; a user's messages may hold these places beside those of their inputs. */
    private static final List<String> PLACES = List.of("role", "value", "history", "feedback", "constraints");

    static final String ANSWER_TAG = "improved_value";

    private final List<Message> messages; // empty for the library's own words
    private final Map<String, Variable> inputs;

    private Instructions(List<Message> messages, Map<String, Variable> inputs) {
        this.messages = messages;
        this.inputs = inputs;
    }

    static Instructions standard() {
        return new Instructions(List.of(), Map.of());
    }

    static Instructions of(List<Message> messages, Inputs inputs) {
        Map<String, Variable> values = new LinkedHashMap<>();
        inputs.byName().forEach((name, value) -> {
            if (PLACES.contains(name)
                    || inputs.perSample().contains(name)
                    || value.get(0).value().isList()) {
                throw new IllegalArgumentException("The input '" + name
                        + "' of an optimizer must be a single value, and its name none of " + PLACES + ".");
            }
            values.put(name, value.get(0));
        });
        Set<String> missing = new LinkedHashSet<>(values.keySet());
        missing.addAll(List.of("value", "feedback"));
        MultiTurnMessages turns = MultiTurnMessages.copyOf(messages);
        turns.variables()
                .forEach(
                        part -> missing.removeAll(PromptTemplate.of(part.text()).names()));
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("The optimizer's messages have no place for " + missing
                    + ". Write the name in braces, such as {feedback}, where it belongs.");
        }
        return new Instructions(turns, values);
    }

    /** The messages for one parameter. */
    List<ChatMessage> about(Map<String, String> parameter) {
        if (messages.isEmpty()) {
            String request = Wording.REWRITE_REQUEST.with(PLACES.stream()
                    .flatMap(place -> List.of(place, parameter.getOrDefault(place, "")).stream())
                    .toArray());
            return List.of(ChatMessage.system(Wording.REWRITE_SYSTEM.with()), ChatMessage.user(request));
        }
        Map<String, String> values = new HashMap<>(parameter);
        inputs.forEach((name, value) -> values.put(name, value.text()));
        List<ChatMessage> rendered = new ArrayList<>();
        boolean saysHowToAnswer = false;
        for (Message turn : messages) {
            List<ContentPart> parts = new ArrayList<>();
            for (Variable part : turn.parts()) {
                saysHowToAnswer |= part.text().contains(ANSWER_TAG);
                parts.add(new ContentPart.Text(PromptTemplate.of(part.text()).render(values)));
            }
            rendered.add(new ChatMessage(turn.role(), parts));
        }
        if (!saysHowToAnswer) {
            rendered.add(ChatMessage.user(Wording.REWRITE_FORMAT.with()));
        }
        return rendered;
    }
}
