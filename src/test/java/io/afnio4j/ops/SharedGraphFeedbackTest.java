package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardException;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Engine;
import io.afnio4j.autodiff.FailurePolicy;
import io.afnio4j.autodiff.GradientEdge;
import io.afnio4j.autodiff.Node;
import io.afnio4j.autodiff.SampleGradient;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.model.CallEvent;
import io.afnio4j.model.CallListener;
import io.afnio4j.model.limit.Journal;
import io.afnio4j.testing.FakeModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Equal questions of a pass that creates a graph are one call, and yet each place has a graph of its own. */
class SharedGraphFeedbackTest extends FeedbackCalls {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final BackwardOptions CREATE = BackwardOptions.DEFAULTS.createGraph(true);

    private final FakeModel critic = FakeModel.saying(text -> " be brief\n");
    private final Variable remarks = new Variable(List.of("bad", "bad", "bad"), "remarks", true);
    private final AtomicBoolean down = new AtomicBoolean(true);

    private Variable answers() {
        return answer(Inputs.NONE.and("word", List.of("a", "b", "a")));
    }

    private BackwardOptions create() {
        return CREATE.gradient(remarks).inputs(prompt);
    }

    private static Mono<Void> pass(Variable root, BackwardOptions options, FakeModel by) {
        return root.backward(options.context(client(by)::in));
    }

    @Test
    void samplesThatComeToTheSameShareACallAndEachRemembersItsOwnSample() {
        now(pass(answers(), create(), critic));

        assertThat(critic.requests()).hasSize(2);
        assertThat(texts(prompt)).containsExactly("be brief", "be brief", "be brief");
        assertThat(prompt.grad())
                .extracting(SampleGradient::samplesOf)
                .containsExactly(List.of(0), List.of(1), List.of(2));

        now(pass(
                prompt.grad().get(2),
                BackwardOptions.DEFAULTS.inputs(remarks).gradient(new Variable("Why?", "remark")),
                critic));

        assertThat(remarks.grad())
                .singleElement()
                .satisfies(grad -> assertThat(grad.texts()).containsExactly("", "", "be brief"));
    }

    @Test
    void theGraphIsThatOfPassesWithNothingToShare() {
        List<Variable> roots = List.of(answer(Inputs.of("word", "a")), answer(Inputs.of("word", "a")));
        Variable bad = new Variable("bad", "remark", true);
        roots.forEach(root -> now(pass(root, CREATE.gradient(bad).inputs(prompt), critic)));
        assertThat(critic.requests()).hasSize(2);

        now(Engine.backward(roots, List.of(bad, bad), CREATE.inputs(prompt).context(client(critic)::in)));

        assertThat(critic.requests()).hasSize(3);
        assertThat(prompt.grad()).hasSize(4);
        List<String> shapes =
                prompt.grad().stream().map(SharedGraphFeedbackTest::graph).toList();
        assertThat(shapes.subList(2, 4)).isEqualTo(shapes.subList(0, 2));
        assertThat(prompt.grad()).extracting(Variable::gradFn).doesNotHaveDuplicates();
    }

    /** All that hangs on a variable, node by node. */
    private static String graph(Variable variable) {
        StringBuilder all = new StringBuilder(variable.role() + ": " + variable.text());
        List<@Nullable Node> open = new ArrayList<>(List.of(Objects.requireNonNull(variable.gradFn())));
        while (!open.isEmpty()) {
            Node node = open.remove(open.size() - 1);
            all.append('\n').append(node).append(node == null ? "" : node.role());
            if (node != null) {
                node.nextFunctions().stream().map(GradientEdge::node).forEach(open::add);
            }
        }
        return all.toString();
    }

    @Test
    void aSecondPassIsShownTheRequestThatWasSent() {
        now(pass(answer(Inputs.of("word", "a")), CREATE.gradient(new Variable("bad", "remark", true)), critic));
        String sent = FakeModel.lastText(critic.requests().get(0));

        now(pass(
                system.grad().get(0),
                BackwardOptions.DEFAULTS
                        .gradient(new Variable("Why?", "remark"))
                        .inputs(system),
                critic));

        assertThat(FakeModel.lastText(critic.requests().get(2)).replace("&lt;", "<"))
                .contains(sent.substring(0, 80));
    }

