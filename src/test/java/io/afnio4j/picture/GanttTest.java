package io.afnio4j.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardException;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Spent;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.model.ExchangeListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.context.Context;

class GanttTest {

    private final Parameter prompt = new Parameter("x", "prompt");

    @Test
    void marksTheChainThatThePassWaitedForLastAndSaysWhoLetWhomStart() throws Exception {
        Variable fast = Makes.slowly("fast", 100).apply(prompt);
        Variable slow = Makes.slowly("slow", 300)
                .apply(Makes.slowly("below", 50).apply(prompt).upper());
        Variable root = Makes.slowly("root", 200).apply(fast, slow);
        Gantt gantt = chart(root, 550);

        assertThat(texts(gantt, "font-weight"))
                .containsExactly("root · rootBackward0", "slow · slowBackward0", "below · belowBackward0");
        assertThat(texts(gantt, "x")).containsSubsequence("after root", "called 300 ms", "after slow", "called 50 ms");
        assertThat(gantt.toHtml())
                .contains("<td>The pass</td><td>succeeded</td>")
                .contains("<td>Time of the pass</td><td>550 ms</td>")
                .contains("<td>Calls on the critical path</td><td>550 ms</td>")
                .contains("<td>All calls, summed up</td><td>650 ms</td>")
                .contains("<td>Gained by asking at the same time</td><td>1.2 ×</td>")
                .contains("<td>belowBackward0: below</td><td>slowBackward0: slow</td><td>called 50 ms</td>");
        assertThat(tooltips(gantt))
                .contains("fastBackward0: fast\ndone in 100 ms\nready after 200 ms, called 100 ms\n"
                        + "could start when this one had ended: rootBackward0: root");
    }

    @Test
    void showsHowLongANodeThatWasReadyWaitedForAPlaceOfThePass() throws Exception {
        Variable first = Makes.slowly("first", 100).apply(prompt);
        Variable second = Makes.slowly("second", 100).apply(prompt);
        Gantt gantt = chart(first.plus(second), 200, options -> options.maxConcurrency(1));

        assertThat(texts(gantt, "x")).contains("called 100 ms, waited 100 ms for a place (limit of the pass)");
        assertThat(gantt.toSvg()).containsSubsequence(GanttSvg.PALE, Fate.DONE.strong(), "ready, waits for a place");
        assertThat(gantt.toHtml())
                .contains("<td>Waiting for a place on the critical path</td><td>100 ms</td>")
                .contains("<td>Gained by asking at the same time</td><td>1.0 ×</td>");
    }

    @Test
    void aNodeWaitsForTheRestOfItsFeedbackAlongADottedLine() {
        Variable shared = Makes.slowly("shared", 100).apply(prompt);
        Variable root = Makes.slowly("fast", 50)
                .apply(shared)
                .plus(Makes.slowly("slow", 200).apply(shared));

        assertThat(chart(root, 300).toSvg()).contains("dotted: waits for the rest of its feedback", "after slow");
        assertThat(chart(Makes.slowly("alone", 50).apply(prompt), 50).toSvg()).doesNotContain("dotted");
    }

    @Test
    void foldsThousandsOfNodesIntoAFewLinesThatShowHowManyAskAndWait() throws Exception {
        List<Variable> parts = IntStream.range(0, 2_000)
                .mapToObj(i -> Makes.slowly("branch " + i, 100).apply(prompt))
                .toList();
        Gantt gantt = chart(Variable.sum(parts), 5_000, options -> options.maxConcurrency(40));

        assertThat(texts(gantt, "x"))
                .hasSizeLessThan(30)
                .contains("at most 40 ask and 1,959 wait for a place at once")
                .anyMatch(text -> text.startsWith("branch # × 1999"));
        assertThat(gantt.toSvg()).hasSizeLessThan(30_000);
    }

    @Test
    void aLongCriticalPathIsFoldedAsWellButForItsLongestNodes() throws Exception {
        Variable history = prompt;
        for (int i = 0; i < 2_000; i++) {
            history = Makes.slowly("turn " + i, i % 1_000 == 7 ? 300 : 1).apply(history);
        }
        List<String> bold = texts(chart(history, 2_598), "font-weight");

        assertThat(bold).hasSize(3).anyMatch(label -> label.startsWith("turn # × 1998"));
        assertThat(bold).anyMatch(label -> label.startsWith("turn 7 "));
    }

    @Test
    void manyDifferentNodesShareALineWithOthers() throws Exception {
        List<Variable> parts = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String word = "" + (char) ('a' + i % 26) + (char) ('a' + i / 26);
            parts.add(Makes.slowly(word, 100).apply(prompt));
        }
        Gantt gantt = chart(Variable.sum(parts), 100);

