package io.afnio4j.picture;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.graphper.api.Graphviz;
import org.graphper.draw.ExecuteException;
import org.graphper.parser.DotParser;

/** The only class that touches the optional library which lays pictures out. */
final class SvgLayout {

    /** The library names a DTD on the web, which a careful reader refuses and another one fetches. */
    private static final Pattern DOCTYPE = Pattern.compile("<!DOCTYPE[^>]*>");

    /** What the library calls the fonts of Java is no font in a browser. */
    private static final Pattern FONT = Pattern.compile("(<text [^>]*)font-family=\"SansSerif\"");

    /**
     * Where a box begins. No user's text looks like it, for their angle brackets are escaped; nor like any other tag.
     */
    private static final Pattern BOX = Pattern.compile("<g id=\"n(\\d+)\" class=\"node\">");

    /** The library's tooltips of arrows: the labels of both ends. */
    private static final Pattern ARROW = Pattern.compile("<title id=\"line_[^>]*>[^<]*</title>");

    private SvgLayout() {}

    /**
     * Lays a picture out.
     *
     * @param dot the picture
     * @param tooltips what is to be said of each box, in their order
     * @param legend what is to stand under the picture, in lines
     */
    static String draw(String dot, List<String> tooltips, List<String> legend) {
        try {
            Graphviz graph = DotParser.parse(dot);
            String svg = DOCTYPE.matcher(graph.toSvgStr()).replaceFirst("");
            svg = FONT.matcher(ARROW.matcher(svg).replaceAll("")).replaceAll("$1font-family=\"sans-serif\"");
            svg = SvgFrame.around(svg, legend);
            return Escape.afterLayout(BOX.matcher(svg)
                    .replaceAll(box -> Matcher.quoteReplacement(
                            box.group() + title(tooltips.get(Integer.parseInt(box.group(1)))))));
        } catch (ExecuteException failed) {
            throw new IllegalStateException("The picture could not be laid out: " + failed.getMessage(), failed);
        }
    }

    private static String title(String tooltip) {
        return "<title>" + Escape.xml(tooltip) + "</title>";
    }
}
