package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.context.CallOff;
import io.afnio4j.error.CalledOffException;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.Limits;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Who waits in a queue and is called off, or cancels, and what that means for the others. */
class LeavingTheQueueTest {

    /** After which the place of a cancelled call is given to whoever waits. */
    private static final Duration SOON = Duration.ofMillis(50);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final ManualChatModel wire = new ManualChatModel();
    private final Callers callers = new Callers();

    private AdmissionChatModel places(int places) {
        return new AdmissionChatModel(
                wire, Limits.builder().maxConcurrency(places).build(), time);
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
        time.advanceTimeBy(SOON);
        assertThat(wire.started()).containsExactly("a", "b", "another's");
    }
}
