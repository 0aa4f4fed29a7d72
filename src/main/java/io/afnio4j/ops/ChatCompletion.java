package io.afnio4j.ops;

import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.GradientBundle;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.ReactiveFunction;
import io.afnio4j.autodiff.Value;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.Phase;
import io.afnio4j.prompt.Fence;
import io.afnio4j.prompt.Wording;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Asks a model and, backwards, asks the backward model what should change in each variable of the question.
 *
 * <p><b>Forward.</b> The places {@code {name}} of the messages are filled from the inputs and the model is asked. Where a message part or an
 * input is a list, the messages are rendered and sent once per element, all at once, and the output is the list of answers in that order.
 *
 * <p><b>Backward.</b> Per sample that has feedback, and per variable that needs a gradient, one call of the {@link BackwardClient}; none for
 * samples whose feedback is blank. A scalar variable receives one gradient per sample that had feedback, in sample order; a list receives one list aligned
 * with the samples, {@code ""} where there was nothing to say.
 *
 * <pre>{@code
 * Parameter prompt = new Parameter("Classify the mood of: {text}", "prompt for the mood");
 * Mono<Variable> moods = ChatCompletion.of(model, List.of(Message.user(prompt)), Inputs.of("text", texts)).run();
 * }</pre>
 */
public final class ChatCompletion extends ReactiveFunction {

    private static final ChatMessage FEEDBACK_SYSTEM = ChatMessage.system(Wording.FEEDBACK_SYSTEM.with());

    private final ChatModel model;
    private final Conversation conversation;
    private final CompletionOptions options;
    private final String outputRole;

    private ChatCompletion(ChatModel model, Conversation conversation, CompletionOptions options, String outputRole) {
        this.model = model;
        this.conversation = conversation;
        this.options = options;
        this.outputRole = outputRole;
    }

    /**
     * Prepares a completion with the model's own defaults.
     *
     * @param model who is asked
     * @param messages what is asked, at least one message
     * @param inputs what fills the places
     * @return the completion, which asks nothing before {@link #run()} is subscribed
     */
    public static ChatCompletion of(ChatModel model, List<Message> messages, Inputs inputs) {
        return new ChatCompletion(
                model, new Conversation(messages, inputs), CompletionOptions.NONE, "answer of a model");
    }

    /**
     * Sets how the model is to answer.
     *
     * @param completion temperature, format, limits
     * @return a copy with these options
     */
    public ChatCompletion with(CompletionOptions completion) {
        return new ChatCompletion(model, conversation, completion, outputRole);
    }

    /**
     * Says what the answer is, for those who give feedback on it.
     *
     * @param role the role of the output, for example {@code "category of the definition"}
     * @return a copy with this role
     */
    public ChatCompletion as(String role) {
        return new ChatCompletion(model, conversation, options, role);
    }

    /**
     * Asks the model.
     *
     * @return the answer, or the list of answers; fails with an {@link IllegalArgumentException} before any call where lists differ in length or an input has
     *     no place, and with an {@link io.afnio4j.error.AfnioException} where a call fails
     */
    public Mono<Variable> run() {
        return applyAll(conversation.variables()).map(outputs -> outputs.get(0));
    }

    @Override
    protected int modelCalls() {
        return 1;
    }

    @Override
    protected int expectedCalls(FunctionContext context) {
        int calls = 0;
        for (int input = 0; input < context.inputs(); input++) {
            for (int sample = 0;
                    context.needsInputGrad(input) && sample < context.output(0).size();
                    sample++) {
                calls += conversation.serves(input, sample) ? 1 : 0;
            }
        }
        return calls;
    }

    @Override
    protected Mono<List<Variable>> forward(FunctionContext context, List<Variable> inputs) {
        int samples = conversation.samples(context);
        conversation.checkPlaces(context);
        if (samples == Conversation.SCALAR) {
            return ask(context, 0).map(text -> List.of(new Variable(text, outputRole)));
        }
        List<Mono<String>> calls =
                IntStream.range(0, samples).mapToObj(i -> ask(context, i)).toList();
        return Calls.orFirstFailure(calls).map(texts -> List.of(new Variable(texts, outputRole)));
    }

