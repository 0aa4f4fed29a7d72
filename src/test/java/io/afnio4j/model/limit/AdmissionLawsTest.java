package io.afnio4j.model.limit;

import static io.afnio4j.model.limit.ManualChatModel.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.context.GraphOrder;
import io.afnio4j.context.Priority;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.Limits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import reactor.core.Disposable;
import reactor.core.publisher.SignalType;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Whatever callers do in whatever order: the door obeys a model that is a sorted list and a counter. */
class AdmissionLawsTest {

    private enum Kind {
        SUBSCRIBE,
        ANSWER,
        FAIL,
        CANCEL
    }

    /** Of pass 0 are calls that are no pass's. */
    private record Step(Kind kind, int which, int priority, boolean streamed, int pass, int node) {}

    private record Caller(String question, int priority, int number, int pass, int node) {}

    @Property(tries = 500)
    void neverLetsTooManyInNeverLosesACallerAndNeverLeaksAPlace(
            @ForAll("steps") List<Step> steps, @ForAll @IntRange(min = 1, max = 4) int places) {
        Run run = new Run(places);
        for (Step step : steps) {
            run.perform(step);
            run.check();
        }
        run.finish();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.frequencyOf(
                                net.jqwik.api.Tuple.of(4, Arbitraries.just(Kind.SUBSCRIBE)),
                                net.jqwik.api.Tuple.of(2, Arbitraries.just(Kind.ANSWER)),
                                net.jqwik.api.Tuple.of(1, Arbitraries.just(Kind.FAIL)),
                                net.jqwik.api.Tuple.of(2, Arbitraries.just(Kind.CANCEL))),
                        Arbitraries.integers().between(0, 1_000),
                        Arbitraries.integers().between(-2, 2),
                        Arbitraries.of(true, false),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(0, 3))
                .as(Step::new)
                .list()
                .ofMaxSize(80);
    }

    private static final class Run {

        private final int places;
        private final ManualChatModel wire = new ManualChatModel();
        private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
        private final AdmissionChatModel door;
        private final Map<String, Disposable> subscriptions = new HashMap<>();
        private final Map<String, SignalType> ends = new HashMap<>();
        private int callers;

        // What the door has to agree with.
        private final List<Caller> queue = new ArrayList<>();
        private final Map<Caller, Integer> turns = new HashMap<>();
        private final List<Caller> inside = new ArrayList<>();
        private final List<String> started = new ArrayList<>();
        private final Map<String, SignalType> expectedEnds = new HashMap<>();

        Run(int places) {
            this.places = places;
            this.door = new AdmissionChatModel(
                    wire, Limits.builder().maxConcurrency(places).build(), time);
        }

        void perform(Step step) {
            switch (step.kind()) {
                case SUBSCRIBE -> subscribe(step);
                case ANSWER -> {
                    if (!inside.isEmpty()) {
                        Caller caller = end(pick(inside, step), SignalType.ON_COMPLETE);
                        wire.answer(caller.question());
                    }
                }
                case FAIL -> {
                    if (!inside.isEmpty()) {
                        Caller caller = end(pick(inside, step), SignalType.ON_ERROR);
                        wire.fail(
                                caller.question(), UnavailableException.answerLost("cut", null)); // takes no place away
                    }
                }
                case CANCEL -> {
                    List<Caller> all = new ArrayList<>(inside);
                    all.addAll(queue);
                    if (!all.isEmpty()) {
                        Caller caller = end(pick(all, step), SignalType.CANCEL);
                        Objects.requireNonNull(subscriptions.get(caller.question()))
                                .dispose();
                        time.advanceTimeBy(Callers.SOON);
                    }
                }
            }
        }

        private void subscribe(Step step) {
            Caller caller = new Caller("call " + callers, step.priority(), callers++, step.pass(), step.node());
            queue.add(caller);
            turns.put(caller, caller.number());
            advance();
            String question = caller.question();
            subscriptions.put(
                    question,
                    (step.streamed()
                                    ? door.stream(ask(question))
                                    : door.chat(ask(question)).flux())
                            .contextWrite(context ->
                                    step.pass() == 0 ? context : GraphOrder.put(context, step.pass(), step.node()))
                            .contextWrite(context -> Priority.put(context, step.priority()))
                            .doFinally(end -> ends.merge(question, end, (first, second) -> SignalType.AFTER_TERMINATE))
                            .subscribe(answer -> {}, failure -> {}));
        }

        private static Caller pick(List<Caller> from, Step step) {
            return from.get(step.which() % from.size());
        }

        private Caller end(Caller caller, SignalType how) {
            inside.remove(caller);
            queue.remove(caller);
            expectedEnds.put(caller.question(), how);
            advance();
            return caller;
        }

        private void advance() {
            while (inside.size() < places && !queue.isEmpty()) {
                queue.sort(Comparator.comparingInt(Caller::priority).reversed().thenComparingInt(turns::get));
                Caller first = queue.get(0);
                Caller next = queue.stream()
                        .filter(other -> other.equals(first)
                                || (first.pass() > 0
                                        && other.pass() == first.pass()
                                        && other.priority() == first.priority()))
                        .min(Comparator.comparingInt(Caller::node).thenComparingInt(Caller::number))
                        .orElseThrow();
                queue.remove(next);
                turns.put(first, Objects.requireNonNull(turns.get(next)));
                inside.add(next);
                started.add(next.question());
            }
        }

        void check() {
            assertThat(wire.started()).isEqualTo(started);
            assertThat(wire.live()).isEqualTo(inside.size()).isLessThanOrEqualTo(places);
            assertThat(door.inFlight()).isEqualTo(inside.size());
            assertThat(door.queued()).isEqualTo(queue.size());
            assertThat(ends).isEqualTo(expectedEnds);
        }

        void finish() {
            while (!inside.isEmpty()) {
                wire.answer(end(inside.get(0), SignalType.ON_COMPLETE).question());
                check();
            }
            assertThat(ends).hasSize(callers);
            assertThat(door.inFlight()).isZero();
        }
    }
}
