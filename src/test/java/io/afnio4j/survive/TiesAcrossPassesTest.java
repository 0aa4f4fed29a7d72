package io.afnio4j.survive;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Passes that share a client with two places, whose calls are equally urgent: "a 2.1" is link 1 of chain 2 of pass a,
 * and link 1 is asked before link 0.
 */
class TiesAcrossPassesTest {

    private final HeldCalls calls = new HeldCalls(2, link -> link.group(2) + "." + link.group(1));

    private void start(String name, int chains) {
        var unused = calls.pass(name, chains, 2).subscribe();
    }

    @Test
    void equalCallsOfAPassGoInGraphOrderWhicheverWasReadyFirst() {
        start("a", 4);
        calls.answer("a 1.1", "a 0.1", "a 2.1"); // so 1.0 waits before 0.0 and 2.0

        assertThat(calls.sent()).containsExactly("a 0.1", "a 1.1", "a 2.1", "a 3.1", "a 0.0");
        calls.answer("a 0.0", "a 1.0", "a 2.0");
        assertThat(calls.sent()).endsWith("a 0.0", "a 1.0", "a 2.0");
    }

    @Test
    void passesKeepTheTurnsThatTheirCallsHaveByTheirArrival() {
        start("a", 2);
        start("b", 2);
        calls.answer("a 1.1", "a 0.1"); // a has the first two turns of the second round
        calls.answer("b 1.1", "b 0.1");

        calls.answer("a 0.0", "a 1.0", "b 0.0");
        assertThat(calls.sent())
                .containsExactly("a 0.1", "a 1.1", "b 0.1", "b 1.1", "a 0.0", "a 1.0", "b 0.0", "b 1.0");
    }
}
