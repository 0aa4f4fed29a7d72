package io.afnio4j.data;

/**
 * A sample that doesn't go with the others of its batch. The collating function knows only its place in the batch, so
 * the loader catches this and says the same with the index in the data set.
 */
final class BadSampleException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final int position;
    private final String problem;

    BadSampleException(int position, String problem) {
        super("Sample " + position + " of the batch " + problem + ".");
        this.position = position;
        this.problem = problem;
    }

    /** The sample's place in the batch, from 0. */
    int position() {
        return position;
    }

    /** What is wrong, without the subject: {@code holds a list of 2; ...}. */
    String problem() {
        return problem;
    }
}
