package io.afnio4j.ops;

import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.Value;
import io.afnio4j.model.AnswerLimit;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.ResponseFormat;
import io.afnio4j.prompt.Fence;
import io.afnio4j.prompt.Wording;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the requests for feedback on one call of a model. */
final class FeedbackRequest {

    private static final ChatMessage SYSTEM = ChatMessage.system(Wording.FEEDBACK_SYSTEM.with());
    private static final ChatMessage FUSED_SYSTEM = ChatMessage.system(Wording.FUSED_SYSTEM.with());

    private final FunctionContext context;
    private final Conversation conversation;

    FeedbackRequest(FunctionContext context, Conversation conversation) {
        this.context = context;
        this.conversation = conversation;
    }

    /** What should change in one variable? */
    ChatRequest single(ChatCompletion.Question question, String feedback, CompletionOptions how) {
        Value variable = context.input(question.input());
        Value output = context.output(0);
        String user = Wording.FEEDBACK_REQUEST.with(
                "messages", Fence.of("messages", conversation.transcript(context, question.sample())),
                "output_role", output.role(),
                "output", Fence.of("output", output.text(question.sample())),
                "feedback", Fence.of("feedback", feedback),
                "variable_role", variable.role(),
                "variable", Fence.of("variable", variable.text(question.sample())));
        return new ChatRequest(List.of(SYSTEM, ChatMessage.user(user)), how);
    }

    /** What should change in each of several variables that one sample used? */
    ChatRequest fused(List<ChatCompletion.Question> questions, CompletionOptions how) {
        int sample = questions.get(0).sample();
        Value output = context.output(0);
        String variables = questions.stream()
                .map(question -> Wording.FUSED_VARIABLE.with(
                        "key", name(question),
                        "role", context.input(question.input()).role(),
                        "variable",
                                Fence.of(
                                        "variable",
                                        context.input(question.input()).text(sample))))
                .collect(Collectors.joining("\n\n"));
        String user = Wording.FUSED_REQUEST.with(
                "messages",
                Fence.of("messages", conversation.transcript(context, sample)),
                "output_role",
                output.role(),
                "output",
                Fence.of("output", output.text(sample)),
                "feedback",
                Fence.of("feedback", questions.get(0).feedback()),
                "variables",
                variables,
                "keys",
                questions.stream().map(question -> '"' + name(question) + '"').collect(Collectors.joining(", ")));
        return new ChatRequest(List.of(FUSED_SYSTEM, ChatMessage.user(user)), inOne(questions, how));
    }

    /** The name of a variable in a fused answer. */
    static String name(ChatCompletion.Question question) {
        return "variable_" + (question.input() + 1);
    }

    private static CompletionOptions inOne(List<ChatCompletion.Question> questions, CompletionOptions how) {
        Map<String, Object> properties = new LinkedHashMap<>();
        questions.forEach(question -> properties.put(name(question), Map.of("type", "string")));
        return AnswerLimit.inOne(how, questions.size())
                .responseFormat(ResponseFormat.jsonObject("feedback", properties));
    }

    /** What makes requests about one sample the same, without writing them. */
    CallKey key(List<ChatCompletion.Question> questions, BackwardClient client) {
        ChatCompletion.Question first = questions.get(0);
        boolean fused = questions.size() > 1;
        CallKey key = new CallKey(client, conversation.texts() + 3 + (fused ? 3 : 2) * questions.size());
        conversation.texts(context, first.sample(), key);
        Value output = context.output(0);
        key.add(output.role());
        key.add(output.text(first.sample()));
        key.add(first.feedback());
        for (ChatCompletion.Question question : questions) {
            Value variable = context.input(question.input());
            if (fused) {
                key.add(name(question)); // it stands in the request and in the answer
            }
            key.add(variable.role());
            key.add(variable.text(first.sample()));
        }
        return key;
    }
}
