package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.ThrottledException;
import io.afnio4j.model.Limits;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.context.Context;

/** The moments between a grant and a start, which threads hit too rarely to be left to chance. */
class AdmissionTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Admission door =
            new Admission(Limits.builder().maxConcurrency(1).build(), time, new Pause(null, time));

    private Turn enter() {
        return door.enter(ManualChatModel.ask("a"), Context.empty());
    }

    @Test
    void aTurnWithdrawnBetweenGrantAndStartGivesItsPlaceToTheNextAndNeverStarts() {
        Turn first = enter();
        Turn second = enter();

        first.withdraw();
        time.advanceTimeBy(Callers.SOON);

        assertThat(door.places.queued()).isZero();
        StepVerifier.create(first.granted()).expectComplete().verify(LIMIT);
        StepVerifier.create(second.granted())
                .expectNext(second)
                .expectComplete()
                .verify(LIMIT);
        assertThat(door.places.inFlight()).isEqualTo(1);
    }

    @Test
    void aTurnThatHasStartedKeepsItsPlaceUntilItsCallHasEnded() {
        Turn turn = enter();
        StepVerifier.create(turn.granted()).expectNext(turn).expectComplete().verify(LIMIT);

        turn.withdraw();
        assertThat(door.places.inFlight()).isEqualTo(1);
        turn.leave();
        turn.leave();
        turn.withdraw();

        assertThat(door.places.inFlight()).isZero();
    }

    @Test
    void aRefusalHoldsNobodyWhereTheShortestWaitIsTooLong() {
        Limits hasty = Limits.builder().maxRetryWait(Duration.ofNanos(1)).build();
        Admission open = new Admission(hasty, time, new Pause(null, time));
        Turn refused = open.enter(ManualChatModel.ask("a"), Context.empty());
        assertThat(refused.startsNow()).isTrue();
        refused.failed(new ThrottledException("too many", null));
        refused.leave();

        assertThat(open.enter(ManualChatModel.ask("b"), Context.empty()).startsNow())
                .isTrue();
    }

    @Test
    void aTurnWithdrawnTwiceFreesOnePlace() {
        Turn turn = enter();

        turn.withdraw();
        turn.withdraw();

        assertThat(door.places.inFlight()).isZero();
    }
}
