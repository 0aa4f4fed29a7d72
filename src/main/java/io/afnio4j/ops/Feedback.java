package io.afnio4j.ops;

import io.afnio4j.autodiff.BackwardListener;
import io.afnio4j.autodiff.FeedbackRole;
import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.GradientBundle;
import io.afnio4j.autodiff.GradientReducer;
import io.afnio4j.autodiff.Parts;
import io.afnio4j.autodiff.SampleGradient;
import io.afnio4j.autodiff.SharedAnswers;
import io.afnio4j.autodiff.Value;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.Together;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CallListener;
import io.afnio4j.model.CallWatch;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.ContextWindow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The backward of a chat completion: asks what should change in its variables, and makes gradients of the answers. Each
 * question is asked once, whatever happens: a second try after a failed pass finds the answers of the first, and within
 * a pass questions that come to the same are one call.
 */
final class Feedback {

    private static final String WITHOUT_REDUCER =
            "Put a reducer into the context of the pass, such as Condenser.within(2_000)::in, so that long feedback is condensed,"
                    + " or use a backward model with a larger context window.";
    private static final String CREATING_GRAPH =
            "A pass that creates a graph condenses nothing: use a backward model with a larger context window.";
    private static final String WITH_REDUCER =
            "Condensing the feedback was not enough: use a backward model with a larger context window, or a smaller budget.";

    /** What is said where a question failed and the pass goes on without it. */
    static final String NOTHING = "";

    private final FunctionContext context;
    private final FeedbackRequest requests;
    private final BackwardClient client;
    private final ContextView subscription;
    private final Parts parts;
    private final boolean watched;

    Feedback(FunctionContext context, Conversation conversation, BackwardClient client, ContextView subscription) {
        this.context = context;
        this.requests = new FeedbackRequest(context, conversation);
        this.client = client;
        this.subscription = subscription;
        this.parts = Parts.of(context, subscription);
        this.watched = BackwardListener.of(subscription) != null;
    }

    /** Asks all questions, which stand sorted by input, and gives the gradients of the inputs. */
    Mono<List<@Nullable Variable>> gradients(List<ChatCompletion.Question> questions) {
        if (questions.size() == 1 && !context.output(0).isList()) { // nearly every node of an unbatched program
            return told(questions.get(0), null).map(text -> gradients(questions, List.of(text)));
        }
        boolean fused = client.fused() && questions.size() > 1;
        Mono<List<String>> answers =
                fused ? new FusedFeedback(this, requests, client).answers(questions) : single(questions);
        return parts.gradients(questions.size(), answers.map(texts -> gradients(questions, texts)));
    }

    /** One call per question; the answers in the order of the questions. */
    Mono<List<String>> single(List<ChatCompletion.Question> questions) {
        return single(questions, null);
    }

    /** The same after a call for several questions at once, whose cost may not have been told yet. */
    Mono<List<String>> single(List<ChatCompletion.Question> questions, @Nullable FeedbackWatch before) {
        List<Mono<String>> calls = new ArrayList<>(questions.size());
        for (ChatCompletion.Question question : questions) {
            calls.add(parts.ask(question.input(), question.sample(), told(question, before), NOTHING));
        }
        return Together.asTheRuleSays(calls);
    }

    /**
     * Asks questions about one sample in one call; the answer has {@link #NOTHING} by each key where it fails and the
     * pass goes on.
     */
    Mono<Map<String, String>> together(List<ChatCompletion.Question> questions, Mono<Map<String, String>> call) {
        List<Integer> inputs =
                questions.stream().map(ChatCompletion.Question::input).toList();
        return parts.ask(
                inputs,
                questions.get(0).sample(),
                call,
                () -> questions.stream().collect(Collectors.toMap(FeedbackRequest::name, question -> NOTHING)));
    }

    /** Asks a question, and tells those who watch. */
    private Mono<String> told(ChatCompletion.Question question, @Nullable FeedbackWatch before) {
        if (!watched) {
            return ask(question);
        }
        return Mono.defer(() -> {
            FeedbackWatch watch = watchOf(question);
            if (before != null) {
                watch.inherit(before);
            }
            return watch.around(ask(question), text -> gradient(question, text));
        });
    }

    /**
     * Who tells of a call for a question, or for several about a sample of which this is the first; null where nobody
     * watches.
     */
    @Nullable FeedbackWatch watch(ChatCompletion.Question question) {
        return watched ? watchOf(question) : null;
    }

    private FeedbackWatch watchOf(ChatCompletion.Question question) {
        return new FeedbackWatch(subscription, role(question), leaf(question), question.sample());
    }

    /** Tells what came. */
    void announce(ChatCompletion.Question question, String text, FeedbackWatch watch) {
        watch.announce(role(question), leaf(question), gradient(question, text));
    }

    private @Nullable Variable leaf(ChatCompletion.Question question) {
        return context.watchedLeaf(subscription, question.input());
    }

    String role(ChatCompletion.Question question) {
        return context.input(question.input()).role();
    }

