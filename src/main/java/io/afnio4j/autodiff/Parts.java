package io.afnio4j.autodiff;

import io.afnio4j.error.CalledOffException;
import io.afnio4j.error.Together;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The questions that one node asks at the same time, such as one per sample of a batch, and which of them failed for
 * good. A pass that fails can so name variable and sample; and one that {@linkplain FailurePolicy#COMMIT_PARTLY commits
 * partly} goes on with what the other questions brought, as if there were nothing to say where one failed.
 *
 * <pre>{@code
 * return Mono.deferContextual(subscription -> {
 *     Parts parts = Parts.of(context, subscription);
 *     List<Mono<String>> asked = new ArrayList<>();
 *     for (int sample = 0; sample < samples; sample++) {
 *         asked.add(parts.ask(0, sample, question(sample), ""));
 *     }
 *     return parts.gradients(samples, Together.asTheRuleSays(asked).map(this::gradients));
 * });
 * }</pre>
 *
 * <p>One object serves one subscription. Answers and failures may come on any thread, and in any order: it changes
 * nothing.
 */
public final class Parts {

    private final FunctionContext context;
    private final boolean leaveOut;
    private final List<Lost> lost = new ArrayList<>(0); // guarded by this

    private Parts(FunctionContext context, boolean leaveOut) {
        this.context = context;
        this.leaveOut = leaveOut;
    }

    /**
     * Opens the parts of a node's backward.
     *
     * @param context that of the function
     * @param subscription the context of the subscription, in which the policy of the pass stands
     * @return parts of which none has failed
     */
    public static Parts of(FunctionContext context, ContextView subscription) {
        return new Parts(context, subscription.hasKey(Parts.class));
    }

    /** Lets functions find the policy; the word of a pass around this one doesn't hold. */
    static Context in(Context subscription, FailurePolicy policy) {
        return policy == FailurePolicy.COMMIT_PARTLY
                ? subscription.put(Parts.class, policy)
                : subscription.delete(Parts.class);
    }

    /**
     * Asks one of the questions.
     *
     * @param input the variable that it is about, from 0
     * @param sample the place in the batch that it is about, from 0
     * @param question asks
     * @param nothing what stands for no answer
     * @param <T> the answer's type
     * @return the answer; where the question fails, its failure, or {@code nothing} where failed parts are left out
     */
    public <T> Mono<T> ask(int input, int sample, Mono<T> question, T nothing) {
        return ask(List.of(input), sample, question, () -> nothing);
    }

    /**
     * Asks several of the questions in one.
     *
     * @param inputs the variables that it is about, from 0
     * @param sample the place in the batch that it is about, from 0
     * @param question asks
     * @param nothing makes what stands for no answer
     * @param <T> the answer's type
     * @return as {@link #ask(int, int, Mono, Object)}
     */
    public <T> Mono<T> ask(List<Integer> inputs, int sample, Mono<T> question, Supplier<T> nothing) {
        return question.onErrorResume(failure -> {
            if (leaveOut || !(failure instanceof CalledOffException)) {
                inputs.forEach(input -> lose(new Lost(input, sample, failure)));
            }
            return leaveOut ? Mono.just(nothing.get()) : Mono.error(failure);
        });
    }

    /**
     * What the backward of the function is to return.
     *
     * @param asked how many questions there were, each variable and sample counted
     * @param made the gradients that come of them all
     * @return the same for the engine, which hears of the parts that failed
     */
    public Mono<List<@Nullable Variable>> gradients(int asked, Mono<List<@Nullable Variable>> made) {
        return made.onErrorMap(failure -> {
                    List<Lost> failed = failed();
                    return failed.isEmpty() ? failure : new LostParts(failure, named(failed), null);
                })
                .handle((gradients, sink) -> {
                    List<Lost> failed = failed();
                    if (failed.isEmpty()) {
                        sink.next(gradients);
                    } else {
                        Throwable first =
                                Together.first(failed.stream().map(Lost::cause).toList());
                        sink.error(new LostParts(first, named(failed), failed.size() < asked ? gradients : null));
                    }
                });
    }

    private synchronized void lose(Lost part) {
        lost.add(part);
    }

    /** In the order of the questions. */
    private synchronized List<Lost> failed() {
        if (lost.isEmpty()) {
            return List.of();
        }
        List<Lost> sorted = new ArrayList<>(lost);
        sorted.sort(Comparator.comparingInt(Lost::input).thenComparingInt(Lost::sample));
        return sorted;
    }

    private List<BackwardException.Part> named(List<Lost> failed) {
        return failed.stream().map(part -> part.named(context)).toList();
    }

    /** A question that failed. */
    private record Lost(int input, int sample, Throwable cause) {

        private BackwardException.Part named(FunctionContext context) {
            Value variable = context.input(input);
            boolean batch = variable.isList() || context.output(0).isList();
            return new BackwardException.Part(variable.role(), batch ? sample : null, cause);
        }
    }
}