    @Test
    void whoeverJoinsTakesNoPlaceOfThePassAndWaitsForTheSameAnswer() {
        FakeModel slow = FakeModel.reacting(request -> Mono.just("be brief").delayElement(Duration.ofSeconds(1)));

        StepVerifier.withVirtualTime(() -> pass(answers(), create().maxConcurrency(1), slow))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(2))
                .expectComplete()
                .verify(LIMIT);

        assertThat(slow.requests()).hasSize(2);
        assertThat(prompt.grad()).hasSize(3);
    }

    @Test
    void aFailureIsForAllWhoJoinedAndTheNextPassAsksOnlyForWhatIsMissing() {
        Variable answers = answers();
        FakeModel flaky = FakeModel.reacting(request -> Mono.delay(Duration.ofSeconds(1))
                .then(
                        down.get() && FakeModel.lastText(request).contains("echo Say a.")
                                ? Mono.error(new RejectedRequestException("no"))
                                : Mono.just("be brief")));

        StepVerifier.withVirtualTime(() -> pass(answers, create(), flaky))
                .thenAwait(Duration.ofSeconds(1))
                .expectErrorSatisfies(error -> assertThat(
                                ((BackwardException) error).failures().get(0).parts())
                        .extracting(BackwardException.Part::sample)
                        .containsExactly(0, 2))
                .verify(LIMIT);
        assertThat(prompt.grad()).isEmpty();
        assertThat(flaky.requests()).hasSize(2);

        down.set(false);
        StepVerifier.withVirtualTime(() -> pass(answers, create(), flaky))
                .thenAwait(Duration.ofSeconds(1))
                .expectComplete()
                .verify(LIMIT);
        assertThat(flaky.requests()).hasSize(3);
        assertThat(prompt.grad()).hasSize(3).extracting(Variable::gradFn).doesNotHaveDuplicates();
    }

    @Test
    void aCancelledPassCancelsTheSharedCallAndTheNextFindsWhatWasAnswered() {
        AtomicInteger cancelled = new AtomicInteger();
        FakeModel stuck = FakeModel.reacting(
                request -> down.get() && FakeModel.lastText(request).contains("echo Say a.")
                        ? Mono.<String>never().doOnCancel(cancelled::incrementAndGet)
                        : Mono.just("be brief"));
        Variable answers = answers();

        Disposable running = pass(answers, create(), stuck).subscribe();
        running.dispose();
        assertThat(cancelled).hasValue(1);

        down.set(false);
        now(pass(answers, create().maxConcurrency(1), stuck));

        assertThat(stuck.requests()).hasSize(3);
        assertThat(prompt.grad()).hasSize(3);
    }

    @Test
    void whatAFailedPassWithoutAGraphWasAnsweredIsNoAnswerToAPassThatCreatesOne() {
        Variable answers = answers();
        FakeModel flaky = FakeModel.reacting(
                request -> down.get() && FakeModel.lastText(request).contains("echo Say a.")
                        ? Mono.error(new RejectedRequestException("no"))
                        : Mono.just("be brief"));
        BackwardOptions plain = create().createGraph(false).onFailure(FailurePolicy.RUN_ALL);
        StepVerifier.create(pass(answers, plain, flaky))
                .expectError(BackwardException.class)
                .verify(LIMIT);

        down.set(false);
        now(pass(answers, create(), flaky));

        assertThat(prompt.grad()).hasSize(3).extracting(Variable::gradFn).doesNotContainNull();
    }

    @Test
    void aJournalKeepsTheSharedAnswerForAnotherProcess(@TempDir Path folder) {
        for (int process = 0; process < 2; process++) {
            Variable answers = answers(); // nothing is kept with the graph
            Journal journal = Journal.in(folder.resolve("journal"));
            Mono<Void> work = pass(answers, create(), critic);
            Mono<Void> dies = process == 0 ? work.then(Mono.error(new RejectedRequestException("no"))) : work;
            StepVerifier.create(journal.around(dies).onErrorComplete().then(journal.closeLater()))
                    .expectComplete()
                    .verify(LIMIT);
        }

        assertThat(critic.requests()).hasSize(2);
        assertThat(prompt.grad()).hasSize(6);
    }

    @Test
    void whoeverListensToCallsHearsOfEachOnceAndWhichSampleItIsFor() {
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        CallListener listener = event -> {
            if (event instanceof CallEvent.Started started) {
                heard.add(started.call().role() + " " + started.call().sample());
            }
        };

        now(pass(answers(), create(), critic).contextWrite(listener::in));

        assertThat(heard).containsExactlyInAnyOrder("prompt 0", "prompt 1");
    }
}
