package io.afnio4j.model;

import org.jspecify.annotations.Nullable;

/**
 * A model's wish to have a tool called. Whoever calls it answers with {@link ChatMessage#tool}, under the same id.
 *
 * @param id what names this call in the conversation
 * @param name the tool's name
 * @param arguments the arguments as the model wrote them: the text of a JSON object, unless the model erred
 * @param signature what some providers want to have back with the call, behind a mark of the server that it came from:
 *     a signature, or what was thought before; null where there is nothing. It goes back to that server alone, and a
 *     call that is made anew without it goes back without it
 */
public record ToolCall(
        String id, String name, String arguments, @Nullable String signature) {

    /**
     * A call without a signature.
     *
     * @param id what names this call in the conversation
     * @param name the tool's name
     * @param arguments the text of a JSON object
     */
    public ToolCall(String id, String name, String arguments) {
        this(id, name, arguments, null);
    }
}
