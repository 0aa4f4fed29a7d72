package io.afnio4j.picture;

import java.util.regex.Pattern;
import org.graphper.api.Graphviz;
import org.graphper.draw.ExecuteException;
import org.graphper.parser.DotParser;

/** The only class that touches the optional library which lays pictures out. */
final class SvgLayout {

    /** The library names a DTD on the web, which a careful reader refuses and another one fetches. */
    private static final Pattern DOCTYPE = Pattern.compile("<!DOCTYPE[^>]*>");

    private SvgLayout() {}

    static String draw(String dot) {
        try {
            Graphviz graph = DotParser.parse(dot);
            return Escape.afterLayout(DOCTYPE.matcher(graph.toSvgStr()).replaceFirst(""));
        } catch (ExecuteException failed) {
            throw new IllegalStateException("The picture could not be laid out: " + failed.getMessage(), failed);
        }
    }
}
