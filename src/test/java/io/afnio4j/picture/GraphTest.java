package io.afnio4j.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardListener;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.BackwardClient;
import io.afnio4j.model.CompletionOptions;
import io.afnio4j.model.Usage;
import io.afnio4j.model.script.ScriptedChatModel;
import io.afnio4j.ops.ChatCompletion;
import io.afnio4j.ops.Inputs;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
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
                  n1["UpperBackward0<br/>prompt a and prompt b"]
                  n2["AddBackward0<br/>prompt a and prompt b"]
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
                .contains("say #34;#93; #45;#45;#62;", "#60;script#62;")
                .doesNotContain("<script>");
        assertThat(Graph.of(hostile).toDot()).contains("say \\\"] -->\\n<script>");
        String svg = Graph.of(hostile).toSvg();
        assertThat(svg).doesNotContain("<script>");
        assertThat(parse(svg).getDocumentElement().getTextContent()).contains("<script>");
    }

    @Test
    void showsWhatEachNodesFeedbackHasCostAndHowTheGradientsOfLeavesBegin() {
        ScriptedChatModel critic = ScriptedChatModel.builder()
                .name("openai/gpt-4o")
                .by(request -> "Name the case that \"decides\", and why.")
                .usage(Usage.of(1_000, 200))
                .build();
        PassRecord record = new PassRecord();
        List<BackwardEvent> heard = new ArrayList<>();
        Variable answer = Objects.requireNonNull(
                ChatCompletion.of(ScriptedChatModel.answering("ok"), List.of(Message.user(a)), Inputs.NONE)
                        .as("answer")
                        .run()
                        .block(LIMIT));
        StepVerifier.create(answer.backward(BackwardOptions.DEFAULTS
                        .gradient(new Variable("bad", "feedback"))
                        .listener(record.and(new BackwardListener() {
                            @Override
                            public void on(BackwardEvent event) {
                                heard.add(event);
                            }

                            @Override
                            public boolean watchesWords() {
                                return false;
                            }
                        }))
                        .context(new BackwardClient(critic, CompletionOptions.NONE)::in)))
                .expectComplete()
                .verify(LIMIT);

        String dot = Graph.of(answer).after(record).toDot();
        assertThat(dot)
                .containsPattern(
                        "ChatCompletionBackward0\\\\nanswer\\\\ndone in [0-9.]+ ms\\\\n1,200 tokens, \\$0\\.0045");
        assertThat(dot).contains("prompt a\\n1 gradient: Name the case that\\n\\\"decides\\\", and why.");
        assertThat(dot).contains("\\nfeedback to prompt a: Name the case that \\\"decides\\\", and why.\"");
        assertThat(Graph.of(answer).after(record).toMermaid()).contains("<br/>1,200 tokens, #36;0#46;0045");
        assertThat(heard).hasAtLeastOneElementOfType(BackwardEvent.FeedbackReceived.class);
        assertThat(heard).as("nobody wants words").noneMatch(BackwardEvent.FeedbackToken.class::isInstance);
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

        assertThat(picture.toMermaid()).contains("prompt a<br/>1 gradient#58; ");
        assertThat(picture.toDot()).contains("prompt a\\n1 gradient: ");
        assertThat(parse(picture.toSvg()).getElementsByTagName("svg").getLength())
                .isEqualTo(1);
    }

    @Test
    void showsGradientsThatAreLists() {
        PassRecord record = new PassRecord();
        Variable root = new Variable(List.of("x", "y"), "answers", true).upper();
        StepVerifier.create(root.backward(BackwardOptions.DEFAULTS
                        .gradient(new Variable(List.of("shorter", "longer"), "feedback"))
                        .listener(record)))
                .expectComplete()
                .verify(LIMIT);

        assertThat(Graph.of(root).after(record).toDot()).containsPattern("1 gradient: .*shorter.*longer");
    }

    @Test
    void tooltipsHoldTheWholeNamesAndNoMarkup() throws Exception {
        String role = "a role that is much too long for a box with <b>markup</b> & \"quotes\" in it, and goes on";
        Variable root = new Parameter("x", role).upper();
        NodeList titles = parse(Graph.of(root).toSvg()).getElementsByTagName("title");

        assertThat(titles.getLength()).isEqualTo(3);
        assertThat(titles.item(1).getTextContent()).isEqualTo("UpperBackward0: " + role);
        assertThat(titles.item(2).getTextContent()).isEqualTo(role);
        assertThat(Graph.of(root).toDot())
                .contains("tooltip=\"UpperBackward0: a role", "\\\"quotes\\\" in it, and goes on\"");
    }

    @Test
    void tooltipsAreCutWhereTheyWouldFillTheScreen() throws Exception {
        Variable root = new Parameter("x", "long ".repeat(1_000)).upper();

        assertThat(parse(Graph.of(root).toSvg())
                        .getElementsByTagName("title")
                        .item(2)
                        .getTextContent())
                .hasSize(300)
                .endsWith("…");
    }

    @Test
    void theTooltipOfManyNamesTheFirst() throws Exception {
        List<Variable> branches = IntStream.range(0, 100)
                .mapToObj(i -> new Parameter("x", "prompt " + i).upper())
                .toList();

        assertThat(parse(Graph.of(Variable.sum(branches)).toSvg())
                        .getDocumentElement()
                        .getTextContent())
                .contains("UpperBackward0 × 100, such as prompt 0, prompt 1, prompt 2 and 97 others");
    }

    @Test
    void aLongChainReadsDownAndAFewFunctionsReadToTheRight() {
        Variable end = a;
        for (int i = 0; i < 10; i++) {
            end = end.upper();
        }
        assertThat(Graph.of(end).toMermaid()).startsWith("flowchart TD\n");
        assertThat(Graph.of(end).toDot()).contains("rankdir=TB;");
        assertThat(Graph.of(a.upper()).toDot()).contains("rankdir=LR;");
    }

    @Test
    void aPassIsDrawnWithALegendInDarkWordsOnALightSheetWithoutMuchAround() throws Exception {
        PassRecord record = new PassRecord();
        Variable root = new Makes("Fails", "answer")
                .apply(Makes.failing("broken", 1, "no").apply(a));
        StepVerifier.create(root.backward(BackwardOptions.DEFAULTS
                        .gradient(new Variable("better", "feedback"))
                        .listener(record)))
                .expectError()
                .verify(LIMIT);
        Graph picture = Graph.of(root).after(record);
        Document svg = parse(picture.toSvg());

        assertThat(svg.getDocumentElement().getTextContent()).contains("red: failed");
        assertThat(picture.toDot())
                .contains("label=\"red: failed, green: done\"; labelloc=b;", "style=\"filled,rounded\"");
        assertThat(picture.toMermaid()).contains("fill:#f8cfcf,color:#222222");
        String[] view = svg.getDocumentElement().getAttribute("viewBox").split(" ", -1);
        assertThat(Double.parseDouble(view[3]))
                .as("height of one row of boxes and a legend")
                .isLessThan(100);
        assertThat(((Element) svg.getElementsByTagName("rect").item(0)).getAttribute("fill"))
                .isEqualTo("#ffffff");
        assertThat(picture.toSvg()).doesNotContain("SansSerif").contains("<path id=\"n0_path\""); // rounded
    }

    /** Refuses what names anything outside. */
    static Document parse(String xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }
}
