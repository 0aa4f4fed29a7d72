package io.afnio4j.examples.supersense;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What changed between two versions of a prompt, line by line and in few words. */
final class LineDiff {

    private LineDiff() {}

    /** A line per line that changed: its label or its first word, and what was added (+) or taken away (-) in it. */
    static List<String> between(String before, String after) {
        Set<String> old = new HashSet<>(before.lines().toList());
        List<String> changes = new ArrayList<>();
        for (String line : after.lines().toList()) {
            if (!old.contains(line)) {
                String label = LabelLines.labelOf(line);
                String head = label.isEmpty() ? line.strip().split("\\s+", 2)[0] : label + ":";
                changes.add(head + change(head + " " + matching(head, before), line));
            }
        }
        return changes;
    }

    private static String matching(String head, String text) {
        return text.lines()
                .filter(line -> line.strip().startsWith(head))
                .findFirst()
                .orElse("");
    }

    private static String change(String before, String after) {
        Set<String> old = words(before);
        Set<String> now = words(after);
        StringBuilder change = new StringBuilder();
        now.stream()
                .filter(word -> !old.contains(word))
                .forEach(word -> change.append(" +").append(word));
        old.stream()
                .filter(word -> !now.contains(word))
                .forEach(word -> change.append(" -").append(word));
        return change.toString();
    }

    private static Set<String> words(String line) {
        return new LinkedHashSet<>(Arrays.asList(line.strip().split("[\\s,;]+")));
    }
}
