package io.afnio4j.picture;

import org.graphper.api.Graphviz;
import org.graphper.draw.ExecuteException;
import org.graphper.parser.DotParser;

/** The only class that touches the optional library which lays pictures out. */
final class SvgLayout {

    private SvgLayout() {}

    static String draw(String dot) {
        try {
            Graphviz graph = DotParser.parse(dot);
            return graph.toSvgStr();
        } catch (ExecuteException failed) {
            throw new IllegalStateException("The picture could not be laid out: " + failed.getMessage(), failed);
        }
    }
}
