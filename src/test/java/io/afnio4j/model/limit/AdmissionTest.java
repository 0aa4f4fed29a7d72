package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The moments between a grant and a start, which threads hit too rarely to be left to chance. */
class AdmissionTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Admission door = new Admission(1, null, VirtualTimeScheduler.create());

    @Test
    void aTurnWithdrawnBetweenGrantAndStartGivesItsPlaceToTheNextAndNeverStarts() {
        Admission.Turn first = door.enter(0);
        Admission.Turn second = door.enter(0);

        first.withdraw();

        assertThat(door.queued()).isZero();
        StepVerifier.create(first.granted()).expectComplete().verify(LIMIT);
        StepVerifier.create(second.granted())
                .expectNext(second)
                .expectComplete()
                .verify(LIMIT);
        assertThat(door.inFlight()).isEqualTo(1);
    }

    @Test
    void aTurnThatHasStartedKeepsItsPlaceUntilItsCallHasEnded() {
        Admission.Turn turn = door.enter(0);
        StepVerifier.create(turn.granted()).expectNext(turn).expectComplete().verify(LIMIT);

        turn.withdraw();
        assertThat(door.inFlight()).isEqualTo(1);
        turn.leave();
        turn.leave();
        turn.withdraw();

        assertThat(door.inFlight()).isZero();
    }

    @Test
    void aTurnWithdrawnTwiceFreesOnePlace() {
        Admission.Turn turn = door.enter(0);

        turn.withdraw();
        turn.withdraw();

        assertThat(door.inFlight()).isZero();
    }
}
