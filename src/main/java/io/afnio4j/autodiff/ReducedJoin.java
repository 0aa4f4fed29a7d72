package io.afnio4j.autodiff;

import io.afnio4j.error.Together;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Joins the gradients that the consumers of one variable sent as {@link Gradients#join} does, but lets a reducer have
 * the texts first.
 */
final class ReducedJoin {

    private final GradientReducer reducer;
    private final GradientReducer.Answers answers;

    ReducedJoin(GradientReducer reducer, GradientReducer.Answers answers) {
        this.reducer = reducer;
        this.answers = answers;
    }

    /** One gradient per output, null where none came. */
    Mono<List<@Nullable Variable>> of(List<List<Variable>> byOutput) {
        return Together.allThenFailures(byOutput.stream().map(this::reduced).toList())
                .map(reduced -> {
                    List<@Nullable Variable> joined = new ArrayList<>(reduced.size());
                    for (int output = 0; output < reduced.size(); output++) {
                        joined.add(join(reduced.get(output), byOutput.get(output)));
                    }
                    return joined;
                });
    }

    private static @Nullable Variable join(List<Variable> reduced, List<Variable> gradients) {
        Variable joined = Gradients.join(reduced);
        boolean tied = reduced != gradients && gradients.stream().anyMatch(Variable::requiresGrad);
        return joined != null && tied ? Relay.tie(joined, gradients) : joined;
    }

    private Mono<List<Variable>> reduced(List<Variable> gradients) {
        if (gradients.size() <= 1 || !areTextsOfOneShape(gradients)) {
            return Mono.just(gradients);
        }
        List<Variable> originals = RelayedGradient.originalsOf(gradients);
        Mono<List<Variable>> reduced = originals.get(0).value().isList() ? positions(originals) : texts(originals);
        return reduced.map(some -> {
            if (some.equals(originals)) {
                return gradients;
            }
            String variable = FeedbackRole.variable(gradients.get(0).role());
            boolean allRelayed = originals != gradients;
            return allRelayed
                    ? some.stream()
                            .map(gradient -> RelayedGradient.of(gradient, variable))
                            .toList()
                    : some;
        });
    }

    /** They differ where the data of a variable were replaced between its uses. */
    private static boolean areTextsOfOneShape(List<Variable> gradients) {
        int form = Gradients.form(gradients.get(0).value());
        return gradients.stream()
                .map(Variable::value)
                .allMatch(value -> !value.isNumeric() && Gradients.form(value) == form);
    }

    private Mono<List<Variable>> texts(List<Variable> scalars) {
        List<Variable> spoken = scalars.stream()
                .filter(gradient -> !gradient.value().text(0).isBlank())
                .toList();
        return spoken.size() <= 1
                ? Mono.just(scalars)
                : reducer.reduced(spoken, answers).map(some -> some.equals(spoken) ? scalars : some);
    }

    /** Each sample of a batch has feedback of its own. */
    private Mono<List<Variable>> positions(List<Variable> batches) {
        Value first = batches.get(0).value();
        List<Mono<List<Variable>>> bySample = new ArrayList<>(first.size());
        List<List<Variable>> before = new ArrayList<>(first.size());
        for (int i = 0; i < first.size(); i++) {
            int sample = i;
            List<Variable> scalars = batches.stream()
                    .map(batch -> new Variable(batch.value().text(sample), batch.role()))
                    .toList();
            before.add(scalars);
            bySample.add(texts(scalars));
        }
        return Together.allThenFailures(bySample).map(after -> {
            List<String> joined =
                    after.stream().map(some -> Gradients.items(some, 0, false)).toList();
            return after.equals(before) ? batches : List.of(new CondensedGradient(joined, first.role(), batches));
        });
    }
}
