package io.afnio4j.optim;

import org.jspecify.annotations.Nullable;

/**
 * Why an answer can't be used.
 *
 * @param words the reason, as the model is told it
 * @param thrown what a constraint threw instead of saying no: its parser's word, or a mistake in it
 */
record Problem(String words, @Nullable RuntimeException thrown) {

    static Problem of(String words) {
        return new Problem(words, null);
    }
}
