package io.afnio4j.autodiff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A gradient as the result of a function of what it was written from: what a pass that creates a graph puts around
 * gradients.
 */
final class Relay extends PureFunction {

    private final Variable gradient;

    private Relay(Variable gradient) {
        this.gradient = gradient;
    }

    /**
     * Ties a new gradient to its sources, whatever the grad mode; where none of them requires grad, it stays as it is.
     */
    static Variable tie(Variable gradient, List<Variable> sources) {
        Relay relay = new Relay(gradient);
        FunctionContext context = relay.contextFor(sources);
        return relay.track(context, sources, edges(context, sources, true), List.of(gradient))
                .get(0);
    }

    @Override
    protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
        return List.of(gradient);
    }

    @Override
    protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
        Variable feedback = gradients.get(0);
        if (feedback == null) {
            return Mono.just(context.noGradients());
        }
        List<@Nullable Variable> relayed = new ArrayList<>(context.inputs());
        for (int i = 0; i < context.inputs(); i++) {
            relayed.add(fitting(context, i, feedback));
        }
        return Mono.just(relayed);
    }

    /** A gradient may have been written for a batch from a remark on the whole of it, or the other way round. */
    private static @Nullable Variable fitting(FunctionContext context, int index, Variable feedback) {
        Value input = context.input(index);
        Value came = feedback.value();
        if (!context.needsInputGrad(index) || Gradients.objection(input, feedback) == null) {
            return context.relay(index, feedback);
        }
        if (came.isNumeric() || came.data() == null || (input.isList() && came.isList())) {
            return null;
        }
        return input.isList() ? toEach(context, index, feedback) : bySample(context, index, feedback);
    }

    private static Variable toEach(FunctionContext context, int index, Variable feedback) {
        Value input = context.input(index);
        List<String> copies = Collections.nCopies(input.size(), feedback.text());
        return context.tie(index, new Variable(copies, FeedbackRole.of(input.role())), List.of(feedback));
    }

    private static @Nullable Variable bySample(FunctionContext context, int index, Variable feedback) {
        String role = FeedbackRole.of(context.input(index).role());
        List<String> texts = feedback.texts();
        List<Variable> said = new ArrayList<>(texts.size());
        for (int sample = 0; sample < texts.size(); sample++) {
            if (!texts.get(sample).isBlank()) {
                said.add(context.tie(index, new SampleGradient(texts.get(sample), role, sample), List.of(feedback)));
            }
        }
        return said.isEmpty() ? null : GradientBundle.of(said);
    }
}
