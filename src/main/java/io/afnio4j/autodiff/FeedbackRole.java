package io.afnio4j.autodiff;

/**
 * The role of a gradient, which names the variable that the feedback is for: {@code feedback to prompt for the mood}.
 */
public final class FeedbackRole {

    private static final String FEEDBACK_TO = "feedback to ";

    private FeedbackRole() {}

    /**
     * The role of feedback on a variable.
     *
     * @param variable the variable's role
     * @return the role of its gradients
     */
    public static String of(String variable) {
        return FEEDBACK_TO + variable;
    }

    /**
     * The role of the variable that feedback is for.
     *
     * @param feedback the role of a gradient
     * @return the variable's role; the same text where it isn't the role of feedback, as users may call their gradients
     *     what they like
     */
    public static String variable(String feedback) {
        return feedback.startsWith(FEEDBACK_TO) ? feedback.substring(FEEDBACK_TO.length()) : feedback;
    }
}
