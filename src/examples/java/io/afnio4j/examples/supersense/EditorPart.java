package io.afnio4j.examples.supersense;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The stand-in as the model that rewrites a prompt. It reads the feedback, present and past, for the labels that were
 * missed and the words that were quoted for them. For a few of those labels it writes one more line, or replaces one,
 * made of the words that the feedback repeats most and that tell the label from the others (log-odds). What it tries
 * depends on the request alone, so the same request gets the same answer.
 */
final class EditorPart {

    private static final Pattern MEANT = Pattern.compile("belongs to the category \"([^\"]+)\"");
    private static final Pattern CUES = Pattern.compile("The words ((?:\"[^\"]*\"(?:, )?)*) speak for");
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");

    private static final double NOISE = 0.3;
    private static final double REPLACES = 0.1;

    /** How much is changed at a time. */
    record Manner(int labels, int words, int lines, boolean random) {

        static final Manner CAREFUL = new Manner(3, 12, 10, false);

        /** Takes any words of the feedback: the control experiment. */
        Manner atRandom() {
            return new Manner(labels, words, lines, true);
        }
    }

    private final Manner manner;

    EditorPart(Manner manner) {
        this.manner = manner;
    }

    /** A new version of a prompt of at most so many characters. */
    String rewrite(String prompt, List<String> feedback, int longest) {
        Evidence evidence = Evidence.in(feedback);
        Random choice = new Random(31L * prompt.hashCode() + feedback.hashCode());
        List<String> lines = new ArrayList<>(prompt.lines().toList());
        for (String label : evidence.someLabels(manner.labels, choice)) {
            String words = String.join(", ", evidence.wordsFor(label, manner, choice));
            if (!words.isEmpty()) {
                put(lines, label, label + ": " + words, choice, longest);
            }
        }
        String rewritten = String.join("\n", lines);
        return rewritten.length() <= longest ? rewritten : prompt;
    }

    private void put(List<String> lines, String label, String line, Random choice, int longest) {
        List<Integer> own = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (LabelLines.labelOf(lines.get(i)).equals(label)) {
                own.add(i);
            }
        }
        boolean full = own.size() >= manner.lines || String.join("\n", lines).length() + line.length() >= longest;
        boolean replace = full || (own.size() > 1 && choice.nextDouble() < REPLACES);
        if (own.isEmpty()) {
            lines.add(line);
        } else if (replace) {
            lines.set(own.get(choice.nextInt(own.size())), line);
        } else {
            lines.add(own.get(own.size() - 1) + 1, line);
        }
    }

    /** What feedback says: how often each label was missed, and how often each word was quoted for it. */
    private record Evidence(Map<String, Integer> missed, Map<String, Map<String, Integer>> quoted, int all) {

        static Evidence in(List<String> feedback) {
            Map<String, Integer> missed = new TreeMap<>();
            Map<String, Map<String, Integer>> quoted = new TreeMap<>();
            for (String item : feedback) {
                Matcher meant = MEANT.matcher(item);
                if (meant.find()) {
                    missed.merge(meant.group(1), 1, Integer::sum);
                    Map<String, Integer> words = quoted.computeIfAbsent(meant.group(1), label -> new TreeMap<>());
                    Matcher cues = CUES.matcher(item);
                    Matcher word = QUOTED.matcher(cues.find() ? cues.group(1) : "");
                    while (word.find()) {
                        words.merge(word.group(1), 1, Integer::sum);
                    }
                }
            }
            return new Evidence(missed, quoted, feedback.size());
        }

        /** Labels drawn without replacement, those that were missed more often more likely. */
        List<String> someLabels(int count, Random choice) {
            Map<String, Double> keys = new HashMap<>();
            missed.forEach((label, times) -> keys.put(label, Math.log(choice.nextDouble()) / times));
            return missed.keySet().stream()
                    .sorted(Comparator.comparing((String label) -> keys.get(label))
                            .reversed())
                    .limit(count)
                    .toList();
        }

        List<String> wordsFor(String label, Manner manner, Random choice) {
            if (manner.random) {
                Set<String> any = new TreeSet<>();
                quoted.values().forEach(words -> any.addAll(words.keySet()));
                List<String> shuffled = new ArrayList<>(any);
                Collections.shuffle(shuffled, choice);
                return shuffled.subList(0, Math.min(manner.words, shuffled.size()));
            }
            Map<String, Double> scores = new HashMap<>();
            quoted.getOrDefault(label, Map.of())
                    .forEach((word, times) ->
                            scores.put(word, score(label, word, times) + NOISE * choice.nextGaussian()));
            return scores.keySet().stream()
                    .filter(word -> scores.get(word) > 0)
                    .sorted(Comparator.comparing((String word) -> scores.get(word))
                            .reversed()
                            .thenComparing(Comparator.naturalOrder()))
                    .limit(manner.words)
                    .toList();
        }

        private double score(String label, String word, int times) {
            int here = missed.getOrDefault(label, 0);
            int elsewhere = quoted.values().stream()
                            .mapToInt(words -> words.getOrDefault(word, 0))
                            .sum()
                    - times;
            double logOdds = Math.log((times + 0.1) / (here + 0.2)) - Math.log((elsewhere + 0.1) / (all - here + 0.2));
            return logOdds * Math.log(1 + times);
        }
    }
}
