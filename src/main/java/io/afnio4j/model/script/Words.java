package io.afnio4j.model.script;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Cuts an answer into the pieces of a stream: a word and the blanks behind it each, then one that says how it ended.
 */
final class Words {

    private static final Pattern AFTER_BLANKS = Pattern.compile("(?<=\\s)(?=\\S)");

    private Words() {}

    static List<ChatChunk> of(ChatResponse answer) {
        List<ChatChunk> chunks = new ArrayList<>();
        AFTER_BLANKS.splitAsStream(answer.text()).forEach(word -> chunks.add(new ChatChunk(word, null, null)));
        chunks.add(new ChatChunk("", answer.toolCalls(), answer.finishReason(), answer.usage(), answer.model()));
        return chunks;
    }
}
