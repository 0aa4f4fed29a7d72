package io.afnio4j.examples.supersense;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers chat requests without a language model. Which of its three parts is meant it tells from what the request
 * holds: a list of labels to choose from (task), a call to give feedback on (critic), or a value to improve (editor).
 * It blocks for some milliseconds for each new text.
 */
final class StandInModel {

    private static final int QUOTED_WORDS = 8;
    private static final Pattern LIMIT = Pattern.compile("at most (\\d+) characters");
    private static final Pattern LAST_MESSAGE = Pattern.compile("(?s)\\[user]\\n(?!.*\\[user]\\n)(.*)");

    private final TaskPart task;
    private final CriticPart critic;
    private final EditorPart editor;

    StandInModel(EditorPart.Manner manner) {
        Embeddings embeddings = new Embeddings();
        this.task = new TaskPart(embeddings);
        this.critic = new CriticPart(embeddings, QUOTED_WORDS);
        this.editor = new EditorPart(manner);
    }

    /** The answer to a request in the protocol's form. */
    String answer(JsonNode request) {
        String user = last(request, "user");
        List<String> labels = labels(request);
        if (!labels.isEmpty()) {
            String label = task.classify(last(request, "system"), user, labels);
            return JsonMapper.shared().writeValueAsString(Map.of("category", label));
        }
        if (user.contains("<current_value")) {
            return rewrite(user);
        }
        return user.contains("<variable")
                ? feedback(user)
                : "I am a stand-in for a language model. I can label, criticise and edit prompts, and nothing else.";
    }

    private String feedback(String user) {
        Matcher text = LAST_MESSAGE.matcher(Blocks.first("messages", user));
        String judged = Blocks.first("feedback", user);
        return critic.feedback(
                text.find() ? text.group(1) : "", Blocks.first("target", judged), Blocks.first("prediction", judged));
    }

    private String rewrite(String user) {
        List<String> feedback = new ArrayList<>(Blocks.all("past_feedback", user));
        feedback.addAll(Blocks.all("feedback", user));
        Matcher limit = LIMIT.matcher(user);
        String value = editor.rewrite(
                Blocks.first("current_value", user),
                feedback,
                limit.find() ? Integer.parseInt(limit.group(1)) : Integer.MAX_VALUE);
        return "The feedback repeats itself for some categories; I added what it quotes most.\n<improved_value>\n"
                + value + "\n</improved_value>";
    }

    /** The labels of the schema that the answer must have: the first enumeration in it. */
    private static List<String> labels(JsonNode request) {
        JsonNode labels = request.path("response_format")
                .path("json_schema")
                .path("schema")
                .findValue("enum");
        List<String> found = new ArrayList<>();
        if (labels != null) {
            labels.forEach(label -> found.add(label.asString()));
        }
        return found;
    }

    private static String last(JsonNode request, String role) {
        String text = "";
        for (JsonNode message : request.path("messages")) {
            if (message.path("role").asString("").toLowerCase(Locale.ROOT).equals(role)) {
                text = text(message.path("content"));
            }
        }
        return text;
    }

    private static String text(JsonNode content) {
        if (content.isString()) {
            return content.asString();
        }
        StringBuilder parts = new StringBuilder();
        content.forEach(part -> parts.append(part.path("text").asString("")));
        return parts.toString();
    }
}
