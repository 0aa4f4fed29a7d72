package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** What one thread can see of it; what two can is tried under stress. */
class InboxTest {

    private final Inbox inbox = new Inbox(answer(Plan.ROOT));

    private static Answer answer(int node) {
        List<BackwardPass> pass = new ArrayList<>();
        Mono.<Void>create(sink -> {
                    pass.add(new BackwardPass(Planner.plan(List.of(), null), BackwardOptions.DEFAULTS, sink));
                    sink.success();
                })
                .block();
        return new Answer(pass.get(0), node, Context.empty());
    }

    /** Leaves answers while somebody is at work. */
    private void leave(int... nodes) {
        for (int node : nodes) {
            assertThat(inbox.leave(answer(node))).isFalse();
        }
    }

    private List<Integer> takeAll() {
        List<Integer> taken = new ArrayList<>();
        for (Answer answer = inbox.take(); answer != null; answer = inbox.take()) {
            taken.add(answer.node);
        }
        return taken;
    }

    @Test
    void givesAnswersInTheOrderInWhichTheyWereLeftAlsoWhereSomeWereTakenBetween() {
        leave(1, 2, 3);
        assertThat(inbox.take()).extracting(first -> first.node).isEqualTo(1);
        leave(4);

        assertThat(takeAll()).containsExactly(2, 3, 4);
    }

    @Test
    void sendsToWorkWhoLeavesAnAnswerWhileNobodyIsAtIt() {
        leave(1); // who opened it is at work
        assertThat(takeAll()).containsExactly(1);
        assertThat(inbox.rest()).isTrue();

        assertThat(inbox.leave(answer(2))).as("nobody is").isTrue();
        assertThat(inbox.leave(answer(3))).as("who left the other one is").isFalse();
    }

    @Test
    void letsNobodyRestWhereAnAnswerWaits() {
        leave(1);
        assertThat(inbox.rest()).isFalse();

        inbox.clear();
        assertThat(takeAll()).isEmpty();
        assertThat(inbox.rest()).isTrue();
    }
}
