package io.afnio4j.optim;

import io.afnio4j.autodiff.GradientReducer;
import io.afnio4j.autodiff.Variable;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Parameters that are rewritten in the same way, and what is remembered of each. The way may change when a state is
 * loaded.
 */
final class ParameterGroup {

    private final List<Variable> parameters;
    private final List<History> histories = new ArrayList<>();
    private final String clientName;
    private volatile Settings settings;

    ParameterGroup(List<Variable> parameters, Settings settings, String clientName) {
        this.parameters = parameters;
        this.settings = settings;
        this.clientName = clientName;
        parameters.forEach(parameter -> histories.add(new History(settings.momentum())));
    }

    List<Variable> parameters() {
        return parameters;
    }

    Settings settings() {
        return settings;
    }

    /** The name under which a state knows the group's model. */
    String clientName() {
        return clientName;
    }

    /** A step for each parameter that has feedback. */
    List<Mono<TGD.Step>> steps(StepAnswers answers) {
        Rewriter rewriter = new Rewriter(settings, answers);
        List<Mono<TGD.Step>> steps = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            History history = histories.get(i);
            Variable parameter = parameters.get(i);
            List<Variable> feedback = Rewrite.feedback(parameter);
            if (!feedback.isEmpty()) {
                steps.add(reduced(feedback, answers)
                        .flatMap(shown -> rewriter.rewrite(Rewrite.of(parameter, shown, history)))
                        .map(done -> new TGD.Step(done, history)));
            }
        }
        return steps;
    }

    private Mono<List<Variable>> reduced(List<Variable> feedback, StepAnswers answers) {
        GradientReducer reducer = settings.reducer();
        return reducer == null ? Mono.just(feedback) : reducer.reduced(feedback, answers);
    }

    List<List<Object>> momentum() {
        return histories.stream().map(History::state).toList();
    }

    void restore(Settings saved, List<List<History.Entry>> momentum) {
        settings = saved;
        for (int i = 0; i < histories.size(); i++) {
            histories.get(i).restore(saved.momentum(), momentum.get(i));
        }
    }
}
