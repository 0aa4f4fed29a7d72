package io.afnio4j.picture;

import java.util.List;
import java.util.stream.Collectors;

/** Writes a graph as a Mermaid flow chart. */
final class MermaidWriter {

    private final List<Box> boxes;

    MermaidWriter(List<Box> boxes) {
        this.boxes = boxes;
    }

    String write() {
        StringBuilder chart = new StringBuilder("flowchart ");
        chart.append(Direction.of(boxes).mermaid()).append('\n');
        for (int number = 0; number < boxes.size(); number++) {
            Box box = boxes.get(number);
            String words = box.lines().stream().map(Escape::mermaid).collect(Collectors.joining("<br/>"));
            boolean function = box.vertex().kind() == Vertex.Kind.FUNCTION;
            chart.append("  n").append(number);
            chart.append(function ? "[\"" : "([\"").append(words).append(function ? "\"]" : "\"])");
            chart.append('\n');
            if (!box.outcome().fill().equals(Outcomes.PLAIN)) { // dark words, for a dark page makes them white
                chart.append("  style n").append(number);
                chart.append(" fill:").append(box.outcome().fill()).append(",color:#222222\n");
            }
        }
        for (int number = 0; number < boxes.size(); number++) {
            for (int target : boxes.get(number).vertex().targets()) {
                chart.append("  n")
                        .append(number)
                        .append(" --> n")
                        .append(target)
                        .append('\n');
            }
        }
        return chart.toString();
    }
}
