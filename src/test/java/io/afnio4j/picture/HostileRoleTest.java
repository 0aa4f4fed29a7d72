package io.afnio4j.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Variable;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever somebody calls his variables, it is read as text. */
class HostileRoleTest {

    /** What Mermaid, Graphviz, XML or HTML give a meaning to. */
    static List<String> roles() {
        return List.of(
                "`name` of the user",
                "user's question",
                "%%{init: {'theme':'dark'}}%%",
                "%% comment",
                "#quot; #35; x#lt;y",
                "ﬂ°lt¶ß ﬂ°°60¶ß",
                "style n0 fill:#f00;",
                "classDef x fill:#f00;",
                "$$x^2$$",
                "1. list",
                "- list",
                "a &lt; b &#65; &nosuch;",
                "<b>bold</b><script>alert(1)</script>",
                "\"] ]]> \\ \\n \\\" --> {rhombus} |x|",
                "\\G \\N \\L \\l \\r",
                "<g id=\"n0\" class=\"node\">",
                "end",
                "😀 עברית");
    }

    @ParameterizedTest
    @MethodSource("roles")
    void isShownAsItWasWritten(String role) throws Exception {
        Graph picture = Graph.of(new Variable("x", role));

        assertThat(readByMermaid(picture.toMermaid())).isEqualTo(role);
        assertThat(GraphTest.parse(picture.toSvg())
                        .getElementsByTagName("text")
                        .item(0)
                        .getTextContent())
                .as("with the hard spaces that the layout sets")
                .isEqualTo(role.replace(' ', '\u00a0'));
    }

    @ParameterizedTest
    @CsvSource({"''", "'  '", "'\u0000\u0001'", "'\u2028\u0085'"})
    void isABlankLabelWhereItShowsNothing(String role) throws Exception {
        Graph picture = Graph.of(new Variable("x", role));

        assertThat(picture.toMermaid()).isEqualTo("flowchart LR\n  n0([\" \"])\n");
        assertThat(GraphTest.parse(picture.toSvg()).getElementsByTagName("svg").getLength())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "'a\u0000b\u0001c\u001bd'",
        "'a\uFFFEb\uFFFFcd'",
        "'a\ud83dbcd'",
        "'a\u202Ebcd'",
        "'\u202Aa\u202Bb\u202Cc\u202Dd'",
        "'a\u2066b\u2067c\u2068d\u2069'"
    })
    void losesWhatXmlCannotHoldAndMarksThatWouldTurnTheWordsBehindIt(String role) throws Exception {
        Graph picture = Graph.of(new Variable("x", role));

        assertThat(readByMermaid(picture.toMermaid())).isEqualTo("abcd");
        assertThat(GraphTest.parse(picture.toSvg()).getDocumentElement().getTextContent())
                .contains("abcd");
    }

    /**
     * The text of the first label, decoded as Mermaid does; fails where it holds a mark that Mermaid might take for
     * something else.
     */
    private static String readByMermaid(String chart) {
        String label = chart.substring(chart.indexOf("([\"") + 3, chart.indexOf("\"])"));
        assertThat(label).matches("([\\p{L}\\p{N} ,()?!]|[^\\x00-\\x7f°¶]|#\\d+;)+");
        return Pattern.compile("#(\\d+);")
                .matcher(label)
                .replaceAll(code -> Matcher.quoteReplacement(Character.toString(Integer.parseInt(code.group(1)))));
    }
}
