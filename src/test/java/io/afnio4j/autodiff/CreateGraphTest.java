package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.feedback;
import static io.afnio4j.autodiff.Passes.gradTexts;
import static io.afnio4j.autodiff.Passes.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.afnio4j.testing.Contract;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Passes whose gradients have a graph of their own, and passes through those. */
@SuppressWarnings("NullAway") // on JDK 17 it reads no nullness inside type arguments from class files
class CreateGraphTest {

    private static final BackwardOptions CREATE = BackwardOptions.DEFAULTS.createGraph(true);

    private final Variable x = new Variable("abc", "question", true);
    private final Variable said = new Variable("Be brief.", "remark", true);

    @Test
    @Contract("Variable.backward: create_graph")
    void aGradientHasAGradFnOfItsOwnAndASecondPassRuns() {
        run(x.upper().backward(CREATE.gradient(said)));
        Variable gradient = x.grad().get(0);
        assertThat(gradient.gradFn()).hasToString("<RelayBackward0>");
        assertThat(gradient.isLeaf()).isFalse();
        assertThat(gradient.text()).endsWith("\n\nBe brief.");

        run(gradient.backward(feedback("Brief is not all.")));

        assertThat(gradTexts(said))
                .hasSize(1)
                .allSatisfy(text -> assertThat(text).endsWith("Brief is not all."));
        assertThat(x.grad()).hasSize(2);
        assertThat(x.grad().get(1).text()).endsWith("Brief is not all.");
        assertThat(x.grad().get(1).gradFn()).isNull();
    }

    @Test
    void itsEdgesLeadToTheFeedbackAndToTheVariableItIsFor() {
        run(x.upper().backward(CREATE.gradient(said)));

        assertThat(Objects.requireNonNull(x.grad().get(0).gradFn()).nextFunctions())
                .containsExactly(GradientEdge.of(said), GradientEdge.of(x));
    }

    @Test
    void withoutItAGradientHasNone() {
        run(x.upper().backward(said));

        assertThat(x.grad()).extracting(Variable::gradFn).containsOnlyNulls();
        assertThat(x.grad()).extracting(Variable::requiresGrad).containsOnly(false);
    }

    @Test
    void theTextsAreThoseOfAnyOtherPass() {
        Variable y = new Variable("def", "other", true);
        List<Variable> parts = x.split("b");
        Variable root = Variable.sum(List.of(
                        x.plus(y), parts.get(0).upper(), parts.get(1).map(text -> text + "!", "shout"), y.plus(x)))
                .upper();
        BackwardOptions plain = BackwardOptions.DEFAULTS.gradient(said).retainGraph(true);
        run(root.backward(plain));
        List<String> ofX = gradTexts(x);
        List<String> ofY = gradTexts(y);
        x.clearGrad();
        y.clearGrad();
        run(root.backward(plain.createGraph(true)));

        assertThat(gradTexts(x)).isEqualTo(ofX);
        assertThat(gradTexts(y)).isEqualTo(ofY);
        assertThat(x.grad()).extracting(Variable::gradFn).doesNotContainNull();
    }

    @Test
    void aJoinLeadsToAllThatItJoined() {
        Variable middle = x.upper();
        middle.retainGrad();
        Variable other = new Variable("Be kind.", "remark", true);
        run(Engine.backward(List.of(middle.upper(), middle.upper()), List.of(said, other), CREATE));
        Variable joined = middle.grad().get(0);
        assertThat(joined.text()).contains("Be brief.").contains("Be kind.");

        run(joined.backward(feedback("No.")));

        assertThat(gradTexts(said))
                .hasSize(1)
                .allSatisfy(text -> assertThat(text).endsWith("No."));
        assertThat(gradTexts(other)).hasSize(1);
    }

    @Test
    void numbersStayNumbers() {
        Variable n = new Variable(2.0, "n", true);
        Variable weight = new Variable(3.0, "weight", true);
        run(n.plus(n).backward(CREATE.gradient(weight)));
        assertThat(n.grad()).extracting(Variable::data).containsExactly(3.0, 3.0);

        run(n.grad().get(0).backward(new Variable(5.0, "")));

        assertThat(weight.grad()).extracting(Variable::data).containsExactly(5.0);
        assertThat(n.grad()).extracting(Variable::data).containsExactly(3.0, 3.0, 5.0);
    }

    @Test
    @Contract("Variable.backward: retain_graph defaults to create_graph")
    void theGraphIsRetainedUnlessSaidOtherwise() {
        Variable kept = x.upper();
        run(kept.backward(CREATE.gradient(said)));
        run(kept.backward(CREATE.retainGraph(false).gradient(said)));

        StepVerifier.create(kept.backward(said))
                .expectErrorMessage("UpperBackward0: " + FunctionContext.RELEASED)
                .verify(Passes.LIMIT);
        assertThat(CREATE.retainGraph(true).createGraph(false).retainGraph()).isTrue();
    }

    @Test
    void aThirdPassRunsThroughWhatTheSecondCreated() {
        run(x.upper().backward(CREATE.gradient(said)));
        run(x.grad().get(0).backward(CREATE.gradient(feedback("Second."))));
        Variable second = said.grad().get(0);
        assertThat(second.gradFn()).hasToString("<RelayBackward0>");

        run(second.backward(feedback("Third.")));

        assertThat(said.grad()).hasSize(2);
        assertThat(said.grad().get(1).text()).endsWith("Third.");
    }