        assertThat(texts(gantt, "font-size")).hasSizeLessThan(40);
        assertThat(texts(gantt, "x")).anyMatch(label -> label.startsWith("others × 2"));
    }

    @Test
    void aNodeThatFailedHasItsOwnLineAmongThousandsWithItsMessage() throws Exception {
        List<Variable> parts = new ArrayList<>(IntStream.range(0, 2_000)
                .mapToObj(i -> Makes.slowly("branch " + i, 100).apply(prompt))
                .toList());
        parts.add(Makes.failing("branch x", 10, "no <such> model").apply(prompt));
        Gantt gantt = chart(Variable.sum(parts), 100);

        assertThat(texts(gantt, "x")).contains("branch x · branch xBackward0");
        assertThat(tooltips(gantt)).anyMatch(tooltip -> tooltip.contains("failed in 10 ms: no <such> model"));
        assertThat(gantt.toHtml()).contains("<td>The pass</td><td>failed</td>");
    }

    @Test
    void isAPageThatNeedsNothingElseAndRunsNoScript() throws Exception {
        Gantt gantt = chart(Makes.slowly("<script>alert(1)</script>", 10).apply(prompt), 10);

        assertThat(gantt.toHtml())
                .doesNotContain("<script")
                .contains("default-src 'none'")
                .doesNotContain("href=");
        assertThat(tooltips(gantt)).anyMatch(tooltip -> tooltip.contains(": <script>alert(1)</script>\n"));
    }

    @Test
    void noLabelReachesIntoTheBarsHoweverBroadItsLettersAre() throws Exception {
        String broad = "字".repeat(60);
        Gantt gantt = chart(Makes.slowly(broad, 10).apply(prompt), 10);

        assertThat(elements(gantt, "text"))
                .filteredOn(text -> text.getTextContent().startsWith("字"))
                .extracting(text -> (Element) text.getParentNode())
                .singleElement()
                .satisfies(frame -> {
                    assertThat(frame.getTagName()).isEqualTo("svg");
                    assertThat(Integer.parseInt(frame.getAttribute("width"))).isLessThan(350);
                });
        assertThat(gantt.toHtml()).contains("overflow-wrap: anywhere").doesNotContain("\nsvg {");
    }

    @Test
    void aPassWithoutWaitingIsAnEmptyChart() throws Exception {
        Variable root = prompt.upper();
        assertThat(texts(chart(root, 0), "x")).contains("0 ms");
    }

    @Test
    void whatWouldHaveBegunAfterAFailureWasNotReached() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try {
            Variable answered = Makes.slowly("answered", 300)
                    .apply(Makes.slowly("beyond", 10).apply(prompt.upper()));
            Variable root = answered.plus(Makes.failing("broken", 100, "no").apply(prompt));
            PassRecord record = new PassRecord(() -> time.now(TimeUnit.NANOSECONDS));
            StepVerifier.create(backward(root, record, options -> options))
                    .then(() -> time.advanceTimeBy(Duration.ofMillis(300)))
                    .expectError()
                    .verify(Duration.ofSeconds(10));

            assertThat(Graph.of(root).after(record).toMermaid())
                    .contains("answered<br/>done in 300 ms", "beyond<br/>not reached", "broken<br/>failed in 100 ms")
                    .contains("\"AddBackward0<br/>answered and broken\"");
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    void whatIsStillWaitedForLastsUntilNowAndIsCalledOffWithThePass() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try {
            Variable asked = Makes.slowly("asked", 1_000)
                    .apply(Makes.slowly("beyond", 10).apply(prompt));
            Variable root = asked.plus(Makes.slowly("queued", 1_000).apply(prompt));
            PassRecord record = new PassRecord(() -> time.now(TimeUnit.NANOSECONDS));
            StepVerifier.create(backward(root, record, options -> options.maxConcurrency(1)))
                    .then(() -> time.advanceTimeBy(Duration.ofMillis(300)))
                    .then(() -> assertThat(Graph.of(root).after(record).toMermaid())
                            .contains("asked<br/>waiting for 300 ms", "queued<br/>waiting for a place for 300 ms"))
                    .thenCancel()
                    .verify(Duration.ofSeconds(10));
            time.advanceTimeBy(Duration.ofMillis(500));

            assertThat(Gantt.of(root, record).toHtml())
                    .contains("<td>The pass</td><td>was cancelled</td>", "called off after 300 ms", "never asked")
                    .doesNotContain("waiting for 300 ms");
            assertThat(Graph.of(root).after(record).toMermaid())
                    .contains("asked<br/>called off after 300 ms", "queued<br/>never asked", "beyond<br/>not reached");
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    void aPassThatGoesOnWhileItIsDrawnIsDrawnAsOfOneMoment() throws Exception {
        List<Variable> parts = IntStream.range(0, 70)
                .mapToObj(i -> Makes.slowly("branch " + i, 100).apply(prompt))
                .toList();
        AtomicLong nanos = new AtomicLong();
        PassRecord record = new PassRecord(() -> nanos.addAndGet(1_000_000));
        parts.forEach(part -> record.on(new BackwardEvent.NodeStarted(Objects.requireNonNull(part.gradFn()))));

        assertThat(texts(Gantt.of(Variable.sum(parts), record), "x"))
                .anyMatch(label -> label.startsWith("branch # × "));
    }

    @Test
    void thousandsOfCallsOneAfterTheOtherAreAFewBars() throws Exception {
        AtomicLong nanos = new AtomicLong();
        PassRecord record = new PassRecord(nanos::get);
        Variable root = prompt.upper();
        Node node = Objects.requireNonNull(root.gradFn());
        ExchangeListener client = Objects.requireNonNull(ExchangeListener.of(record.contextFor(node, Context.empty())));
        record.on(new BackwardEvent.NodeStarted(node));
        for (int call = 0; call < 5_000; call++) {
            client.onStart();
            nanos.addAndGet(9_000_000);
            client.onRefusal();
            nanos.addAndGet(1_000_000);
        }
        record.on(new BackwardEvent.NodeFinished(node));

        assertThat(elements(Gantt.of(root, record), "rect")).hasSizeLessThan(10);
        assertThat(tooltips(Gantt.of(root, record)))
                .anyMatch(tooltip -> tooltip.contains("called 45.0 s (5000 calls)"));
    }

    @Test
    void aLineOfManyHasTheColourOfTheWorstThatBecameOfThoseThatDidNotFail() {
        Visit failed = visit(Visit.State.FAILED, 10);
        Visit waiting = visit(Visit.State.WAITING, 10);
        Visit done = visit(Visit.State.DONE, 10);
        Visit neverAsked = visit(Visit.State.CALLED_OFF, 0);

        assertThat(colour(failed, done, waiting)).contains(Fate.WAITING);
        assertThat(colour(failed, done, neverAsked)).contains(Fate.DONE);
        assertThat(colour(failed, failed)).contains(Fate.FAILED);
        assertThat(colour(neverAsked)).isEmpty();
    }

    private Visit visit(Visit.State state, long called) {
        return new Visit(
                Objects.requireNonNull(prompt.upper().gradFn()),
                state,
                0,
                10,
                0,
                called == 0 ? Visit.Calls.NONE : Visit.Calls.from(0, called),
                new Visit.Feedback(Spent.NOTHING, null),
                null);
    }

    private static Optional<Fate> colour(Visit... visits) {
        return new GanttRows.Row("", List.of(), List.of(visits), false, null).colour();
    }

    private static Gantt chart(Variable root, long millis) {
        return chart(root, millis, UnaryOperator.identity());
    }

    private static Gantt chart(Variable root, long millis, UnaryOperator<BackwardOptions> with) {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try {
            PassRecord record = new PassRecord(() -> time.now(TimeUnit.NANOSECONDS));
            StepVerifier.create(backward(root, record, with).onErrorComplete(BackwardException.class))
                    .then(() -> time.advanceTimeBy(Duration.ofMillis(millis)))
                    .expectComplete()
                    .verify(Duration.ofSeconds(10));
            return Gantt.of(root, record);
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    private static Mono<Void> backward(Variable root, PassRecord record, UnaryOperator<BackwardOptions> with) {
        return root.backward(with.apply(BackwardOptions.DEFAULTS
                .gradient(new Variable("better", "feedback"))
                .listener(record)));
    }

    /** The texts that have an attribute, in their order. */
    private static List<String> texts(Gantt gantt, String attribute) throws Exception {
        return elements(gantt, "text").stream()
                .filter(text -> text.hasAttribute(attribute))
                .map(Element::getTextContent)
                .toList();
    }

    private static List<String> tooltips(Gantt gantt) throws Exception {
        return elements(gantt, "title").stream().map(Element::getTextContent).toList();
    }

    private static List<Element> elements(Gantt gantt, String name) throws Exception {
        NodeList found = GraphTest.parse(gantt.toSvg()).getElementsByTagName(name);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> (Element) found.item(i))
                .toList();
    }
}
