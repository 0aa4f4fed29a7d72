package io.afnio4j.ops;

import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.ReactiveFunction;
import io.afnio4j.autodiff.Value;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.context.Forgetting;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CallWatch;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.PaidCalls;
import io.afnio4j.model.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Asks a model and, backwards, asks the backward model what should change in each variable of the question.
 *
 * <p><b>Forward.</b> The places {@code {name}} of the messages are filled from the inputs and the model is asked. Where
 * a message part or an input is a list, the messages are rendered and sent once per element, all at once, and the
 * output is the list of answers in that order. Where a call fails, at the limit of a budget for example, those that
 * wait aren't sent any more, those on their way finish, and then the first failure in the order of the samples is told,
 * with others as suppressed. So the failure is told later, by one call's time at most as a rule; but providers charge
 * for most of what is on its way whether or not somebody waits, and this way a cache or a journal has the answers, and
 * what they used is counted and not assumed. Who doesn't want to wait cancels: that cancels all calls at once.
 *
 * <p><b>Backward.</b> Per sample that has feedback, and per variable that needs a gradient, one call of the
 * {@link BackwardClient}; none for samples whose feedback is blank. A client that is
 * {@linkplain BackwardClient#fusing() fusing} is asked once per sample, and then for each variable that the answer
 * leaves out. Calls that come to the same within a pass are made once, and feedback that is too long for the client's
 * context window is handed to the pass's {@link io.afnio4j.autodiff.GradientReducer} or, where there is none, refused
 * before the call. Where somebody watches, answers are streamed. A pass that
 * {@linkplain io.afnio4j.autodiff.BackwardOptions#createGraph creates a graph} fuses nothing, whatever the client is. A
 * scalar variable receives one gradient per sample that had feedback, in sample order; a list receives one list aligned
 * with the samples, {@code ""} where there was nothing to say.
 *
 * <pre>{@code
 * Parameter prompt = new Parameter("Classify the mood of: {text}", "prompt for the mood");
 * Mono<Variable> moods = ChatCompletion.of(model, List.of(Message.user(prompt)), Inputs.of("text", texts)).run();
 * }</pre>
 */
public final class ChatCompletion extends ReactiveFunction {

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
     * @return the answer, or the list of answers; fails with an {@link IllegalArgumentException} before any call where
     *     lists differ in length or an input has no place, and with an {@link io.afnio4j.error.AfnioException} where a
     *     call fails, once those on their way have ended
     */
    public Mono<Variable> run() {
        return applyAll(conversation.variables()).map(outputs -> outputs.get(0));
    }

    @Override
    protected int modelCalls() {
        return 1;
    }

    @Override
    protected int expectedCalls(FunctionContext context, ContextView subscription) {
        BackwardClient client = subscription.getOrDefault(BackwardClient.class, BackwardClient.getDefault());
        boolean fused = client != null && client.fused() && !context.createsGraph();
        int calls = 0;
        for (int sample = 0; sample < context.output(0).size(); sample++) {
            int variables = 0;
            for (int input = 0; input < context.inputs(); input++) {
                variables += context.needsInputGrad(input) && conversation.serves(input, sample) ? 1 : 0;
            }
            calls += fused ? Math.min(1, variables) : variables;
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
        return PaidCalls.together(calls, Integer.MAX_VALUE).map(texts -> List.of(new Variable(texts, outputRole)));
    }

    private Mono<String> ask(FunctionContext context, int sample) {
        Mono<String> said = Mono.deferContextual(caller -> CallWatch.ask(
                        caller,
                        model,
                        new ChatRequest(conversation.render(context, sample), options),
                        outputRole,
                        sample))
                .map(this::said);
        return options.get("tools") == null ? said : Forgetting.where(UnexpectedAnswerException::wasOfNoUse, said);
    }

    private String said(ChatResponse answer) {
        if (answer.text().isBlank() && !answer.toolCalls().isEmpty()) {
            throw new UnexpectedAnswerException(model.name() + " said nothing but called "
                    + answer.toolCalls().stream().map(ToolCall::name).toList()
                    + ", and a chat completion runs no tools. Leave them out of its options, or ask with ChatModel.chat"
                    + " and run them yourself.");
        }
        return answer.text();
    }

    @Override
    protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
        Variable feedback = gradients.get(0);
        List<Question> questions = feedback == null ? List.of() : questions(context, feedback.value());
        if (questions.isEmpty()) {
            return Mono.just(context.noGradients());
        }
        return Mono.deferContextual(subscription -> {
            BackwardClient client = BackwardClient.of(subscription);
            return context.createsGraph()
                    ? new FeedbackGraph(context, conversation, feedback, client, subscription).gradients(questions)
                    : new Feedback(context, conversation, client, subscription).gradients(questions);
        });
    }

    private List<Question> questions(FunctionContext context, Value feedback) {
        List<Question> questions = new ArrayList<>(context.inputs()); // enough for one sample
        for (int input = 0; input < context.inputs(); input++) {
            for (int sample = 0; context.needsInputGrad(input) && sample < feedback.size(); sample++) {
                if (!feedback.text(sample).isBlank() && conversation.serves(input, sample)) {
                    questions.add(new Question(input, sample, feedback.text(sample)));
                }
            }
        }
        return questions;
    }

    /** One piece of feedback to ask for. What it depends on beside these three is fixed by the forward. */
    record Question(int input, int sample, String feedback) {

        Question with(String otherFeedback) {
            return otherFeedback.equals(feedback) ? this : new Question(input, sample, otherFeedback);
        }
    }
}
