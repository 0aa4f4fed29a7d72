package io.afnio4j.model.openai;

import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.FinishReason;
import io.afnio4j.model.Usage;
import io.afnio4j.model.http.Answers;
import io.afnio4j.model.http.StreamReader;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the events of one streamed answer. A stream is whole when it said why it stopped or that it was done; whichever
 * of the two a server forgets, the other is enough.
 */
final class ChunkReader implements StreamReader {

    private final Answers judge;
    private final boolean several; // answers, whose pieces come mixed
    private final ToolCalls calls = new ToolCalls();
    private final Thoughts thoughts = new Thoughts();
    private boolean doneRead;
    private boolean begun;
    private boolean cut; // a message that isn't whole has come, of which the next may be the rest, or all again
    private boolean spoken;
    private boolean callsTold;
    private boolean worded;
    private final StringBuilder refusal = new StringBuilder();
    private Usage usage = Usage.NONE;
    private @Nullable FinishReason reason;
    private @Nullable JsonNode stranger; // the last event that is no piece of an answer

    ChunkReader(Answers judge, boolean several) {
        this.judge = judge;
        this.several = several;
    }

    @Override
    public boolean isLast(byte[] event) {
        return Answers.isDone(event);
    }

    @Override
    public @Nullable ChatChunk read(byte[] event) {
        if (doneRead) {
            return null;
        }
        if (isLast(event)) {
            doneRead = true;
            return rest();
        }
        JsonNode root = judge.parse(event);
        JsonNode choices = root.path("choices");
        stranger = choices.isMissingNode() ? root : stranger;
        // Where there is but one, its number says nothing: some servers count the pieces with it.
        JsonNode choice = several ? Answers.first(choices) : choices.path(0);
        judge.requireNoError(choice);
        JsonNode delta = delta(choice);
        begun |= delta.isObject();
        String text = text(delta);
        FinishReason stopped = stopped(choice.path("finish_reason"));
        Usage counted = counted(root, choice);
        return text.isEmpty() && stopped == null && counted == null
                ? null
                : new ChatChunk(text, List.of(), stopped, counted, stopped == null ? null : named(root));
    }

    /**
     * The calls of tools: not before the end, for some servers send the last of them after the reason why the model
     * stopped.
     */
    @Override
    public @Nullable ChatChunk rest() {
        if (callsTold || calls.isEmpty() || !isEnded()) {
            return null;
        }
        callsTold = true;
        return new ChatChunk("", thoughts.onto(calls.assembled()), null, null, null);
    }

    private boolean isEnded() {
        return reason != null || doneRead;
    }

    /**
     * A server that only plays at streaming puts the whole message into one event, with the reason why it stopped.
     * Where pieces went before, it says nothing new.
     */
    private JsonNode delta(JsonNode choice) {
        JsonNode delta = choice.path("delta");
        JsonNode message = choice.path("message");
        if (delta.isObject() || begun || !message.isObject()) {
            return delta;
        }
        cut |= !choice.path("finish_reason").isString();
        return cut ? delta : message;
    }

    private String text(JsonNode delta) {
        refusal.append(delta.path("refusal").asString(""));
        calls.add(delta.path("tool_calls"));
        var unused = thoughts.add(delta);
        String text = AnswerReader.text(delta.path("content"), judge);
        spoken |= text != null;
        worded |= text != null && !text.isEmpty();
        return text == null ? "" : text;
    }

    private static @Nullable String named(JsonNode root) {
        String model = root.path("model").asString("");
        return model.isEmpty() ? null : model;
    }

    private @Nullable FinishReason stopped(JsonNode name) {
        String word = name.isString() ? name.stringValue() : "";
        if (word.isBlank() || word.equals("null")) { // KoboldCpp, once
            return null;
        }
        reason = AnswerReader.reason(name, judge);
        return reason;
    }

    private @Nullable Usage counted(JsonNode root, JsonNode choice) {
        // Groq and Moonshot have it in places of their own.
        for (JsonNode place : List.of(root, root.path("x_groq"), choice)) {
            Usage told = AnswerReader.usage(place.path("usage"));
            if (!told.equals(Usage.NONE)) { // or it would take back what an earlier event has told
                usage = told;
                return usage;
            }
        }
        return null;
    }

    @Override
    public void requireWhole() {
        if (reason == null && stranger != null) {
            judge.requireNoComplaint(stranger); // such as {"detail": ...}, which [DONE] may follow
        }
        if (!isEnded()) {
            throw judge.broken("ended in the middle, without a finish reason or [DONE]");
        }
        FinishReason why = reason == null ? FinishReason.OTHER : reason;
        boolean said = worded || !calls.isEmpty();
        judge.requireWhole(spoken || said, said ? "" : refusal.toString(), why, usage);
        if (!begun) {
            throw judge.noContent();
        }
    }
}
