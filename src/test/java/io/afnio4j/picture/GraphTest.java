package io.afnio4j.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import reactor.test.StepVerifier;

class GraphTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Parameter a = new Parameter("A", "prompt a");
    private final Parameter b = new Parameter("B", "prompt b");

    @Test
    void drawsFunctionsAndLeavesInTheDirectionOfFeedback() {
        assertThat(Graph.of(a.plus(b).upper()).toMermaid()).isEqualTo("""
                flowchart LR
                  n0(["prompt a and prompt b"])
                  n1["UpperBackward0"]
                  n2["AddBackward0"]
                  n3(["prompt a"])
                  n4(["prompt b"])
                  n0 --> n1
                  n1 --> n2
                  n2 --> n3
                  n2 --> n4
                """);
    }

    @Test
    void drawsALeafAloneAndWhatNeedsNoGradientNotAtAll() {
        assertThat(Graph.of(new Variable("x", "question")).toMermaid())
                .isEqualTo("flowchart LR\n  n0([\"question\"])\n");
        assertThat(Graph.of(a.plus(new Variable("x", "question"))).toMermaid()).doesNotContain("([\"question\"])");
    }

    @Test
    void escapesWhatUsersWriteInEveryLanguage() throws Exception {
        Variable hostile = new Parameter("x", "say \"]\n--> <script>alert('1')</script> \\\" & \u0000").upper();

        assertThat(Graph.of(hostile).toMermaid())
                .contains("say #34;#93; #45;#45;#62; #60;script#62;")
                .doesNotContain("<script>");
        assertThat(Graph.of(hostile).toDot()).contains("say \\\"] --> <script>");
        String svg = Graph.of(hostile).toSvg();
        assertThat(svg).doesNotContain("<script>");
        assertThat(parse(svg).getDocumentElement().getTextContent()).contains("<script>");
    }

    @Test
    void foldsALargeGraphToWhatLooksDifferent() {
        List<Variable> branches = IntStream.range(0, 2_000)
                .mapToObj(i -> new Parameter("x", "prompt of branch " + i).upper())
                .toList();
        String chart = Graph.of(Variable.sum(branches)).toMermaid();

        assertThat(chart.lines()).hasSizeLessThan(20);
        assertThat(chart).contains("UpperBackward0 × 2000").contains("prompt of branch 0 × 2000");
    }

    @Test
    void aChainOfManyFunctionsTakesNoStack() {
        Variable end = a;
        for (int i = 0; i < 100_000; i++) {
            end = end.upper();
        }
        assertThat(Graph.of(end).toDot()).contains("UpperBackward0");
    }

    @Test
    void showsWhatBecameOfEachNode() throws Exception {
        PassRecord record = new PassRecord();
        Variable root = a.plus(b).upper();
        StepVerifier.create(root.backward(BackwardOptions.DEFAULTS
                        .gradient(new Variable("better", "feedback"))
                        .listener(record)))
                .expectComplete()
                .verify(LIMIT);
        Graph picture = Graph.of(root).after(record);

        assertThat(picture.toMermaid()).contains("prompt a<br/>1 gradient");
        assertThat(picture.toDot()).contains("prompt a\\n1 gradient");
        assertThat(parse(picture.toSvg()).getElementsByTagName("svg").getLength())
                .isEqualTo(1);
    }

    /** Refuses what names anything outside. */
    static Document parse(String xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }
}
