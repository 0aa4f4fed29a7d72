package io.afnio4j.picture;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardEvent;
import io.afnio4j.autodiff.BackwardListener;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.PassView;
import io.afnio4j.autodiff.Spent;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.context.Phase;
import io.afnio4j.model.Exchange;
import io.afnio4j.model.ExchangeListener;
import io.afnio4j.model.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** What a record makes of a node whose client tells of its exchanges. */
class PassRecordTest {

    private long now;
    private final PassRecord record = new PassRecord(() -> TimeUnit.MILLISECONDS.toNanos(now));
    private final Variable root = new Parameter("x", "prompt").upper();
    private final Node node = Objects.requireNonNull(root.gradFn());
    private final Node other =
            Objects.requireNonNull(new Parameter("x", "prompt").upper().gradFn());

    @Test
    void whatLiesBeforeAndBetweenCallsIsWaiting() {
        ExchangeListener client = clientOf(node);
        start(node);
        at(30).onStart(client);
        at(130).onEnd(client);
        at(630).onStart(client);
        at(700).onEnd(client);
        at(710).tell(new BackwardEvent.NodeFinished(node));

        assertThat(visit(node).calls()).containsExactly(span(30, 130), span(630, 700));
        assertThat(Words.shares(visit(node)))
                .isEqualTo(
                        "called 170 ms (2 calls), waited 30 ms for a place (at the client), waited 510 ms between calls");
    }

    @Test
    void callsAtTheSameTimeAreOneSpanAndEachHasItsOwnTime() {
        ExchangeListener client = clientOf(node);
        start(node);
        at(10).onStart(client);
        at(20).onStart(client);
        at(50).onEnd(client);
        at(100).onEnd(client);
        at(100).tell(new BackwardEvent.NodeFinished(node));

        assertThat(visit(node).calls()).containsExactly(span(10, 100));
        assertThat(visit(node).asked().sum()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(40 + 80));
    }

    @Test
    void whoWaitsFirstForThePassAndThenForTheClientSaysBoth() {
        ExchangeListener client = clientOf(node);
        start(node);
        at(0).tell(new BackwardEvent.Queued(node));
        at(40).tell(new BackwardEvent.Admitted(node));
        at(100).onStart(client);
        at(200).onEnd(client);
        at(200).tell(new BackwardEvent.NodeFinished(node));

        assertThat(Words.shares(visit(node)))
                .isEqualTo(
                        "called 100 ms, waited 40 ms for a place (limit of the pass), waited 60 ms for a place (at the client)");
    }

    @Test
    void whatIsSentBeforeANodeAsksToCondenseItsFeedbackIsItsTimeToo() {
        ExchangeListener client = clientOf(node);
        tell(new BackwardEvent.Planned(1, 1, 1));
        at(10).onStart(client);
        at(50).onEnd(client);
        at(50).start(node);
        at(50).onStart(client);
        at(90).onEnd(client);
        at(90).tell(new BackwardEvent.NodeFinished(node));

        assertThat(visit(node).from()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(10));
        assertThat(Words.shares(visit(node))).isEqualTo("called 80 ms (2 calls)");
    }

    @Test
    void whatQueuesBeforeANodeAsksToCondenseItsFeedbackIsItsTimeToo() {
        tell(new BackwardEvent.Planned(1, 1, 1));
        at(10).tell(new BackwardEvent.Queued(node));
        at(15).tell(new BackwardEvent.Admitted(other));
        at(30).tell(new BackwardEvent.Admitted(node));
        at(50).start(node);
        at(50).start(other);
        at(90).tell(new BackwardEvent.NodeFinished(node));
        tell(new BackwardEvent.NodeFinished(other));

        assertThat(Words.shares(visit(node))).isEqualTo("called 60 ms, waited 20 ms for a place (limit of the pass)");
        assertThat(Words.shares(visit(other))).isEqualTo("called 75 ms");
    }

