package io.afnio4j.prompt;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Every text of the library's own that a model reads or that stands in a gradient. Each lies in a file of its own, in a
 * folder that bears the version, so that a change of wording is a change of version and never a surprise.
 */
public enum Wording {
    /** What feedback is, for the model that gives it. */
    FEEDBACK_SYSTEM,
    /** A call of a model and the variable in it that feedback is wanted for. */
    FEEDBACK_REQUEST,
    /** What feedback on several variables at once is, for the model that gives it. */
    FUSED_SYSTEM,
    /** A call of a model and the variables in it that feedback is wanted for. */
    FUSED_REQUEST,
    /** One of these variables. */
    FUSED_VARIABLE,
    /** How feedback is condensed, for the model that does it. */
    CONDENSE_SYSTEM,
    /** Feedback on one variable that is too long, and how long it may be. */
    CONDENSE_REQUEST,
    /** Feedback that a function passes on to one of its inputs. */
    RELAYED_FEEDBACK,
    /** What an evaluation says to the prediction that it judged. */
    EVALUATION_FEEDBACK,
    /** The explanation of one score. */
    EVALUATION_ONE,
    /** The explanation of the score of a batch. */
    EVALUATION_BATCH,
    /** Says to a judge how to answer. */
    JUDGE_FORMAT,
    /** Asks a judge again after an answer that can't be used. */
    JUDGE_AGAIN,
    /** The explanation of a judge's score of a batch. */
    JUDGE_BATCH,
    /** What a judged prediction should have been, where that is known. */
    JUDGE_TARGET,
    /** What a judgement says to the prediction that was judged. */
    JUDGE_FEEDBACK,
    /** What textual gradient descent is, for the model that rewrites. */
    REWRITE_SYSTEM,
    /** A variable, the feedback that it got and what its new value must keep to. */
    REWRITE_REQUEST,
    /** Earlier values of the variable and their feedback, where there is momentum. */
    REWRITE_HISTORY,
    /** The rules that a new value must keep to, where there are any. */
    REWRITE_CONSTRAINTS,
    /** Says how to answer, where the user's own messages don't. */
    REWRITE_FORMAT,
    /** Asks again after an answer that can't be used. */
    REWRITE_AGAIN,
    /** Says to a model how to answer, where its server takes no schema. */
    SCHEMA_FORMAT;

    /** The version of all wordings: the folder they lie in. */
    public static final String VERSION = "v1";

    @SuppressWarnings("ImmutableEnumChecker") // a template is immutable
    private final PromptTemplate template;

    Wording() {
        this.template = PromptTemplate.of(load(name().toLowerCase(Locale.ROOT).replace('_', '-')));
    }

    /**
     * The wording with its places filled.
     *
     * @param namesAndValues a name, its value, the next name, its value, …; a value is a text or a {@link Fence} around
     *     one
     * @return the text
     */
    public String with(Object... namesAndValues) {
        List<String> pieces = new ArrayList<>(4 * namesAndValues.length + 1); // enough where every value is fenced
        template.fill(pieces, (name, into) -> add(value(name, namesAndValues), into));
        return String.join("", pieces.toArray(new String[0]));
    }

    private Object value(String name, Object... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i].equals(name)) {
                return namesAndValues[i + 1];
            }
        }
        throw new IllegalArgumentException("The wording " + this + " needs a value for '" + name + "'.");
    }

    private static void add(Object value, List<String> pieces) {
        if (value instanceof Fence fence) {
            fence.addTo(pieces);
        } else {
            pieces.add(value.toString());
        }
    }

    private static String load(String file) {
        try (InputStream in =
                Objects.requireNonNull(Wording.class.getResourceAsStream(VERSION + "/" + file + ".txt"), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
