package io.afnio4j.ops;

import io.afnio4j.autodiff.BackwardListener;
import io.afnio4j.autodiff.CondensedGradient;
import io.afnio4j.autodiff.FeedbackRole;
import io.afnio4j.autodiff.GradientReducer;
import io.afnio4j.autodiff.SharedAnswers;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.context.Forgetting;
import io.afnio4j.context.Phase;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.Together;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CallWatch;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ContextWindow;
import io.afnio4j.prompt.Wording;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Lets a model say much feedback in fewer words, so that however many samples and consumers a variable has, its
 * feedback stays within a budget of tokens. Feedback within the budget is left as it is and costs no call.
 *
 * <p>Beyond it, neighbours are condensed together in groups, all groups at the same time; what comes of them is
 * condensed again until it fits. Groups are made by order and length alone, so the same feedback always gives the same
 * requests, and within a pass the same request is one call. Each condensed gradient
 * {@linkplain CondensedGradient#sources() remembers} what it was made of.
 *
 * <pre>{@code
 * Condenser condenser = Condenser.within(2_000);
 * output.backward().contextWrite(condenser::in); // where several consumers of one variable have something to say
 * TGD.builder(model, parameters).reducer(condenser).build(); // where a prompt got feedback from many samples
 * }</pre>
 *
 * <p>Calls count for the phase that they serve: the optimizer's step, or else the backward pass, whose watchers are
 * told of each condensed piece as of other feedback, with what it cost. The budget's tokens are
 * {@linkplain io.afnio4j.model.TokenEstimator#rough() estimated}, rather too many than too few; whether a request fits
 * its model is measured by the {@linkplain ChatModel#tokenEstimator() model's estimator}.
 */
public final class Condenser implements GradientReducer {

    private static final int LEAST = 100;

    /**
     * How many budgets of feedback are condensed together: more would hide single points from the model, fewer would
     * take more rounds.
     */
    private static final int GROUP = 4;

    /** Of what may come back, so much is asked for: models don't count well. */
    private static final double WORDS_PER_TOKEN = 0.4;

    /** A round that leaves more than this of the text will not end. */
    private static final double PROGRESS = 0.9;

    private final int budget;
    private final @Nullable BackwardClient client;

    private Condenser(int budget, @Nullable BackwardClient client) {
        this.budget = budget;
        this.client = client;
    }

    /**
     * Makes a condenser that asks the {@link BackwardClient} of the subscription.
     *
     * @param tokens how long the feedback on one variable may be, at least 100
     * @return the condenser
     */
    public static Condenser within(int tokens) {
        if (tokens < LEAST) {
            throw new IllegalArgumentException(
                    "A budget of " + tokens + " tokens leaves nothing to say; give at least " + LEAST + ".");
        }
        return new Condenser(tokens, null);
    }

    /**
     * Asks a model of its own.
     *
     * @param who the model and how it is to answer
     * @return a copy that asks it
     */
    public Condenser by(BackwardClient who) {
        return new Condenser(budget, who);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Fails with an {@link UnexpectedAnswerException} where the model's answers don't get shorter, and with a
     * {@link RejectedRequestException} where the budget leaves no room in the model's context window.
     */
    @Override
    public Mono<List<Variable>> reduce(List<Variable> gradients, Answers answers) {
        List<Excerpt> excerpts = Excerpt.of(gradients);
        if (Excerpt.tokens(excerpts) <= budget) {
            return Mono.just(gradients);
        }
        String role = gradients.get(0).role();
        return Mono.deferContextual(subscription -> {
                    BackwardClient asked =
                            BackwardClient.of(client == null ? subscription : client.in(Context.of(subscription)));
                    return round(excerpts, new Asked(asked, gradients, answers));
                })
                .map(condensed -> condensed.stream()
                        .map(excerpt -> excerpt.gradient(role, gradients))
                        .toList())
                .contextWrite(context ->
                        Phase.of(context) == Phase.OPTIMIZER ? context : context.put(Phase.class, Phase.BACKWARD));
    }

    /** Condenses each group of neighbours once, and goes on until all of it is within the budget. */
    private Mono<List<Excerpt>> round(List<Excerpt> excerpts, Asked asked) {
        long before = Excerpt.tokens(excerpts);
        List<List<Excerpt>> groups = Excerpt.groups(excerpts, asked.longestGroup(budget));
        List<Mono<String>> calls = new ArrayList<>(groups.size());
        for (List<Excerpt> group : groups) {
            long share = Math.max(budget / groups.size(), Excerpt.tokens(group) / GROUP);
            calls.add(
                    group.size() == 1 && Excerpt.tokens(group) <= share
                            ? Mono.just(group.get(0).text())
                            : asked.condense(group, Math.min(budget, share)));
        }
        Mono<List<Excerpt>> round = Together.allThenFailures(calls).map(texts -> {
            List<Excerpt> condensed = new ArrayList<>(groups.size());
            for (int i = 0; i < texts.size(); i++) {
                condensed.add(Excerpt.condensed(texts.get(i), groups.get(i)));
            }
            long after = Excerpt.tokens(condensed);
            if (after > budget && after > PROGRESS * before) {
                throw new NoProgressException("The " + asked.role + " could not be condensed: "
                        + asked.client.model().name()
                        + " made about " + after + " tokens of " + before + ", and " + budget
                        + " are wanted. A larger budget or a model that follows instructions better may help.");
            }
            return condensed;
        });
        return Forgetting.where(NoProgressException.class::isInstance, round)
                .flatMap(condensed ->
                        Excerpt.tokens(condensed) <= budget ? Mono.just(condensed) : round(condensed, asked));
    }

    /** The answers of a whole round are of no use; where it is a single one, the others are kept. */
    private static final class NoProgressException extends UnexpectedAnswerException {

        private static final long serialVersionUID = 1L;

        private NoProgressException(String message) {
            super(message);
        }
    }

    /** Who is asked to condense what. */
    private static final class Asked {

        private static final ChatMessage SYSTEM = ChatMessage.system(Wording.CONDENSE_SYSTEM.with());

        private final BackwardClient client;
        private final String role;
        private final List<Variable> gradients;
        private final Answers answers;

        private Asked(BackwardClient client, List<Variable> gradients, Answers answers) {
            this.client = client;
            this.role = gradients.get(0).role();
            this.gradients = gradients;
            this.answers = answers;
        }

        /** How long a group may be: several budgets, but never more than the model can read beside what it writes. */
        private long longestGroup(int budget) {
            long room = ContextWindow.room(client.model(), request(List.of(), budget));
            if (room < budget) {
                throw new RejectedRequestException(
                        "A budget of " + budget + " tokens for the " + role
                                + " is too much for " + client.model().name() + ", which takes "
                                + client.model().contextWindow()
                                + " tokens with its answer. Give the Condenser a smaller budget, or a model with a larger context window.");
            }
            return Math.min((long) GROUP * budget, room);
        }

        private Mono<String> condense(List<Excerpt> group, long tokens) {
            ChatRequest request = request(group, tokens);
            Mono<String> call = Mono.deferContextual(caller -> {
                        long excess = ContextWindow.excess(client.model(), request);
                        return excess > 0
                                ? Mono.error(tooLong(excess))
                                : CallWatch.ask(caller, client.model(), request, role, 0);
                    })
                    .map(answer -> worded(answer.text().strip()));
            Mono<String> condensed = Mono.deferContextual(caller -> told(
                    caller,
                    group,
                    answers.once(request, SharedAnswers.once(caller, new Question(client, request), call))));
            return Forgetting.where(UnexpectedAnswerException::wasOfNoUse, condensed);
        }

        /** Groups are made by the rough estimate, which a model's own may find too low. */
        private RejectedRequestException tooLong(long excess) {
            return new RejectedRequestException(
                    "A part of the " + role + " is about " + excess + " tokens too long for "
                            + client.model().name()
                            + ", which takes "
                            + client.model().contextWindow()
                            + " with its answer. Give the Condenser a smaller budget, or a model with a larger context window.");
        }

        private String worded(String text) {
            if (text.isEmpty()) {
                throw new UnexpectedAnswerException("The " + role + " could not be condensed: "
                        + client.model().name() + " answered without a word.");
            }
            return text;
        }

        /** Tells those who watch the pass; an optimizer's step tells of its calls by itself. */
        private Mono<String> told(ContextView caller, List<Excerpt> group, Mono<String> asked) {
            if (BackwardListener.of(caller) == null) {
                return asked;
            }
            return new FeedbackWatch(caller, FeedbackRole.variable(role), null, 0)
                    .around(asked, text -> condensed(text, group));
        }

        private Variable condensed(String text, List<Excerpt> group) {
            return Excerpt.condensed(text, group).gradient(role, gradients);
        }

        private ChatRequest request(List<Excerpt> group, long tokens) {
            String user = Wording.CONDENSE_REQUEST.with(
                    "role", role,
                    "items", Excerpt.items(group).stripTrailing(),
                    "words", String.valueOf((long) (tokens * WORDS_PER_TOKEN)));
            return new ChatRequest(List.of(SYSTEM, ChatMessage.user(user)), client.options());
        }
    }

    /** What a pass asks once, whichever samples and variables have the same feedback. */
    private record Question(BackwardClient client, ChatRequest request) {}
}