    @Test
    void whoCondensesItsFeedbackAndThenAnswersByItselfIsDoneWhenThatHasCome() {
        Context context = record.contextFor(node, Context.of(BackwardListener.class, BackwardListener.NOBODY));
        Variable condensed = new Variable("short", "feedback");
        tell(new BackwardEvent.Planned(1, 1, 1));
        at(10).tell(new BackwardEvent.Queued(node));
        at(20).tell(new BackwardEvent.Admitted(node));
        now = 50;
        BackwardListener.tell(context, new BackwardEvent.FeedbackReceived("prompt", 0, condensed, Spent.NOTHING));
        at(90).tell(new BackwardEvent.Finished(1, 0, 0, Duration.ZERO, Duration.ZERO));

        assertThat(Words.of(visit(node))).isEqualTo("done in 40 ms");
    }

    @Test
    void whoHearsThatItQueuedWhenItHasItsPlaceHasNotWaited() {
        start(node);
        at(5).tell(new BackwardEvent.Admitted(node));
        at(5).tell(new BackwardEvent.Queued(node));
        at(50).tell(new BackwardEvent.NodeFinished(node));

        assertThat(Words.shares(visit(node))).isEqualTo("called 50 ms");
    }

    @Test
    void feedbackThatIsAListBreaksNothingAndIsSaidOnOneLineWithARoleThatIsCut() {
        Context context = record.contextFor(node, Context.of(BackwardListener.class, BackwardListener.NOBODY));
        start(node);
        Gantt before = Gantt.of(root, record);
        Variable list = new Variable(List.of("one", "two"), "feedback");
        BackwardListener.tell(
                context, new BackwardEvent.FeedbackReceived("long\n".repeat(100), 0, list, Spent.NOTHING));

        assertThat(Words.about(visit(node))).endsWith("feedback to " + "long ".repeat(59) + "long…: one two");
        assertThat(before.toSvg()).as("of the moment before").doesNotContain("feedback to");
    }

    @Test
    void whatIsToldAfterThePassTakesNoTime() {
        start(node);
        at(10).tell(new BackwardEvent.PassCancelled());
        at(30).tell(new BackwardEvent.Queued(other));

        assertThat(record.snapshot().visits()).allSatisfy(visit -> {
            assertThat(visit.to()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(10));
            assertThat(visit.from()).isLessThanOrEqualTo(visit.to());
        });
    }

    @Test
    void aCallThatIsGivenUpAfterItsNodeEndedIsNotTheNodesTime() {
        ExchangeListener client = clientOf(node);
        start(node);
        at(10).onStart(client);
        at(50).tell(new BackwardEvent.NodeFinished(node));
        at(80).onEnd(client);
        at(90).onStart(client);
        assertThat(visit(node).asked().sum()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(70));
        at(95).onEnd(client);

        assertThat(visit(node).calls()).containsExactly(span(10, 50));
        assertThat(visit(node).waited()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(10));
    }

    @Test
    void whoHasHadNoExchangeWhereTheClientTellsOfThemIsInItsQueue() {
        ExchangeListener client = clientOf(node);
        start(node);
        start(other);
        at(10).onStart(client);
        now = 200;
        assertThat(Words.of(visit(node))).isEqualTo("waiting for 200 ms");
        assertThat(Words.of(visit(other))).isEqualTo("waiting for a place for 200 ms");

        tell(new BackwardEvent.PassCancelled());
        at(300).onEnd(client);
        assertThat(Words.of(visit(node))).isEqualTo("called off after 200 ms");
        assertThat(Words.of(visit(other))).isEqualTo("never asked");
    }

    @Test
    void whoseTurnHadNotComeWhenAnotherOneFailedWasNeverAsked() {
        start(node);
        start(other);
        at(10).tell(new BackwardEvent.Queued(other));
        tell(new BackwardEvent.NodeFailed(node, new IllegalStateException("no")));
        tell(new BackwardEvent.NodeSkipped(other));

        assertThat(Words.of(visit(node))).isEqualTo("failed in 10 ms");
        assertThat(Words.of(visit(other))).isEqualTo("never asked");
    }

    @Test
    void whatStillWaitsWhenThePassFailsIsCalledOff() {
        start(node);
        at(10).tell(new BackwardEvent.PassFailed(new IllegalStateException("no")));

        assertThat(Words.of(visit(node))).isEqualTo("called off after 10 ms");
        assertThat(record.snapshot().ending().gaveUp()).isTrue();
    }

