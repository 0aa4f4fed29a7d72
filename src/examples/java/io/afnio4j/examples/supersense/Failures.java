package io.afnio4j.examples.supersense;

import io.afnio4j.autodiff.BackwardException;
import reactor.core.Exceptions;

/** Errors as a user wants to read them. */
final class Failures {

    private Failures() {}

    /** One sentence with the cause and the remedy. */
    static String sentence(Throwable failure) {
        Throwable cause = Exceptions.unwrap(failure);
        if (cause instanceof BackwardException backward) {
            cause = backward.failures().get(0).cause();
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() + "; --verbose shows where it comes from." : message;
    }
}
