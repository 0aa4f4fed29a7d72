package io.afnio4j.examples.supersense;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a prompt's lines say about labels: {@code - food: something to eat} says something about {@code food}. A label
 * may have several lines; other lines are not its business.
 */
final class LabelLines {

    private static final Pattern LINE =
            Pattern.compile("\\s*(?:[-*•]\\s+)?([^:\\s](?:[^:]*[^:\\s])?)\\s*:\\s*(\\S.*?)\\s*");

    private LabelLines() {}

    /** The label that a line is about, or the empty text. */
    static String labelOf(String line) {
        Matcher matcher = LINE.matcher(line);
        return matcher.matches() ? matcher.group(1) : "";
    }

    /** What is said about each label; a label without a line is known by its bare name. */
    static Map<String, List<String>> read(String prompt, List<String> labels) {
        Map<String, List<String>> byLabel = new LinkedHashMap<>();
        labels.forEach(label -> byLabel.put(label, new ArrayList<>()));
        prompt.lines()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .forEach(line -> byLabel.computeIfPresent(line.group(1), (label, lines) -> {
                    lines.add(line.group(2));
                    return lines;
                }));
        byLabel.forEach((label, lines) -> {
            if (lines.isEmpty()) {
                lines.add(label);
            }
        });
        return byLabel;
    }
}