    private Mono<String> ask(ChatCompletion.Question question) {
        Mono<String> call = ask(question, question.feedback());
        return client.model().contextWindow() == ContextWindow.UNKNOWN
                ? call
                : call.onErrorResume(TooLong.class, refused -> askWithLess(question, refused));
    }

    private Mono<String> ask(ChatCompletion.Question question, String feedback) {
        return once(
                question,
                List.of(question.with(feedback)),
                send(question, feedback).map(response -> response.text().strip()));
    }

    /** The whole answer to a question, for a pass that creates a graph and condenses nothing. */
    Mono<ChatResponse> answer(Object kept, ChatCompletion.Question question) {
        Object shared = new Whole(requests.key(List.of(question), client));
        return context.once(kept, SharedAnswers.once(subscription, shared, send(question, question.feedback())))
                .onErrorMap(
                        TooLong.class,
                        refused ->
                                refused.toException(context.input(question.input()), client.model(), CREATING_GRAPH));
    }

    /**
     * Asks questions about one sample, unless an answer is there, from an earlier pass over this node or from another
     * node of this pass.
     */
    <T> Mono<T> once(Object kept, List<ChatCompletion.Question> questions, Mono<T> call) {
        return context.once(kept, SharedAnswers.once(subscription, requests.key(questions, client), call));
    }

    /** Nothing of the request outlives the moment in which it is sent: there may be very many at once. */
    private Mono<ChatResponse> send(ChatCompletion.Question question, String feedback) {
        return Mono.deferContextual(caller -> {
            ChatRequest request = requests.single(question, feedback, client.options());
            long excess = ContextWindow.excess(client.model(), request);
            return excess > 0
                    ? Mono.error(new TooLong(excess))
                    : CallWatch.ask(caller, client.model(), request, role(question), question.sample());
        });
    }

    /** Feedback can be condensed; what was sent in forward, and what came, can't. */
    private Mono<String> askWithLess(ChatCompletion.Question question, TooLong refused) {
        GradientReducer reducer = GradientReducer.of(subscription);
        if (reducer == null) {
            return Mono.error(refused.toException(context.input(question.input()), client.model(), WITHOUT_REDUCER));
        }
        Variable feedback = new Variable(
                question.feedback(), FeedbackRole.of(context.output(0).role()));
        return reducer.reduced(List.of(feedback), context::once)
                .contextWrite(this::unwatched)
                .map(some -> some.stream().map(Variable::text).collect(Collectors.joining("\n\n")))
                .flatMap(less -> ask(question, less))
                .onErrorMap(
                        TooLong.class,
                        still -> still.toException(context.input(question.input()), client.model(), WITH_REDUCER));
    }

    /** A reducer tells of its calls by itself. */
    private Context unwatched(Context question) {
        CallListener outer = CallListener.of(subscription);
        return outer == null ? question.delete(CallListener.class) : question.put(CallListener.class, outer);
    }

    private List<@Nullable Variable> gradients(List<ChatCompletion.Question> questions, List<String> answers) {
        List<@Nullable Variable> gradients = new ArrayList<>(context.noGradients());
        for (int from = 0, to; from < questions.size(); from = to) { // questions about one input stand together
            int input = questions.get(from).input();
            to = from;
            while (to < questions.size() && questions.get(to).input() == input) {
                to++;
            }
            gradients.set(input, gradient(questions, answers, from, to));
        }
        return gradients;
    }

    /** Questions about one input, from one place in the list to another, make one gradient. */
    private @Nullable Variable gradient(
            List<ChatCompletion.Question> questions, List<String> answers, int from, int to) {
        int input = questions.get(from).input();
        Value value = context.input(input);
        if (value.isList()) {
            List<String> aligned = new ArrayList<>(Collections.nCopies(value.size(), ""));
            for (int i = from; i < to; i++) {
                aligned.set(questions.get(i).sample(), answers.get(i));
            }
            return aligned.stream().allMatch(String::isBlank)
                    ? null
                    : new Variable(aligned, FeedbackRole.of(value.role()));
        }
        List<Variable> perSample = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            if (!answers.get(i).isBlank()) {
                perSample.add(gradient(questions.get(i), answers.get(i)));
            }
        }
        return switch (perSample.size()) {
            case 0 -> null;
            case 1 -> perSample.get(0);
            default -> GradientBundle.of(perSample);
        };
    }

    private Variable gradient(ChatCompletion.Question question, String text) {
        String role = FeedbackRole.of(role(question));
        return context.output(0).isList()
                ? new SampleGradient(text, role, question.sample())
                : new Variable(text, role);
    }

    /** Tells whole answers from those of passes that create no graph, which are texts. */
    private record Whole(CallKey key) {}

    /**
     * A request that can't be answered within the model's context window. It never leaves this class, so it needs no
     * trace.
     */
    private static final class TooLong extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final long excess;

        private TooLong(long excess) {
            super(null, null, false, false);
            this.excess = excess;
        }

        private RejectedRequestException toException(Value variable, ChatModel model, String remedy) {
            return new RejectedRequestException("The request for feedback to the " + variable.role() + " is about "
                    + excess + " tokens too long for " + model.name() + ", which takes " + model.contextWindow()
                    + " with its answer. " + remedy);
        }
    }
}
