package io.afnio4j.optim;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.context.Phase;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.PaidCalls;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/**
 * Textual gradient descent: a model reads a parameter's value and the feedback that it got, and writes a better value.
 * All parameters are rewritten at the same time. With momentum the model is shown the last values and their feedback as
 * well, so that it does not turn in circles.
 *
 * <p>An answer that can't be used (without a value, against a constraint, with a place such as {@code {text}} lost) is
 * sent back with the reason; when the second one can't be used either, the step fails with an
 * {@link io.afnio4j.error.UnexpectedAnswerException} and no parameter is changed. A step that fails sends nothing more;
 * what is on its way ends, and its answers are kept for the next try.
 *
 * <pre>{@code
 * TGD optimizer = TGD.builder(model, agent.parameters())
 *         .momentum(3)
 *         .constraint(Constraint.maxLength(2000))
 *         .group(examples, options -> options.momentum(0))
 *         .build();
 * evaluation.explanation().backward().then(optimizer.step());
 * }</pre>
 *
 * <p>After Yuksekgonul et al., <a href="https://arxiv.org/abs/2406.07496">TextGrad: Automatic "Differentiation" via
 * Text</a>, 2024.
 */
public final class TGD implements Optimizer {

    private final AtomicBoolean stepping = new AtomicBoolean();
    private final List<ParameterGroup> groups;
    private final List<Variable> parameters;
    private final StepAnswers answers = new StepAnswers();

    private TGD(Builder builder) {
        this.groups = builder.resolved();
        this.parameters =
                groups.stream().flatMap(group -> group.parameters().stream()).toList();
    }

    /**
     * Starts to build an optimizer.
     *
     * @param model who rewrites
     * @param parameters what to rewrite: scalar texts, at least one
     * @return the builder
     */
    public static Builder builder(ChatModel model, List<? extends Variable> parameters) {
        return new Builder(model, parameters);
    }

    @Override
    public List<Variable> parameters() {
        return parameters;
    }

    @Override
    public Mono<List<Update>> step() {
        return Mono.using(this::begun, begun -> rewritten(), begun -> stepping.set(false));
    }

    /**
     * Two steps at once would rewrite the same values, and the later one would write over what the other has learnt.
     */
    private TGD begun() {
        if (!stepping.compareAndSet(false, true)) {
            throw new IllegalStateException("A step of this optimizer is under way. Take steps one after the other:"
                    + " batches.concatMap(...), for example, and not flatMap.");
        }
        return this;
    }

    private Mono<List<Update>> rewritten() {
        return Mono.defer(() -> {
            List<Mono<Step>> steps = groups.stream()
                    .flatMap(group -> group.steps(answers).stream())
                    .toList();
            return steps.isEmpty()
                    ? Mono.just(List.<Update>of())
                    : Phase.OPTIMIZER.of(PaidCalls.together(steps, steps.size()).map(this::apply));
        });
    }

    private List<Update> apply(List<Step> steps) {
        List<Update> updates = steps.stream().map(Step::apply).toList();
        answers.clear();
        return updates;
    }

    @Override
    public Map<String, ChatModel> clients() {
        Map<String, ChatModel> clients = new LinkedHashMap<>();
        groups.forEach(group -> clients.put(group.clientName(), group.settings().model()));
        return clients;
    }

    @Override
    public Map<String, Object> stateDict() {
        return TGDState.save(groups);
    }

    @Override
    public void loadStateDict(Map<?, ?> state, Map<String, ? extends ChatModel> clients) {
        TGDState.load(state, groups, clients);
    }

    /** The rewriting of one parameter, ready to be applied. */
    record Step(Rewrite rewrite, History history) {

        private Update apply() {
            history.add(new History.Entry(rewrite.before(), rewrite.feedback()));
            rewrite.parameter().data(rewrite.after());
            return new Update(rewrite.parameter(), rewrite.before(), rewrite.after());
        }
    }

    /**
     * The options of one group of parameters. What isn't set is as for the whole optimizer; constraints are added to
     * those.
     */
    public static final class Group extends RewriteOptions<Group> {

        private Group(Settings settings) {
            super(settings);
        }

        @Override
        Group self() {
            return this;
        }
    }

    /** Collects the options of a {@link TGD}; each method returns the builder. */
    public static final class Builder extends RewriteOptions<Builder> {

        private final Map<List<Variable>, Consumer<Group>> groups = new LinkedHashMap<>();

        private Builder(ChatModel model, List<? extends Variable> parameters) {
            super(new Settings(
                    Objects.requireNonNull(model),
                    CompletionOptions.NONE,
                    List.of(),
                    Instructions.standard(),
                    0,
                    2,
                    null));
            group(parameters, options -> {});
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Adds parameters with options of their own.
         *
         * @param parameters what to rewrite: scalar texts, at least one, in no other group
         * @param options sets what differs from the options of the whole optimizer
         */
        @CanIgnoreReturnValue
        public Builder group(List<? extends Variable> parameters, Consumer<Group> options) {
            if (parameters.isEmpty()) {
                throw new IllegalArgumentException(
                        "TGD needs at least one parameter. Those of a module are the ones that were registered in it.");
            }
            for (Variable parameter : parameters) {
                if (!(parameter.data() instanceof String)) {
                    throw new IllegalArgumentException(
                            "TGD rewrites texts, but the " + parameter.role() + " is " + parameter + ".");
                }
                if (Collections.frequency(parameters, parameter) > 1
                        || groups.keySet().stream().anyMatch(group -> group.contains(parameter))) {
                    throw new IllegalArgumentException("The " + parameter.role()
                            + " is given twice. A parameter is in one group, and there once.");
                }
            }
            groups.put(List.copyOf(parameters), options);
            return this;
        }

        private List<ParameterGroup> resolved() {
            List<ParameterGroup> resolved = new ArrayList<>();
            groups.forEach((parameters, options) -> {
                Group own = new Group(settings());
                options.accept(own);
                boolean ownClient = own.settings().model() != settings().model();
                String client = ownClient ? "client." + resolved.size() : "client";
                resolved.add(new ParameterGroup(parameters, own.settings(), client));
            });
            return List.copyOf(resolved);
        }

        public TGD build() {
            return new TGD(this);
        }
    }
}
