package io.afnio4j.model.openai;

import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ContentPart;
import io.afnio4j.model.ResponseFormat;
import io.afnio4j.model.http.ProtocolOptions;
import io.afnio4j.prompt.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What some compatible servers refuse, and how a request that has it does without. A weaker form stands behind the
 * stronger one.
 */
enum Concession {

    /** Mistral, Databricks and old servers refuse to tell it; a stream's tokens are estimated then. */
    STREAM_USAGE("the usage of the stream", "stream_options") {
        @Override
        boolean isIn(ChatRequest request) {
            return option(request, "stream_options") != null;
        }

        @Override
        ChatRequest without(ChatRequest request) {
            return with(request, "stream_options", null);
        }
    },

    /** Mistral and others know it by its older name; a limit that is too large would be so under that one, too. */
    ANSWER_LIMIT(
            "the newer name of max_tokens",
            "max_completion_tokens(?!.* (too (large|small|high|low)|minimum|maximum|greater|less|at most|at least)\\b)") {
        @Override
        boolean isIn(ChatRequest request) {
            return option(request, "max_completion_tokens") != null;
        }

        @Override
        ChatRequest without(ChatRequest request) {
            Object limit = option(request, "max_completion_tokens");
            return with(with(request, "max_completion_tokens", null), "max_tokens", limit);
        }
    },

    /** Gateways such as One API want a text, and others, such as those before Bedrock, refuse an empty one. */
    CALLS_WITHOUT_WORDS("null for the words of who calls tools", "\\bcontent\\b.*\\b(null|nil|none|string)\\b") {
        @Override
        boolean isIn(ChatRequest request) {
            return request.messages().stream().anyMatch(Concession::callsWithoutWords);
        }

        @Override
        ChatRequest without(ChatRequest request) {
            List<ChatMessage> worded = request.messages().stream()
                    .map(message -> callsWithoutWords(message)
                            ? new ChatMessage(message.role(), List.of(ContentPart.text("")), message.toolCalls(), null)
                            : message)
                    .toList();
            return new ChatRequest(worded, request.options());
        }
    },

    /**
     * DeepSeek, older models of OpenAI and Groq, old servers: any JSON object then, and the schema by words. Others,
     * such as vLLM and llama.cpp, refuse one schema for what is in it.
     */
    JSON_SCHEMA("a JSON schema other than in words", Concession.FORMAT) {
        @Override
        boolean isIn(ChatRequest request) {
            return schema(request) != null;
        }

        @Override
        ChatRequest without(ChatRequest request) {
            String words =
                    Wording.SCHEMA_FORMAT.with("schema", JsonMapper.shared().writeValueAsString(schema(request)));
            return new ChatRequest(
                    told(request.messages(), words), request.options().responseFormat(ResponseFormat.jsonObject()));
        }

        @Override
        @Nullable Object culprit(ChatRequest sent, String words) {
            return CONTENT.matcher(words).find() ? schema(sent) : null;
        }
    },

    /** LM Studio and models that know no form at all. */
    JSON_OBJECT("a form for the answer", Concession.FORMAT) {
        @Override
        boolean isIn(ChatRequest request) {
            Object format = option(request, "response_format");
            return format != null && ProtocolOptions.isJsonObject(format);
        }

        @Override
        ChatRequest without(ChatRequest request) {
            return with(request, "response_format", null);
        }
    };

    /**
     * A schema that isn't valid is the caller's fault, and would not become better by words. Google's word for it is a
     * response schema; llama.cpp and vLLM make a grammar of it.
     */
    private static final String FORMAT =
            "^(?!.*invalid (json )?schema).*(response[_ ]?(format|schema)|json[_ ]?(schema|object|mode)|structured[_ -]?output|grammar)";

    /** What is said of one schema: {@code json_schema} alone is the name of the form. */
    private static final Pattern CONTENT = Pattern.compile(
            "\\bschemas?\\b|response_schema|grammar|additionalProperties|\\bproperties\\b|\\$(ref|defs)",
            Pattern.CASE_INSENSITIVE);

    private final String thing;
    private final Pattern refusal;

    Concession(String thing, String refusal) {
        this.thing = thing;
        this.refusal = Pattern.compile(refusal, Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    }

    /** Whether a request has what may be refused. */
    abstract boolean isIn(ChatRequest request);

    /** A request that has it, in the form without. */
    abstract ChatRequest without(ChatRequest request);

    /** Whether the words of a refusal are about it. */
    boolean isNamedIn(String words) {
        return refusal.matcher(words).find();
    }

    /**
     * The only one of its kind that is at fault, such as a schema for what is in it; null where the words find fault
     * with all.
     */
    @Nullable Object culprit(ChatRequest sent, String words) {
        return null;
    }

    /** What is done without, as the end of a sentence. */
    String thing() {
        return thing;
    }

    private static @Nullable Object option(ChatRequest request, String name) {
        return request.options().get(name);
    }

    static @Nullable Object schema(ChatRequest request) {
        Object format = option(request, "response_format");
        return format == null ? null : ProtocolOptions.schema(format);
    }

    private static boolean callsWithoutWords(ChatMessage message) {
        return message.parts().isEmpty() && !message.toolCalls().isEmpty();
    }

    private static ChatRequest with(ChatRequest request, String name, @Nullable Object value) {
        return new ChatRequest(request.messages(), request.options().with(name, value));
    }

    /** Behind what the user said last: many servers take a system's message at the beginning alone. */
    private static List<ChatMessage> told(List<ChatMessage> messages, String words) {
        List<ChatMessage> told = new ArrayList<>(messages);
        for (int i = told.size() - 1; i >= 0; i--) {
            ChatMessage message = told.get(i);
            if (message.role().equals("user")) {
                told.set(i, told(message, words));
                return told;
            }
        }
        told.add(ChatMessage.user(words));
        return told;
    }

    /** One text stays one text, for servers that know no parts. */
    private static ChatMessage told(ChatMessage message, String words) {
        List<ContentPart> parts = message.parts();
        if (parts.size() == 1 && parts.get(0) instanceof ContentPart.Text only) {
            return ChatMessage.user(only.text() + "\n\n" + words);
        }
        List<ContentPart> more = new ArrayList<>(parts);
        more.add(new ContentPart.Text(words));
        return new ChatMessage("user", more);
    }
}
