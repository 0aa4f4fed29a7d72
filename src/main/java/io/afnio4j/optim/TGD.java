package io.afnio4j.optim;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.Phase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/**
 * Textual gradient descent: a model reads a parameter's value and the feedback that it got, and writes a better value. All parameters are
 * rewritten at the same time. With momentum the model is shown the last values and their feedback as well, so that it does not turn in circles.
 *
 * <p>An answer that can't be used (without a value, against a constraint, with a place such as {@code {text}} lost) is sent back with the reason; when the
 * second one can't be used either, the step fails with an {@link io.afnio4j.error.UnexpectedAnswerException} and no parameter is changed.
 *
 * <pre>{@code
 * TGD optimizer = TGD.builder(model, agent.parameters()).momentum(3).constraint(Constraint.maxLength(2000)).build();
 * evaluation.explanation().backward().then(optimizer.step());
 * }</pre>
 *
 * <p>After Yuksekgonul et al., <a href="https://arxiv.org/abs/2406.07496">TextGrad: Automatic "Differentiation" via Text</a>, 2024.
 */
public final class TGD implements Optimizer {

    private final List<Variable> parameters;
    private final List<History> histories = new ArrayList<>();
    private final Rewriter rewriter;
    private final Map<ChatRequest, String> answered = new ConcurrentHashMap<>(); // of a step that is not through

    private TGD(Builder builder) {
        this.parameters = builder.parameters;
        this.rewriter = new Rewriter(
                builder.model, builder.options, List.copyOf(builder.constraints), builder.attempts, answered);
        parameters.forEach(parameter -> histories.add(new History(builder.momentum)));
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
        return Mono.defer(() -> {
                    List<Mono<Rewrite>> rewrites = new ArrayList<>();
                    for (int i = 0; i < parameters.size(); i++) {
                        Rewrite wanted = Rewrite.of(i, parameters.get(i), histories.get(i));
                        if (!wanted.feedback().isEmpty()) {
                            rewrites.add(rewriter.rewrite(wanted));
                        }
                    }
                    return rewrites.isEmpty()
                            ? Mono.just(List.<Update>of())
                            : Phase.OPTIMIZER.of(Mono.zipDelayError(rewrites, this::apply));
                })
                .onErrorMap(
                        Exceptions::isMultiple,
                        several -> Exceptions.unwrapMultiple(several).get(0));
    }

    private List<Update> apply(Object[] rewrites) {
        List<Update> updates = new ArrayList<>(rewrites.length);
        for (Object done : rewrites) {
            Rewrite rewrite = (Rewrite) done;
            histories.get(rewrite.index()).add(new History.Entry(rewrite.before(), rewrite.feedback()));
            rewrite.parameter().data(rewrite.after());
            updates.add(new Update(rewrite.parameter(), rewrite.before(), rewrite.after()));
        }
        answered.clear();
        return updates;
    }

    @Override
    public Map<String, Object> state() {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("kind", "TGD");
        state.put("histories", histories.stream().map(History::state).toList());
        return state;
    }

    @Override
    public void restore(Map<String, Object> state) {
        Object saved = state.get("histories");
        if (!"TGD".equals(state.get("kind")) || !(saved instanceof List<?> list) || list.size() != histories.size()) {
            throw new IllegalArgumentException(
                    "This is not the state of a TGD over " + histories.size() + " parameters.");
        }
        for (int i = 0; i < list.size(); i++) {
            histories.get(i).restore((List<?>) list.get(i));
        }
    }

    /** Collects the options of a {@link TGD}. */
    public static final class Builder {

        private final ChatModel model;
        private final List<Variable> parameters;
        private final List<Constraint> constraints = new ArrayList<>();
        private CompletionOptions options = CompletionOptions.NONE;
        private int momentum;
        private int attempts = 2;

        private Builder(ChatModel model, List<? extends Variable> parameters) {
            this.model = Objects.requireNonNull(model);
            this.parameters = List.copyOf(parameters);
            if (parameters.isEmpty()) {
                throw new IllegalArgumentException("TGD needs at least one parameter.");
            }
            for (Variable parameter : parameters) {
                if (!(parameter.data() instanceof String)) {
                    throw new IllegalArgumentException(
                            "TGD rewrites texts, but the " + parameter.role() + " is " + parameter + ".");
                }
            }
        }

        /**
         * How many steps the model is shown, the present one included. Default: 0, which is the same as 1.
         *
         * @param steps at least 0
         * @return this
         */
        @CanIgnoreReturnValue
        public Builder momentum(int steps) {
            if (steps < 0) {
                throw new IllegalArgumentException("momentum must be at least 0, not " + steps + ".");
            }
            this.momentum = steps;
            return this;
        }

        @CanIgnoreReturnValue
        public Builder constraint(Constraint constraint) {
            this.constraints.add(constraint);
            return this;
        }

        /**
         * How the model is to answer. Default: the model's own.
         *
         * @param completion temperature and limits
         * @return this
         */
        @CanIgnoreReturnValue
        public Builder options(CompletionOptions completion) {
            this.options = completion;
            return this;
        }

        /**
         * How many answers are asked for until one can be used. Default: 2.
         *
         * @param answers at least 1
         * @return this
         */
        @CanIgnoreReturnValue
        public Builder attempts(int answers) {
            if (answers < 1) {
                throw new IllegalArgumentException("attempts must be at least 1, not " + answers + ".");
            }
            this.attempts = answers;
            return this;
        }

        public TGD build() {
            return new TGD(this);
        }
    }
}
