package io.afnio4j.autodiff;

import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Makes much feedback less before it is read: where the consumers of one variable all have something to say about it,
 * and where an optimizer has collected the feedback of many samples. Without one, texts are put one behind the other.
 *
 * <p>A reducer is asked where several gradients of an interior variable meet in a backward pass, and it is found in the
 * Reactor {@code Context} of the pass: {@code output.backward().contextWrite(reducer::in)}. Leaves keep one entry per
 * sample; what an optimizer reads of them it hands to a reducer of its own. Numbers are added up and never reach it.
 */
@FunctionalInterface
public interface GradientReducer {

    /**
     * Reduces feedback on one variable. The result depends on the gradients and their order alone, never on which call
     * was answered first.
     *
     * @param gradients scalar texts, none blank, in graph order and within a batch in sample order; at least one
     * @param answers keeps what was paid for until the pass or step has succeeded
     * @return at least one gradient, scalar texts as well: those that need no reducing as they came, the others as
     *     {@link CondensedGradient}
     */
    Mono<List<Variable>> reduce(List<Variable> gradients, Answers answers);

    /**
     * Reduces feedback, and looks at what came: for those who ask a reducer.
     *
     * @param gradients as for {@link #reduce}
     * @param answers as for {@link #reduce}
     * @return what {@link #reduce} gives; an {@link IllegalStateException} that names the reducer where it gives
     *     nothing, or something else than scalar texts
     */
    default Mono<List<Variable>> reduced(List<Variable> gradients, Answers answers) {
        return ReducerCheck.reduced(this, gradients, answers);
    }

    /**
     * Puts this reducer into a context.
     *
     * @param context the context of a pass
     * @return the extended context
     */
    default Context in(Context context) {
        return context.put(GradientReducer.class, this);
    }

    /**
     * The reducer of a pass.
     *
     * @param subscription the context of the subscription
     * @return the reducer, null where there is none
     */
    static @Nullable GradientReducer of(ContextView subscription) {
        return subscription.getOrDefault(GradientReducer.class, null);
    }

    /** Remembers answers, so that a second try after a failure asks only for what is missing. */
    @FunctionalInterface
    interface Answers {

        /** Remembers nothing. */
        Answers FORGOTTEN = new Answers() {
            @Override
            public <T> Mono<T> once(Object question, Mono<T> ask) {
                return ask;
            }
        };

        /**
         * Asks, unless an answer to an equal question is there.
         *
         * @param question what the answer depends on, all of it; compared with {@code equals}
         * @param ask asks
         * @param <T> the answer's type
         * @return the kept answer, or else a new one
         */
        <T> Mono<T> once(Object question, Mono<T> ask);
    }
}
