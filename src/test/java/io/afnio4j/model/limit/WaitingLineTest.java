package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.context.GraphOrder;
import io.afnio4j.context.Priority;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.util.context.Context;

class WaitingLineTest {

    private final WaitingLine<Named> line = new WaitingLine<>();
    private final Map<String, Named> all = new HashMap<>();
    private long arrivals;

    private static final class Named extends WaitingLine.Waiter {

        private final String name;

        private Named(String name, Context context, long number) {
            super(context, number);
            this.name = name;
        }
    }

    private void join(String name, Context context) {
        Named waiter = new Named(name, context, arrivals++);
        all.put(name, waiter);
        line.add(waiter);
    }

    /** "p3" is the third node of pass p, and what has no number is no pass's. */
    private void join(String... names) {
        for (String name : names) {
            join(name, context(name));
        }
    }

    private static Context context(String name) {
        return name.matches("[a-z]\\d+")
                ? GraphOrder.put(Context.empty(), name.substring(0, 1), Integer.parseInt(name.substring(1)))
                : Context.empty();
    }

    private void leave(String name) {
        line.remove(Objects.requireNonNull(all.get(name)));
    }

    private List<String> next(int count) {
        List<String> gone = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            gone.add(line.first().name);
            line.removeFirst();
        }
        return gone;
    }

    private List<String> rest() {
        List<String> gone = next(line.size());
        assertThat(line.isEmpty()).isTrue();
        return gone;
    }

    @Test
    void equalsOfOnePassGoInGraphOrderWhicheverCameFirst() {
        List<String> places =
                new ArrayList<>(IntStream.range(0, 50).mapToObj(i -> "p" + i).toList());
        List<String> inOrder = List.copyOf(places);
        Collections.shuffle(places, new Random(5));
        places.forEach(this::join);

        assertThat(rest()).isEqualTo(inOrder);
    }

    @Test
    void passesAndOthersTakeTurnsAsTheyCame() {
        join("p5", "x", "q2", "p2", "y", "q1", "p1", "z");

        assertThat(rest()).containsExactly("p1", "x", "q1", "p2", "y", "q2", "p5", "z");
    }

    @Test
    void whoComesLateGoesBeforeItsPasssOwnAndBeforeNobodyElses() {
        join("p5", "x", "p4", "y");
        assertThat(next(1)).containsExactly("p4");
        join("p1", "z");

        assertThat(rest()).containsExactly("x", "p1", "y", "p5", "z");
    }

    @Test
    void whatIsMoreUrgentGoesFirstAlsoWithinAPass() {
        join("p1", "x");
        join("urgent p9", Priority.put(context("p9"), 3));
        join("urgent", Priority.put(Context.empty(), 3));
        join("urgent p2", Priority.put(context("p2"), 3));
        join("p0");

        assertThat(rest()).containsExactly("urgent p2", "urgent", "urgent p9", "p0", "x", "p1");
    }

    @Test
    void whoLeavesTakesItsOwnTurnAlongAndNobodyElses() {
        join("p5", "x", "p2", "y", "p1", "z");
        leave("p1");
        assertThat(line.first()).isSameAs(all.get("p2"));
        leave("p5");
        leave("y");

        assertThat(rest()).containsExactly("x", "p2", "z");
    }

    @Test
    void whoComesBackStandsWhereItStoodAmongTheCallsOfItsNode() {
        Context again = Arrival.in(context("p1"));
        join("p1 first", again);
        join("x");
        join("p1 second", context("p1"));
        assertThat(next(1)).containsExactly("p1 first");

        join("p1 first again", again);

        assertThat(rest()).containsExactly("p1 first again", "x", "p1 second");
    }
}
