package io.afnio4j.optim;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.afnio4j.autodiff.GradientReducer;
import io.afnio4j.autodiff.Message;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.ops.Inputs;
import java.util.ArrayList;
import java.util.List;

/**
 * How parameters are rewritten: the options of a whole {@link TGD}, or of one of its groups.
 *
 * @param <S> what the methods return, so that calls can be chained
 */
public abstract sealed class RewriteOptions<S extends RewriteOptions<S>> permits TGD.Builder, TGD.Group {

    private Settings settings;

    RewriteOptions(Settings settings) {
        this.settings = settings;
    }

    abstract S self();

    final Settings settings() {
        return settings;
    }

    @CanIgnoreReturnValue
    private S set(Settings changed) {
        this.settings = changed;
        return self();
    }

    /**
     * How many steps the model is shown, the present one included. Default: 0, which is the same as 1.
     *
     * @param steps at least 0
     */
    @CanIgnoreReturnValue
    public S momentum(int steps) {
        return set(settings.momentum(steps));
    }

    /**
     * Adds a rule that new values must keep to.
     *
     * @param constraint the rule
     */
    @CanIgnoreReturnValue
    public S constraint(Constraint constraint) {
        List<Constraint> more = new ArrayList<>(settings.constraints());
        more.add(constraint);
        return set(settings.constraints(more));
    }

    /**
     * How the model is to answer. Default: the model's own.
     *
     * @param completion temperature and limits; what it doesn't say stays as it was
     */
    @CanIgnoreReturnValue
    public S options(CompletionOptions completion) {
        return set(settings.options(before -> before.overriddenBy(completion)));
    }

    /**
     * How many answers are asked for until one can be used. Default: 2.
     *
     * @param answers at least 1
     */
    @CanIgnoreReturnValue
    public S attempts(int answers) {
        return set(settings.attempts(answers));
    }

    /**
     * What makes the feedback of many samples less before the model is shown it, and before momentum keeps it. Default:
     * all of it is shown. It is no part of the optimizer's state.
     *
     * @param condenser for example {@code Condenser.within(2_000)}
     */
    @CanIgnoreReturnValue
    public S reducer(GradientReducer condenser) {
        return set(settings.reducer(condenser));
    }

    /**
     * Asks in your own words. The messages hold the places <code>{value}</code> and <code>{feedback}</code>, and may
     * hold <code>{role}</code>, <code>{history}</code>, <code>{constraints}</code> and those of the inputs. Where they
     * don't say that the answer stands between {@code <improved_value>} and {@code </improved_value>}, a last message
     * does. Default: the library's own words.
     *
     * @param messages what the model is told
     * @param inputs what fills further places: single values
     * @throws IllegalArgumentException where a place is missing
     */
    @CanIgnoreReturnValue
    public S messages(List<Message> messages, Inputs inputs) {
        return set(settings.instructions(Instructions.of(messages, inputs)));
    }

    /**
     * Who rewrites.
     *
     * @param model the model; whoever made it closes it
     */
    @CanIgnoreReturnValue
    public S model(ChatModel model) {
        return set(settings.model(model));
    }
}
