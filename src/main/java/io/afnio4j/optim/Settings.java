package io.afnio4j.optim;

import io.afnio4j.autodiff.GradientReducer;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.CompletionOptions;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** How the parameters of one group are rewritten. */
record Settings(
        ChatModel model,
        CompletionOptions options,
        List<Constraint> constraints,
        Instructions instructions,
        int momentum,
        int attempts,
        @Nullable GradientReducer reducer) {

    Settings {
        constraints = List.copyOf(constraints);
        checkAtLeast("momentum", 0, momentum);
        checkAtLeast("attempts", 1, attempts);
    }

    Settings model(ChatModel who) {
        return new Settings(who, options, constraints, instructions, momentum, attempts, reducer);
    }

    Settings options(UnaryOperator<CompletionOptions> change) {
        return new Settings(model, change.apply(options), constraints, instructions, momentum, attempts, reducer);
    }

    Settings constraints(List<Constraint> rules) {
        return new Settings(model, options, rules, instructions, momentum, attempts, reducer);
    }

    Settings instructions(Instructions words) {
        return new Settings(model, options, constraints, words, momentum, attempts, reducer);
    }

    Settings momentum(int steps) {
        return new Settings(model, options, constraints, instructions, steps, attempts, reducer);
    }

    Settings attempts(int answers) {
        return new Settings(model, options, constraints, instructions, momentum, answers, reducer);
    }

    Settings reducer(GradientReducer condenser) {
        return new Settings(model, options, constraints, instructions, momentum, attempts, condenser);
    }

    private static void checkAtLeast(String name, int least, int value) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value + ".");
        }
    }
}
