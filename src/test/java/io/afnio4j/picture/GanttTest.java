package io.afnio4j.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.PureFunction;
import io.afnio4j.autodiff.Variable;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.w3c.dom.NodeList;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@SuppressWarnings("NullAway") // on JDK 17 it reads no nullness inside type arguments from class files
class GanttTest {

    private final Parameter prompt = new Parameter("x", "prompt");

    @Test
    void marksTheChainThatThePassWaitedForLast() throws Exception {
        Variable fast = new Waits("fast", 100).apply(prompt);
        Variable slow = new Waits("slow", 300).apply(new Waits("below", 50).apply(prompt));
        Variable root = new Waits("root", 200).apply(fast, slow);
        Gantt gantt = chart(root, 550);

        NodeList texts = GraphTest.parse(gantt.toSvg()).getElementsByTagName("text");
        List<String> bold = IntStream.range(0, texts.getLength())
                .mapToObj(i -> (org.w3c.dom.Element) texts.item(i))
                .filter(text -> text.hasAttribute("font-weight"))
                .map(org.w3c.dom.Element::getTextContent)
                .toList();
        assertThat(bold).containsExactly("rootBackward0: root", "slowBackward0: slow", "belowBackward0: below");
        assertThat(gantt.toHtml())
                .contains("<td>Time of the pass</td><td>550 ms</td>")
                .contains("<td>Waited for on the critical path</td><td>550 ms</td>")
                .contains("<td>All waiting, summed up</td><td>650 ms</td>")
                .contains("<td>Gained by asking at the same time</td><td>1.2 ×</td>");
    }

    @Test
    void foldsThousandsOfNodesIntoAFewLines() {
        List<Variable> parts = IntStream.range(0, 2_000)
                .mapToObj(i -> new Waits("branch " + i, 100 + i % 7).apply(prompt))
                .toList();
        String svg = chart(Variable.sum(parts), 106).toSvg();

        assertThat(svg.split("<text x=\"4\"", -1)).hasSizeLessThan(10);
        assertThat(svg).contains("branch # × 1999");
    }

    @Test
    void isAPageThatNeedsNothingElseAndRunsNoScript() {
        Gantt gantt = chart(new Waits("<script>alert(1)</script>", 10).apply(prompt), 10);

        assertThat(gantt.toHtml())
                .doesNotContain("<script")
                .contains("default-src 'none'")
                .doesNotContain("href=");
    }

    @Test
    void aPassWithoutWaitingIsAnEmptyChart() throws Exception {
        Variable root = prompt.upper();
        assertThat(GraphTest.parse(chart(root, 0).toSvg()).getElementsByTagName("svg"))
                .isNotNull();
    }

    @Test
    void whatIsStillWaitedForLastsUntilNowOrUntilThePassIsGivenUp() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try {
            Variable root = new Waits("slow", 1_000).apply(prompt);
            PassRecord record = new PassRecord(() -> time.now(TimeUnit.NANOSECONDS));
            StepVerifier.create(root.backward(BackwardOptions.DEFAULTS
                            .gradient(new Variable("better", "feedback"))
                            .listener(record)))
                    .then(() -> time.advanceTimeBy(Duration.ofMillis(300)))
                    .then(() -> assertThat(Gantt.of(root, record).toSvg()).contains("300 ms after 0.0 ms"))
                    .thenCancel()
                    .verify(Duration.ofSeconds(10));
            time.advanceTimeBy(Duration.ofMillis(500));

            assertThat(Gantt.of(root, record).toSvg()).contains("300 ms after 0.0 ms");
            assertThat(Graph.of(root).after(record).toMermaid()).contains("waiting for 300 ms");
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    private static Gantt chart(Variable root, long millis) {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try {
            PassRecord record = new PassRecord(() -> time.now(TimeUnit.NANOSECONDS));
            StepVerifier.create(root.backward(BackwardOptions.DEFAULTS
                            .gradient(new Variable("better", "feedback"))
                            .listener(record)))
                    .then(() -> time.advanceTimeBy(Duration.ofMillis(millis)))
                    .expectComplete()
                    .verify(Duration.ofSeconds(10));
            return Gantt.of(root, record);
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    /** Waits for a while in backward. */
    private static final class Waits extends PureFunction {

        private final String name;
        private final long millis;

        Waits(String name, long millis) {
            this.name = name;
            this.millis = millis;
        }

        @Override
        protected String name() {
            return name;
        }

        @Override
        protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
            return List.of(new Variable("answer", name));
        }

        @Override
        protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
            List<@Nullable Variable> same = Collections.nCopies(context.inputs(), gradients.get(0));
            return Mono.delay(Duration.ofMillis(millis), Schedulers.parallel()).map(tick -> same);
        }
    }
}
