package io.afnio4j.picture;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A box with all that is written in it. */
record Box(Vertex vertex, Outcome outcome) {

    /** How many letters stand side by side: a longer line makes the whole picture wider. */
    private static final int LETTERS = 34;

    List<String> lines() {
        return Stream.concat(
                        Stream.of(vertex.label().split("\n", -1)),
                        outcome.words().lines())
                .flatMap(line -> Escape.wrapped(line, LETTERS).stream())
                .toList();
    }

    /** What the colours of some boxes mean, in short lines; none where they have no colours. */
    static List<String> legend(List<Box> boxes) {
        String fates = Fate.legend(boxes.stream()
                .map(box -> box.outcome().fate())
                .flatMap(Stream::ofNullable)
                .collect(Collectors.toSet()));
        boolean gradients = boxes.stream().anyMatch(box -> box.outcome().fill().equals(Outcomes.GRADIENTS));
        String legend = Stream.of(fates, gradients ? "blue: holds gradients" : "")
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
        return legend.isEmpty() ? List.of() : Escape.wrapped(legend, LETTERS);
    }
}
