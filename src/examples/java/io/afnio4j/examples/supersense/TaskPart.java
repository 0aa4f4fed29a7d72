package io.afnio4j.examples.supersense;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The stand-in as the model that does the task. It reads the system prompt line by line; a line such as {@code - food:
 * something to eat} tells it what a label means. Of all labels it takes the one whose lines are nearest in meaning to
 * the user's text, on average. The wording of the prompt, and nothing else, drives it.
 */
final class TaskPart {

    private final Embeddings embeddings;
    private volatile Reading last = new Reading("", List.of(), Map.of()); // prompts come many times in a row

    TaskPart(Embeddings embeddings) {
        this.embeddings = embeddings;
    }

    /**
     * Picks a label.
     *
     * @param systemPrompt the instructions; a label without a line is known by its bare name
     * @param userText what is to be labelled
     * @param labels the labels to choose from, at least one; the first wins a tie
     * @return one of the labels
     */
    String classify(String systemPrompt, String userText, List<String> labels) {
        Map<String, float[]> meanings = read(systemPrompt, labels);
        float[] text = embeddings.of(userText);
        String best = labels.get(0);
        double bestScore = Double.NEGATIVE_INFINITY;
        for (Map.Entry<String, float[]> label : meanings.entrySet()) {
            // The mean of the cosines is the cosine with the mean: all vectors have length 1.
            double score = Embeddings.nearness(text, label.getValue());
            if (score > bestScore) {
                best = label.getKey();
                bestScore = score;
            }
        }
        return best;
    }

    private Map<String, float[]> read(String prompt, List<String> labels) {
        Reading known = last;
        if (known.prompt.equals(prompt) && known.labels.equals(labels)) {
            return known.meanings;
        }
        Map<String, float[]> meanings = new LinkedHashMap<>();
        LabelLines.read(prompt, labels).forEach((label, lines) -> meanings.put(label, mean(lines)));
        last = new Reading(prompt, labels, meanings);
        return meanings;
    }

    private float[] mean(List<String> lines) {
        float[] mean = new float[embeddings.of(lines.get(0)).length];
        for (String line : lines) {
            float[] vector = embeddings.of(line);
            for (int i = 0; i < mean.length; i++) {
                mean[i] += vector[i] / lines.size();
            }
        }
        return mean;
    }

    private record Reading(String prompt, List<String> labels, Map<String, float[]> meanings) {}
}
