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
        assertThat(dot).containsPattern("ChatCompletionBackward0\\\\ndone in [0-9.]+ ms\\\\n1,200 tokens, \\$0\\.0045");
        assertThat(dot).contains("prompt a\\n1 gradient: Name the case that \\\"decides\\\", and why.");
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

    /** Refuses what names anything outside. */
    static Document parse(String xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }
}