    @Test
    void backwardOfAUsersFunctionIsWatchedAndSeesItsVariables() {
        Variable constant = new Variable("constant", "constant");
        Probe adding = Probe.of("adding", (context, gradients) -> {
            assertThat(context.createsGraph()).isTrue();
            assertThat(context.inputVariable(1).requiresGrad()).isFalse();
            Variable sum = gradients.get(0).plus(context.inputVariable(0)).plus(context.outputVariable(0));
            return Mono.just(Arrays.asList(sum, null));
        });
        run(adding.apply(x, constant).backward(CREATE.gradient(feedback("G"))));
        Variable gradient = x.grad().get(0);
        assertThat(gradient.text()).isEqualTo("Gabcadding");
        assertThat(gradient.gradFn()).hasToString("<AddBackward0>");

        run(gradient.backward(CREATE.gradient(feedback("H"))));

        assertThat(adding.visits).hasValue(2);
        assertThat(x.grad()).hasSize(3);
    }

    @Test
    void inAPlainPassTheVariablesAreUnwatched() {
        AtomicReference<Variable> input = new AtomicReference<>();
        Probe looking = Probe.of("looking", (context, gradients) -> {
            assertThat(context.createsGraph()).isFalse();
            assertThat(context.outputVariable(0).requiresGrad()).isFalse();
            input.set(context.inputVariable(0));
            return Mono.just(Collections.singletonList(context.tie(0, feedback("tied"), gradients)));
        });
        run(looking.apply(x).backward(said));

        assertThat(input.get().value()).isEqualTo(x.value());
        assertThat(input.get().requiresGrad()).isFalse();
        assertThat(x.grad()).extracting(Variable::gradFn).containsOnlyNulls();
    }

    @Test
    void aNodeThatAnswersOnAnotherThreadIsTiedToo() {
        Probe later = Probe.of(
                "later",
                (context, gradients) -> Mono.fromSupplier(
                                () -> Collections.singletonList(context.relay(0, gradients.get(0))))
                        .subscribeOn(Schedulers.parallel())
                        .doOnNext(unused -> assertThat(GradMode.isEnabled()).isTrue()));
        run(later.apply(x).backward(CREATE.gradient(feedback("G"))));

        assertThat(x.grad()).extracting(Variable::gradFn).doesNotContainNull();
    }

    @Test
    void whatIsWrittenForABatchFromARemarkOnAllOfItIsSplitUpAndGatheredAgain() {
        Variable rows = new Variable(List.of("a", "b", "c"), "rows", true);
        Probe explaining = Probe.of("explaining", (context, gradients) -> {
            Variable toEach = new Variable(List.of("one", "two", "three"), "feedback to rows");
            return Mono.just(Collections.singletonList(context.tie(0, toEach, gradients)));
        });
        run(explaining.apply(rows).backward(CREATE.gradient(said)));

        Variable questions = new Variable(List.of("", "why?", "how?"), "questions", true);
        run(rows.grad().get(0).backward(CREATE.gradient(questions)));
        assertThat(gradTexts(said)).containsExactly("why?", "how?");
        assertThat(rows.grad().get(1).texts().get(0)).isEmpty();
        assertThat(rows.grad().get(1).texts().get(1)).endsWith("why?");

        run(said.grad().get(0).backward(feedback("Enough.")));
        assertThat(questions.grad().get(0).texts()).containsExactly("Enough.", "Enough.", "Enough.");
    }

    @Test
    void oneRemarkForAllReachesEachSample() {
        Variable rows = new Variable(List.of("a", "b"), "rows", true);
        Variable remarks = new Variable(List.of("one", "two"), "remarks", true);
        Variable number = new Variable(List.of(1, 2, 3), "numbers", true);
        Variable written = Relay.tie(new Variable("all", "all"), List.of(rows, remarks, number));
        run(written.backward(feedback("Both.")));

        assertThat(rows.grad().get(0).texts()).containsExactly("Both.", "Both.");
        assertThat(number.grad().get(0).texts()).containsExactly("Both.", "Both.", "Both.");
    }

    @Test
    void whatFitsNowhereIsNotSaid() {
        Variable rows = new Variable(List.of("a", "b"), "rows", true);
        Variable blank = Relay.tie(new Variable(List.of("x", "y", "z"), "all"), List.of(rows, x));
        run(blank.backward(new Variable(List.of("", " ", ""), "feedback")));

        assertThat(rows.grad()).isEmpty();
        assertThat(x.grad()).isEmpty();
    }

    @Test
    void whereNobodyCreatesAGraphNothingIsWatchedThoughTheModeIsOn() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> Relay.tie(new Variable("a", ""), List.of(new Variable("b", "")))
                        .backward());
    }

    @Test
    void aPassInsideANoGradBlockCreatesItsGraphNevertheless() {
        Variable root = x.upper();
        try (GradMode.Scope off = GradMode.noGrad()) {
            run(root.backward(CREATE.gradient(said)));
            assertThat(off).isNotNull();
        }

        assertThat(x.grad()).extracting(Variable::gradFn).doesNotContainNull();
    }

    @Test
    void onlyTheNamedLeavesAreServedBySecondPasses() {
        run(x.upper().backward(CREATE.gradient(said)));
        run(x.grad().get(0).backward(BackwardOptions.DEFAULTS.inputs(said)));

        assertThat(said.grad()).hasSize(1);
        assertThat(x.grad()).hasSize(1);
    }
}
