package io.afnio4j.examples.supersense;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The stand-in as the model that gives feedback. It says in words which label was meant and which was taken, and quotes
 * the words of the text that lie nearer to the right label than to the wrong one.
 */
final class CriticPart {

    private static final Set<String> EMPTY_WORDS = words("""
            a an the of or and in on at to for with by from as is are be been being was were that which who whom whose this these
            those it its their his her or any some not no used use using usually especially often one two having has have can may
            into than such when where other most very made more between without over under during through about him them they
            you your out up each all if but so""");

    private final Embeddings embeddings;
    private final int quoted;

    CriticPart(Embeddings embeddings, int quoted) {
        this.embeddings = embeddings;
        this.quoted = quoted;
    }

    private static Set<String> words(String text) {
        return Set.copyOf(Arrays.asList(text.split("\\s+")));
    }

    /** Feedback on the prompt that led a text to the wrong label. */
    String feedback(String text, String meant, String taken) {
        String cues =
                cues(text, meant, taken).stream().map(cue -> "\"" + cue + "\"").collect(Collectors.joining(", "));
        return "The definition belongs to the category \"" + meant + "\", but the prompt led to \"" + taken
                + "\". The words " + cues + " speak for \"" + meant + "\". What the prompt says about \"" + meant
                + "\" should mention what they have in common.";
    }

    private List<String> cues(String text, String meant, String taken) {
        float[] right = embeddings.of(meant);
        float[] wrong = embeddings.of(taken);
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}'-]+"))
                .filter(word -> word.length() > 2 && !EMPTY_WORDS.contains(word))
                .distinct()
                .sorted(Comparator.comparingDouble(word -> Embeddings.nearness(embeddings.of(word), wrong)
                        - Embeddings.nearness(embeddings.of(word), right)))
                .limit(quoted)
                .toList();
    }
}
