package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Hooks;

/**
 * What several threads may do to a pass at the same moment, in the orders that Lincheck's model checker finds: each
 * switch between threads, at each access to shared memory, is a choice that it tries. A run that fails is printed with
 * its order.
 *
 * <p>A scene is a class: its constructor builds the stage, its operations are done at the same moment by one thread
 * each, and its last method says what must hold then. The stage is not built by the code under test in the eyes of
 * Lincheck: a loop of more than ten rounds before the threads begin makes it look into no order at all.
 */
@Tag("stress")
@Timeout(600)
class InterleavingsTest {

    private static final int ORDERS = 1_000;

    /**
     * What fails second is dropped by design; to print it, Lincheck would rewrite everything that writes a log, which
     * may last longer than it waits.
     */
    @BeforeEach
    void dropQuietly() {
        Hooks.onErrorDropped(second -> {});
    }

    @AfterEach
    void dropAsUsual() {
        Hooks.resetOnErrorDropped();
    }

    private static void inManyOrders(Class<?> scene) {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(1)
                .actorsBefore(0)
                .actorsAfter(0)
                .iterations(1)
                .invocationsPerIteration(ORDERS)
                .minimizeFailedScenario(false)
                .check(scene);
    }

    @Test
    void ordersInsideTheDrainLoopAreTried() {
        assertThatThrownBy(() -> inManyOrders(PassScenes.EachWorksOnItsOwnAnswer.class))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("somebody else's answer");
    }

    @Test
    void answersThatComeAtOnceEndThePassOnce() {
        inManyOrders(PassScenes.TwoAnswers.class);
    }

    @Test
    void anAnswerAndAFailureEndThePassOnceAndChangeNothing() {
        inManyOrders(PassScenes.AnswerAndFailure.class);
    }

    @Test
    void anAnswerAndAFailureThatCancelsEndThePassOnceAndChangeNothing() {
        inManyOrders(PassScenes.AnswerAndFailureThatCancels.class);
    }

    @Test
    void twoFailuresOfWhichTheFirstCancelsEndThePassOnce() {
        inManyOrders(PassScenes.TwoFailures.class);
    }

    @Test
    void aCancelBesideTheLastAnswerCommitsAllOrNothing() {
        inManyOrders(PassScenes.LastAnswerAndCancel.class);
    }

    @Test
    void aCancelBesideAnAnswerCancelsTheOtherCall() {
        inManyOrders(PassScenes.AnswerAndCancel.class);
    }

    @Test
    void whoeverStaysGetsTheSharedAnswer() {
        inManyOrders(SharedScenes.OneStays.class);
    }

    @Test
    void aSharedCallIsCancelledWhenTheLastOneLeaves() {
        inManyOrders(SharedScenes.AllLeave.class);
    }

    @Test
    void theGateLetsOneAtATimeThrough() {
        inManyOrders(GateScenes.TwoCalls.class);
    }

    @Test
    void whoComesToAGateThatAnotherOneTakesSaysThatItWaits() {
        inManyOrders(GateScenes.TwoCallsThatStay.class);
    }

    @Test
    void theGateKeepsNoPlaceForWhoLeavesTheQueueWhenItsTurnComes() {
        inManyOrders(GateScenes.AnswerAndLeaving.class);
    }

    @Test
    void theGateKeepsNoPlaceForWhoLeavesWhileItComes() {
        inManyOrders(GateScenes.ComingAndLeaving.class);
    }

    @Test
    void theGateLetsTheMostUrgentThroughFirstWhicheverComesFirst() {
        inManyOrders(GateScenes.UrgentAndNot.class);
    }
}
