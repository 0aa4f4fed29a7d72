package io.afnio4j.autodiff;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;

/**
 * Feedback that comes from one sample of a batch and is meant for a single variable that served several, such as a
 * prompt. It knows which sample; its place among the gradients doesn't tell, since samples with nothing to say give
 * none.
 */
public final class SampleGradient extends Variable {

    private final int sample;

    /**
     * Makes a gradient.
     *
     * @param text what should change
     * @param role what the feedback is for
     * @param sample the place in the batch that it comes from, from 0
     */
    public SampleGradient(String text, String role, int sample) {
        super(text, role);
        this.sample = sample;
    }

    /**
     * Says of feedback where it comes from.
     *
     * @param feedback a scalar text, watched or not
     * @param sample the place in the batch that it comes from, from 0
     * @return the same feedback in the same place of the graph
     */
    public static SampleGradient of(Variable feedback, int sample) {
        SampleGradient gradient = new SampleGradient(feedback.text(), feedback.role(), sample);
        gradient.takeOver(feedback);
        return gradient;
    }

    /**
     * Where it comes from.
     *
     * @return the place in its batch, from 0; the same number that {@link BackwardEvent.FeedbackReceived} tells
     */
    public int sample() {
        return sample;
    }

    /**
     * The samples that any gradient comes from, also where it was passed on or {@linkplain CondensedGradient condensed}
     * since.
     *
     * @param gradient a gradient
     * @return their places in the batch, each once and sorted; gradients of several passes each count in their own
     *     batch. Empty where nothing is known: outside of a batch, and for a list, whose places say it
     */
    public static List<Integer> samplesOf(Variable gradient) {
        TreeSet<Integer> samples = new TreeSet<>();
        Deque<Variable> open = new ArrayDeque<>(List.of(gradient));
        while (!open.isEmpty()) {
            Variable original = RelayedGradient.originalOf(open.pop());
            if (original instanceof SampleGradient one) {
                samples.add(one.sample);
            } else if (original instanceof CondensedGradient condensed) {
                open.addAll(condensed.sources());
            }
        }
        return List.copyOf(samples);
    }

    SampleGradient as(String role) {
        return new SampleGradient(text(), role, sample);
    }
}
