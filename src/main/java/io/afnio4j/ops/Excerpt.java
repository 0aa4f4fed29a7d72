package io.afnio4j.ops;

import io.afnio4j.autodiff.CondensedGradient;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.ChatMessage;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.TokenEstimator;
import io.afnio4j.prompt.Fence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A piece of feedback on its way to fewer words, and which gradients stand in it.
 *
 * @param text what it says
 * @param tokens an estimate of its length, the tags around it included
 * @param sources the numbers of the gradients that it comes from, in order
 */
record Excerpt(String text, long tokens, List<Integer> sources) {

    /** Gradients that say the same are one excerpt. */
    static List<Excerpt> of(List<Variable> gradients) {
        Map<String, List<Integer>> sources = new LinkedHashMap<>();
        for (int i = 0; i < gradients.size(); i++) {
            sources.computeIfAbsent(gradients.get(i).text(), text -> new ArrayList<>())
                    .add(i);
        }
        return sources.entrySet().stream()
                .map(said -> new Excerpt(said.getKey(), tokens(said.getKey()), said.getValue()))
                .toList();
    }

    static Excerpt condensed(String text, List<Excerpt> from) {
        List<Integer> sources = from.stream()
                .flatMap(part -> part.sources.stream())
                .distinct()
                .sorted()
                .toList();
        return new Excerpt(text, tokens(text), sources);
    }

    /** The gradient itself where it is still whole, or else a condensed one. */
    Variable gradient(String role, List<Variable> gradients) {
        Variable first = gradients.get(sources.get(0));
        if (sources.size() == 1 && text.equals(first.text())) {
            return first;
        }
        return new CondensedGradient(
                text, role, sources.stream().map(gradients::get).toList());
    }

    static long tokens(List<Excerpt> excerpts) {
        return excerpts.stream().mapToLong(Excerpt::tokens).sum();
    }

    private static long tokens(String text) {
        return TokenEstimator.rough().promptTokens(ChatRequest.of(ChatMessage.user(fenced(text))));
    }

    private static String fenced(String text) {
        return Fence.around("item", text) + "\n";
    }

    /** The excerpts as a model is shown them. */
    static String items(List<Excerpt> excerpts) {
        return excerpts.stream().map(excerpt -> fenced(excerpt.text)).collect(Collectors.joining());
    }

    /** Puts neighbours together as long as they are no longer than the limit; what is longer by itself is cut. */
    static List<List<Excerpt>> groups(List<Excerpt> excerpts, long limit) {
        List<List<Excerpt>> groups = new ArrayList<>();
        List<Excerpt> group = new ArrayList<>();
        long length = 0;
        for (Excerpt part :
                excerpts.stream().flatMap(excerpt -> excerpt.cut(limit)).toList()) {
            if (length + part.tokens > limit) {
                groups.add(group);
                group = new ArrayList<>();
                length = 0;
            }
            group.add(part);
            length += part.tokens;
        }
        groups.add(group);
        return groups;
    }

    private Stream<Excerpt> cut(long limit) {
        if (tokens <= limit) {
            return Stream.of(this);
        }
        List<Excerpt> parts = new ArrayList<>();
        for (int from = 0, to; from < text.length(); from = to) {
            to = end(from, limit);
            String part = text.substring(from, to);
            parts.add(new Excerpt(part, tokens(part), sources));
        }
        return parts.stream();
    }

    /**
     * Where a part that begins somewhere ends: as late as the limit allows, behind a line or a word, and never inside a
     * character.
     */
    private int end(int from, long limit) {
        int fits = text.offsetByCodePoints(from, 1); // whatever the limit: a part holds something
        int tooFar = text.length() + 1;
        while (tooFar - fits > 1) {
            int middle = (fits + tooFar) >>> 1;
            if (tokens(text.substring(from, middle)) <= limit) {
                fits = middle;
            } else {
                tooFar = middle;
            }
        }
        if (fits == text.length()) {
            return fits;
        }
        int latest = from + (fits - from) / 2;
        int line = text.lastIndexOf('\n', fits - 1) + 1;
        int word = text.lastIndexOf(' ', fits - 1) + 1;
        int end = line > latest ? line : word > latest ? word : fits;
        boolean inside = Character.isSurrogatePair(text.charAt(end - 1), text.charAt(end));
        return inside ? end - 1 : end;
    }
}
