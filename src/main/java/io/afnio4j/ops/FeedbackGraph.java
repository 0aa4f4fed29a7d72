package io.afnio4j.ops;

import io.afnio4j.autodiff.FeedbackRole;
import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.GradMode;
import io.afnio4j.autodiff.GradientBundle;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parts;
import io.afnio4j.autodiff.PureFunction;
import io.afnio4j.autodiff.SampleGradient;
import io.afnio4j.autodiff.Value;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.Together;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CallListener;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.prompt.Fence;
import io.afnio4j.prompt.Wording;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * The backward of a chat completion in a pass that creates a graph: it asks as any other pass does, and each answer is
 * then taken as that of a {@link ChatCompletion} of its own, over the variable, the output and the feedback that came.
 * So each piece of feedback remembers what it was made from, also where several share a call. Nothing is fused: that
 * answer would come of another request than the one which the graph remembers, and a second pass would ask what should
 * change in messages that nobody has sent.
 */
final class FeedbackGraph {

    private static final String[] PLACES = {"messages", "output_role", "output", "feedback", "variable_role", "variable"
    };

    private static final Variable NOTHING = new Variable(Feedback.NOTHING);

    private final FunctionContext context;
    private final Conversation conversation;
    private final Variable feedback;
    private final BackwardClient client;
    private final ContextView subscription;

    FeedbackGraph(
            FunctionContext context,
            Conversation conversation,
            Variable feedback,
            BackwardClient client,
            ContextView subscription) {
        this.context = context;
        this.conversation = conversation;
        this.feedback = feedback;
        this.client = client;
        this.subscription = subscription;
    }

    /** Asks all questions, which stand sorted by input, and gives the gradients of the inputs. */
    Mono<List<@Nullable Variable>> gradients(List<ChatCompletion.Question> questions) {
        Feedback asked = new Feedback(context, conversation, client, subscription);
        Parts parts = Parts.of(context, subscription);
        List<Mono<Variable>> calls = new ArrayList<>(questions.size());
        for (ChatCompletion.Question question : questions) {
            Mono<Variable> call =
                    asked.answer(new Asked(question), question).flatMap(answer -> remembering(question, answer));
            calls.add(parts.ask(question.input(), question.sample(), told(asked, question, call), NOTHING));
        }
        return parts.gradients(
                questions.size(),
                Together.asTheRuleSays(calls).map(answers -> watched(() -> gradients(questions, answers))));
    }

    private static Mono<Variable> told(Feedback asked, ChatCompletion.Question question, Mono<Variable> call) {
        return Mono.defer(() -> {
            FeedbackWatch watch = asked.watch(question);
            return watch == null ? call : watch.around(call, answer -> answer);
        });
    }

    /**
     * The answer as that of a completion which would have sent the same request: questions that share an answer have a
     * place in the graph each.
     */
    private Mono<Variable> remembering(ChatCompletion.Question question, ChatResponse answer) {
        return watched(() -> completion(question, new Answered(client.model().name(), answer))
                        .run())
                .map(said -> {
                    said.data(said.text().strip());
                    return context.output(0).isList() ? SampleGradient.of(said, question.sample()) : said;
                })
                .contextWrite(inside -> inside.delete(CallListener.class)); // it has heard of the call
    }

    private ChatCompletion completion(ChatCompletion.Question question, ChatModel answered) {
        int sample = question.sample();
        Variable variable = context.inputVariable(question.input());
        Variable output = context.outputVariable(0);
        Inputs inputs = Inputs.of("messages", Fence.around("messages", conversation.transcript(context, sample)))
                .and("output_role", output.role())
                .and("output", new FencedSample("output", sample).apply(output))
                .and("feedback", new FencedSample("feedback", sample).apply(feedback))
                .and("variable_role", variable.role())
                .and("variable", new FencedSample("variable", sample).apply(variable));
        List<Message> messages = List.of(
                Message.system(new Variable(Wording.FEEDBACK_SYSTEM.with(), "what feedback is")),
                Message.user(new Variable(template(), "request for feedback")));
        return ChatCompletion.of(answered, messages, inputs)
                .with(client.options())
                .as(FeedbackRole.of(variable.role()));
    }

