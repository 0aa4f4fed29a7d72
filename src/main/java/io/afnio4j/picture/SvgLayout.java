package io.afnio4j.picture;

import org.graphper.api.Graphviz;
import org.graphper.draw.ExecuteException;
import org.graphper.parser.DotParser;

/** The only class that touches the optional library which lays pictures out. */
final class SvgLayout {

    private static final String ARTIFACT = "org.graphper:graph-support-dot";

    private SvgLayout() {}

    static String draw(String dot) {
        try {
            Graphviz graph = DotParser.parse(dot);
            return graph.toSvgStr();
        } catch (NoClassDefFoundError missing) {
            throw new IllegalStateException(
                    "To draw SVG, add the optional dependency " + ARTIFACT
                            + " (1.5.1 or newer) to the project. toDot() and toMermaid() need nothing.",
                    missing);
        } catch (ExecuteException failed) {
            throw new IllegalStateException("The picture could not be laid out: " + failed.getMessage(), failed);
        }
    }
}