    private Mono<String> ask(FunctionContext context, int sample) {
        return Mono.defer(() -> model.chat(new ChatRequest(conversation.render(context, sample), options)))
                .map(ChatResponse::text);
    }

    @Override
    protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
        Variable feedback = gradients.get(0);
        List<Question> questions = feedback == null ? List.of() : questions(context, feedback.value());
        if (questions.isEmpty()) {
            return Mono.just(context.noGradients());
        }
        return Phase.BACKWARD.of(Mono.deferContextual(subscription -> {
            BackwardClient client = BackwardClient.of(subscription);
            if (context.createsGraph()) {
                return new FeedbackGraph(context, feedback, client, subscription)
                        .gradients(questions, question -> conversation.transcript(context, question.sample));
            }
            List<Mono<String>> calls = new ArrayList<>(questions.size());
            for (Question question : questions) {
                calls.add(ask(context, question, client, subscription));
            }
            return Calls.allThenFailures(calls).map(answers -> gradients(context, questions, answers));
        }));
    }

    private List<Question> questions(FunctionContext context, Value feedback) {
        List<Question> questions = new ArrayList<>();
        for (int input = 0; input < context.inputs(); input++) {
            for (int sample = 0; context.needsInputGrad(input) && sample < feedback.size(); sample++) {
                if (!feedback.text(sample).isBlank() && conversation.serves(input, sample)) {
                    questions.add(new Question(input, sample, feedback.text(sample)));
                }
            }
        }
        return questions;
    }

    private Mono<String> ask(
            FunctionContext context, Question question, BackwardClient client, ContextView subscription) {
        Mono<String> call = context.once(
                question,
                Mono.defer(() -> client.model().chat(request(context, question, client.options())))
                        .map(answer -> answer.text().strip()));
        return FunctionContext.isWatched(subscription)
                ? call.doOnNext(text -> context.announce(
                        subscription, question.input, question.sample, gradient(context, question.input, text)))
                : call;
    }

    private ChatRequest request(FunctionContext context, Question question, CompletionOptions how) {
        Value variable = context.input(question.input);
        Value output = context.output(0);
        String user = Wording.FEEDBACK_REQUEST.with(
                "messages", Fence.around("messages", conversation.transcript(context, question.sample)),
                "output_role", output.role(),
                "output", Fence.around("output", output.text(question.sample)),
                "feedback", Fence.around("feedback", question.feedback),
                "variable_role", variable.role(),
                "variable", Fence.around("variable", variable.text(question.sample)));
        return new ChatRequest(List.of(FEEDBACK_SYSTEM, ChatMessage.user(user)), how);
    }

    private static List<@Nullable Variable> gradients(
            FunctionContext context, List<Question> questions, List<String> answers) {
        List<@Nullable Variable> gradients = new ArrayList<>(context.noGradients());
        for (int from = 0, to; from < questions.size(); from = to) { // questions about one input stand together
            int input = questions.get(from).input;
            to = from;
            while (to < questions.size() && questions.get(to).input == input) {
                to++;
            }
            gradients.set(input, gradient(context, input, questions.subList(from, to), answers.subList(from, to)));
        }
        return gradients;
    }

    private static @Nullable Variable gradient(
            FunctionContext context, int input, List<Question> questions, List<String> answers) {
        Value value = context.input(input);
        if (value.isList()) {
            List<String> aligned = new ArrayList<>(Collections.nCopies(value.size(), ""));
            for (int i = 0; i < answers.size(); i++) {
                aligned.set(questions.get(i).sample, answers.get(i));
            }
            return new Variable(aligned, "feedback to " + value.role());
        }
        List<Variable> perSample = new ArrayList<>(answers.size());
        for (String text : answers) {
            if (!text.isBlank()) {
                perSample.add(gradient(context, input, text));
            }
        }
        return switch (perSample.size()) {
            case 0 -> null;
            case 1 -> perSample.get(0);
            default -> GradientBundle.of(perSample);
        };
    }

    private static Variable gradient(FunctionContext context, int input, String text) {
        return new Variable(text, "feedback to " + context.input(input).role());
    }

    /** One piece of feedback to ask for. What it depends on beside these three is fixed by the forward. */
    record Question(int input, int sample, String feedback) {}
}