    /** The wording with each place filled by itself, so that a completion can fill it from variables. */
    private static String template() {
        List<String> places = new ArrayList<>();
        for (String place : PLACES) {
            Collections.addAll(places, place, "{" + place + "}");
        }
        return Wording.FEEDBACK_REQUEST.with(places.toArray());
    }

    private List<@Nullable Variable> gradients(List<ChatCompletion.Question> questions, List<Variable> answers) {
        List<@Nullable Variable> gradients = new ArrayList<>(context.noGradients());
        for (int input = 0; input < context.inputs(); input++) {
            List<Variable> said = new ArrayList<>();
            List<Integer> samples = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                if (questions.get(i).input() == input && !answers.get(i).text().isBlank()) {
                    said.add(answers.get(i));
                    samples.add(questions.get(i).sample());
                }
            }
            if (!said.isEmpty()) {
                Value value = context.input(input);
                gradients.set(
                        input,
                        value.isList()
                                ? new Aligned(samples, value.size(), FeedbackRole.of(value.role()))
                                        .applyAll(said)
                                        .get(0)
                                : GradientBundle.of(said));
            }
        }
        return gradients;
    }

    /** Answers come on any thread, and what that thread is in the middle of is not ours. */
    @SuppressWarnings("try") // the scope is closed, not read
    private static <T> T watched(Supplier<T> work) {
        try (GradMode.Scope on = GradMode.setGradEnabled(true)) {
            return work.get();
        }
    }

    /** Tells the kept answers of passes that create a graph, which are whole, from those of passes that don't. */
    private record Asked(ChatCompletion.Question question) {}

    /** A model that has answered. */
    private record Answered(String name, ChatResponse answer) implements ChatModel {

        @Override
        public Mono<ChatResponse> chat(ChatRequest request) {
            return Mono.just(answer);
        }
    }

    /** One sample of a variable, between tags. */
    private static final class FencedSample extends PureFunction {

        private final String tag;
        private final int sample;

        private FencedSample(String tag, int sample) {
            this.tag = tag;
            this.sample = sample;
        }

        @Override
        protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
            Value value = context.input(0);
            return List.of(new Variable(Fence.around(tag, value.text(sample)), value.role()));
        }

        @Override
        protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
            Value value = context.input(0);
            Variable said = gradients.get(0);
            if (said == null) {
                return Mono.just(context.noGradients());
            }
            List<String> aligned = new ArrayList<>(Collections.nCopies(value.isList() ? value.size() : 1, ""));
            aligned.set(value.isList() ? sample : 0, said.text());
            Variable gradient = new Variable(value.isList() ? aligned : aligned.get(0), FeedbackRole.of(value.role()));
            return Mono.just(Collections.singletonList(context.tie(0, gradient, gradients)));
        }
    }

    /** Scalars as a list over the batch, {@code ""} where there is none. */
    private static final class Aligned extends PureFunction {

        private final List<Integer> samples;
        private final int size;
        private final String role;

        private Aligned(List<Integer> samples, int size, String role) {
            this.samples = samples;
            this.size = size;
            this.role = role;
        }

        @Override
        protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
            List<String> texts = new ArrayList<>(Collections.nCopies(size, ""));
            for (int i = 0; i < samples.size(); i++) {
                texts.set(samples.get(i), context.input(i).text(0));
            }
            return List.of(new Variable(texts, role));
        }

        @Override
        protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
            Variable said = gradients.get(0);
            List<@Nullable Variable> parts = new ArrayList<>(context.noGradients());
            for (int i = 0; said != null && i < samples.size(); i++) {
                String text = said.value().text(samples.get(i));
                Variable part =
                        new Variable(text, FeedbackRole.of(context.input(i).role()));
                parts.set(i, text.isBlank() ? null : context.tie(i, part, gradients));
            }
            return Mono.just(parts);
        }
    }
}