    @Test
    void aPassThatCommittedPartlyHasReachedAllThatItCould() {
        start(node);
        tell(new BackwardEvent.NodeFailed(node, new IllegalStateException("no")));
        tell(new BackwardEvent.Finished(1, 1, 0, Duration.ZERO, Duration.ZERO));
        tell(new BackwardEvent.PassFailed(new IllegalStateException("no")));

        assertThat(record.snapshot().ending().gaveUp()).isFalse();
        assertThat(record.snapshot().ending().words()).isEqualTo("failed in part");
    }

    @Test
    void hearsOfExchangesBesideWhoElseListens() {
        List<String> heard = new ArrayList<>();
        ExchangeListener outer = new ExchangeListener() {
            @Override
            public void onStart() {
                heard.add("start");
            }

            @Override
            public void onEnd(Exchange exchange) {
                heard.add("end");
            }
        };
        ExchangeListener both =
                Objects.requireNonNull(ExchangeListener.of(record.contextFor(node, outer.in(Context.empty()))));
        tell(new BackwardEvent.NodeStarted(node));
        at(5).onStart(both);
        at(9).onEnd(both);

        assertThat(heard).containsExactly("start", "end");
        assertThat(visit(node).calls()).containsExactly(span(5, 9));
    }

    @Test
    void isOfThePassThatBeganLast() {
        start(node);
        at(30).tell(new BackwardEvent.NodeFinished(node));
        tell(new BackwardEvent.PassFailed(new IllegalStateException("no")));

        now = 500;
        now(root.backward(BackwardOptions.DEFAULTS
                .gradient(new Variable("Longer.", "feedback"))
                .listener(record)));

        assertThat(record.snapshot().visits()).isEmpty();
        assertThat(record.snapshot().wall()).isZero();
        assertThat(record.snapshot().ending()).isEqualTo(PassRecord.Ending.SUCCEEDED);
    }

    @Test
    void whatComesLateOfAPassBeforeIsNotWrittenIntoTheOneThatRuns() {
        Context bill = record.contextFor(node, Context.of(BackwardListener.class, BackwardListener.NOBODY));
        ExchangeListener before = clientOf(node);
        start(node);
        at(10).onStart(before);
        at(20).tell(new BackwardEvent.PassCancelled());

        beginAnother();
        at(100).onEnd(before); // before anything is heard of the other pass
        at(500).start(node);
        at(510).onStart(clientOf(node));
        at(520).onStart(before);
        Variable late = new Variable("late", "feedback");
        BackwardListener.tell(bill, new BackwardEvent.FeedbackReceived("prompt", 0, late, Spent.NOTHING));
        at(600).tell(new BackwardEvent.NodeFinished(node));

        assertThat(visit(node).calls()).containsExactly(span(10, 100));
        assertThat(visit(node).asked().count()).isEqualTo(1);
        assertThat(Words.about(visit(node))).doesNotContain("late");
    }

    @Test
    void timesAreReadAtAGlance() {
        assertThat(List.of(0L, 40_000L, 4_200_000L, 812_000_000L, 12_345_000_000L, 5_106_000_000_000L))
                .extracting(Words::time)
                .containsExactly("0 ms", "0 ms", "4.2 ms", "812 ms", "12.3 s", "85.1 min");
    }

    private ExchangeListener clientOf(Node asks) {
        return Objects.requireNonNull(ExchangeListener.of(record.contextFor(asks, Context.empty())));
    }

    private void beginAnother() {
        var unused = record.begin(new PassView() {
            @Override
            public ContextView context() {
                return Context.empty();
            }

            @Override
            public int queued() {
                return 0;
            }
        });
    }

    private void start(Node started) {
        tell(new BackwardEvent.NodeStarted(started));
    }

    private PassRecordTest at(long millis) {
        now = millis;
        return this;
    }

    private void tell(BackwardEvent event) {
        record.on(event);
    }

    private void onStart(ExchangeListener client) {
        client.onStart();
    }

    private void onEnd(ExchangeListener client) {
        client.onEnd(new Exchange(Phase.BACKWARD, Exchange.Outcome.ANSWERED, Usage.NONE, false, null, Duration.ZERO));
    }

    private Visit visit(Node of) {
        return record.snapshot().visits().stream()
                .filter(visit -> visit.node().equals(of))
                .findFirst()
                .orElseThrow();
    }

    private static Visit.Span span(long from, long to) {
        return new Visit.Span(TimeUnit.MILLISECONDS.toNanos(from), TimeUnit.MILLISECONDS.toNanos(to));
    }
}
