package io.afnio4j.model.http;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ContentPart;
import io.afnio4j.model.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Conversations for providers that keep what the system says apart from the turns, and want arguments of tools as
 * objects.
 */
public final class Turns {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private Turns() {}

    /**
     * What system and developer messages say, wherever they stand.
     *
     * @param messages the conversation
     * @return their texts with a blank line between, "" where there are none, or where nobody else says anything
     */
    public static String system(List<ChatMessage> messages) {
        return messages.stream().anyMatch(Turns::isTurn) ? instructions(messages) : "";
    }

    /**
     * What everybody else says, without messages that say nothing. Where nobody else does, the instructions are the
     * user's words: these providers demand a turn.
     *
     * @param messages the conversation
     * @return the turns of user, assistant and tools, each of one message; or of several, which are answers of tools
     *     that follow one another
     */
    public static List<List<ChatMessage>> of(List<ChatMessage> messages) {
        List<List<ChatMessage>> turns = new ArrayList<>();
        boolean amongTools = false;
        for (ChatMessage message : messages.stream().filter(Turns::isTurn).toList()) {
            boolean tool = message.toolCallId() != null;
            if (!tool || !amongTools) {
                turns.add(new ArrayList<>());
            }
            turns.get(turns.size() - 1).add(message);
            amongTools = tool;
        }
        return turns.isEmpty() ? List.of(List.of(ChatMessage.user(instructions(messages)))) : turns;
    }

    private static String instructions(List<ChatMessage> messages) {
        return messages.stream().filter(Turns::isSystem).map(ChatMessage::text).collect(Collectors.joining("\n\n"));
    }

    private static boolean isTurn(ChatMessage message) {
        boolean says = message.parts().stream()
                .anyMatch(part ->
                        !(part instanceof ContentPart.Text words && words.text().isEmpty()));
        return !isSystem(message) && (says || !message.toolCalls().isEmpty() || message.toolCallId() != null);
    }

    private static boolean isSystem(ChatMessage message) {
        return message.role().equals("system") || message.role().equals("developer");
    }

    /**
     * The arguments of a call as an object.
     *
     * @param call the call; blank arguments are an empty object
     * @return the object
     * @throws IllegalArgumentException where they are none
     */
    public static JsonNode arguments(ToolCall call) {
        JsonNode arguments = json(call.arguments().isBlank() ? "{}" : call.arguments());
        if (!arguments.isObject()) {
            throw new IllegalArgumentException(
                    "The arguments of the tool call '" + call.id()
                            + "' aren't a JSON object, which this provider wants to have back: mend them, or leave the turn out.");
        }
        return arguments;
    }

    /**
     * The arguments of a call as a provider gives them.
     *
     * @param arguments an object, or a text that holds one, as from gateways that translate from the chat protocol
     * @return the object as text, an empty one where there is none
     */
    public static String given(JsonNode arguments) {
        JsonNode told = arguments.isString() ? json(arguments.stringValue()) : arguments;
        return told.isObject() ? told.toString() : "{}";
    }

    /**
     * What a provider wants to have back with a call.
     *
     * @param call the call
     * @return what its signature holds, a missing node where there is none or it isn't JSON
     */
    public static JsonNode signature(ToolCall call) {
        return call.signature() == null ? MAPPER.missingNode() : json(call.signature());
    }

    /**
     * Reads a text that may be JSON.
     *
     * @param text any text
     * @return what it holds, a missing node where it isn't JSON
     */
    public static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException notJson) {
            return MAPPER.missingNode();
        }
    }
}
