package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.context.CallOff;
import io.afnio4j.error.CalledOffException;
import io.afnio4j.model.ChatChunk;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.Limits;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Who waits in a queue and is called off, or cancels, and what that means for the others. */
class LeavingTheQueueTest {

    private static final Duration MILLISECOND = Duration.ofMillis(1);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final ManualChatModel wire = new ManualChatModel();
    private final Callers callers = new Callers();

    private AdmissionChatModel places(int places) {
        return wire.behind(places, time);
    }

    private static List<String> many(int count) {
        return IntStream.range(0, count).mapToObj(i -> "q" + i).toList();
    }

    private void cancelOneEachMillisecond(List<String> questions) {
        for (String question : questions) {
            time.advanceTimeBy(MILLISECOND);
            callers.cancel(question);
        }
    }

    @Test
    void tellsWhoeverWaitsBehindOthersAtOnceThatTheCallIsOff() {
        AdmissionChatModel model = places(1);
        CallOff callOff = new CallOff();
        callers.ask(model, "a");
        callers.ask(model, "b");
        callers.subscribe(
                "c",
                model.chat(ask("c"))
                        .map(ChatResponse::text)
                        .onErrorResume(CalledOffException.class, failure -> Mono.just("off"))
                        .contextWrite(callOff::in));

        callOff.callOff();

        assertThat(callers.heard()).containsExactly("off");
        assertThat(model.queued()).isEqualTo(1);
        wire.answer("a");
        wire.answer("b");
        assertThat(wire.started()).containsExactly("a", "b");
        assertThat(model.inFlight()).isZero();
    }

    @Test
    void whoCancelsAllCallsOneByOneSendsNoneOfThoseThatWait() {
        AdmissionChatModel model = places(2);
        List<String> questions = List.of("a", "b", "c", "d", "e");
        questions.forEach(question -> callers.ask(model, question));
        callers.ask(model, "another's");

        questions.forEach(callers::cancel);

        assertThat(wire.started()).containsExactly("a", "b");
        assertThat(model.inFlight()).isZero();
        time.advanceTimeBy(Callers.SOON);
        assertThat(wire.started()).containsExactly("a", "b", "another's");
    }

    @Test
    void aReaderWhoStopsEarlyHoldsUpTheNextForTwoMilliseconds() {
        AdmissionChatModel model = places(1);
        callers.subscribe("a", model.stream(ask("a")).map(ChatChunk::text).take(1));
        callers.ask(model, "b");
        wire.answer("a");

        time.advanceTimeBy(Callers.SOON.minusNanos(1));
        assertThat(wire.started()).containsExactly("a");
        time.advanceTimeBy(Duration.ofNanos(1));

        assertThat(wire.started()).containsExactly("a", "b");
    }

    @Test
    void aRowOfCancelsSendsNobodyUntilTwoMillisecondsAfterTheLast() {
        AdmissionChatModel model = places(1);
        List<String> questions = many(20);
        questions.forEach(question -> callers.ask(model, question));
        callers.ask(model, "another's");

        cancelOneEachMillisecond(questions);
        time.advanceTimeBy(Callers.SOON.minusNanos(1));
        assertThat(wire.started()).containsExactly("q0");
        time.advanceTimeBy(Duration.ofNanos(1));

        assertThat(wire.started()).containsExactly("q0", "another's");
    }

    @Test
    void aRowOfCancelsThatDoesNotEndLetsSomebodyInAfterFiftyMilliseconds() {
        AdmissionChatModel model = places(1);
        List.of("a", "b", "c").forEach(question -> callers.ask(model, question));
        List<String> leaving = many(150);
        leaving.forEach(question -> callers.ask(model, question, -1));

        callers.cancel("a");
        cancelOneEachMillisecond(leaving.subList(0, 49));
        assertThat(wire.started()).containsExactly("a");
        cancelOneEachMillisecond(leaving.subList(49, 50));
        assertThat(wire.started()).containsExactly("a", "b");

        callers.cancel("b");
        cancelOneEachMillisecond(leaving.subList(50, 99));
        assertThat(wire.started()).as("the next row may last as long").containsExactly("a", "b");
        cancelOneEachMillisecond(leaving.subList(99, 100));
        assertThat(wire.started()).containsExactly("a", "b", "c");
    }

    @Test
    void aStartThatIsDueIsNotHeldUpByThoseWhoLeave() {
        AdmissionChatModel model = new AdmissionChatModel(
                wire, Limits.builder().requestsPerMinute(60).build(), time);
        List.of("a", "b", "c").forEach(question -> callers.ask(model, question));
        time.advanceTimeBy(Duration.ofMillis(759));
        callers.cancel("c");
        assertThat(wire.started()).containsExactly("a");

        time.advanceTimeBy(MILLISECOND);

        assertThat(wire.started()).containsExactly("a", "b");
    }
}
