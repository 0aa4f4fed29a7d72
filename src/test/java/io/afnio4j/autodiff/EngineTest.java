package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.fail;
import static io.afnio4j.autodiff.Passes.feedback;
import static io.afnio4j.autodiff.Passes.gradTexts;
import static io.afnio4j.autodiff.Passes.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.afnio4j.testing.Contract;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What a pass is asked for, what it refuses, and what it leaves behind. */
@SuppressWarnings("NullAway") // on JDK 17 it reads no nullness inside type arguments from class files
class EngineTest {

    private final Variable leaf = new Variable("abc", "prompt", true);

    @Nested
    class StartsWith {

        @Test
        @Contract({"Variable.backward", "Variable.backward: gradient"})
        void theGivenGradient() {
            run(Probe.telling("f", Mono.empty()).apply(leaf).backward(feedback("Be brief.")));

            assertThat(gradTexts(leaf)).containsExactly("f0(Be brief.)");
        }

        @Test
        @Contract("Variable.backward: implicit gradient")
        void noWordsOrTheNumberOneWhereNoneIsGiven() {
            Variable number = new Variable(2, "count", true);
            Variable real = new Variable(2.5, "rate", true);
            run(Probe.passing("f").apply(leaf).backward());
            run(number.plus(number).backward());
            run(real.plus(new Variable(1.0, "")).backward());

            assertThat(leaf.grad()).extracting(Variable::data).containsExactly("");
            assertThat(number.grad()).extracting(Variable::data).containsExactly(1L, 1L);
            assertThat(real.grad()).extracting(Variable::data).containsExactly(1.0);
        }

        @Test
        @Contract("backward: several roots")
        void oneGradientPerRootOrNone() {
            Variable first = Probe.telling("f", Mono.empty()).apply(leaf);
            Variable second = Probe.telling("g", Mono.empty()).apply(leaf);
            List<@Nullable Variable> gradients = Arrays.asList(null, feedback("x"));
            run(Engine.backward(List.of(first, second), gradients, BackwardOptions.DEFAULTS));

            assertThat(gradTexts(leaf)).containsExactly("f0()", "g0(x)");
        }
    }

    @Nested
    class Refuses {

        private final Variable pair = new Variable(List.of("a", "b"), "pair", true).upper();

        @Test
        @Contract("Variable.backward: a list needs a gradient")
        void aListWithoutAGradient() {
            assertThatIllegalArgumentException()
                    .isThrownBy(pair::backward)
                    .withMessage("The pair is a list of 2 texts, so backward needs a gradient of the same length; "
                            + "only a scalar can go without.");
        }

        @Test
        @Contract("Variable.backward: gradient")
        void aGradientOfAnotherShapeOrKind() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pair.backward(feedback("x")))
                    .withMessageContaining("needs a gradient of the same shape, but a scalar text came");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pair.backward(new Variable(List.of("x"), "")))
                    .withMessageContaining("a list of 1 text came");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> leaf.upper().backward(new Variable(1, "")))
                    .withMessageContaining("a scalar number came");
            assertThatIllegalArgumentException().isThrownBy(() -> leaf.upper().backward(new Variable(null, "")));
        }

        @Test
        @Contract("Variable.backward: of a leaf")
        void aLeafAsRoot() {
            assertThatIllegalStateException().isThrownBy(leaf::backward).withMessageContaining("The prompt is a leaf");
            assertThatIllegalStateException()
                    .isThrownBy(() -> new Variable("x", "").upper().backward());
        }

        @Test
        @Contract("Variable.backward: inputs must be leaves")
        void inputsThatAreNoLeavesOrNeedNoGradOrAreNone() {
            Variable middle = leaf.upper();
            Variable root = middle.upper();
            assertThatIllegalStateException()
                    .isThrownBy(() -> root.backward(BackwardOptions.DEFAULTS.inputs(middle)))
                    .withMessageContaining("isn't a leaf");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> root.backward(BackwardOptions.DEFAULTS.inputs(new Variable("x", "constant"))))
                    .withMessageContaining("The constant doesn't require grad");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> root.backward(BackwardOptions.DEFAULTS.inputs(new Variable[0])))
                    .withMessageContaining("inputs is empty");
        }

        @Test
        void rootsThatDoNotPairWithTheirGradients() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Engine.backward(
                            List.of(pair), List.of(feedback("x"), feedback("y")), BackwardOptions.DEFAULTS))
                    .withMessageContaining("got 1 roots and 2 gradients");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Engine.backward(List.of(), List.of(), BackwardOptions.DEFAULTS));
        }

        @Test
        void aGradientThatNamesNoneOfSeveralRoots() {
            BackwardOptions options = BackwardOptions.DEFAULTS.gradient(feedback("x"));

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Engine.backward(List.of(leaf.upper(), leaf.upper()), List.of(), options))
                    .withMessageContaining("for which of the roots");
        }

        @Test
        @Contract("backward: several roots")
        void aLeafAmongSeveralRoots() {
            assertThatIllegalStateException()
                    .isThrownBy(() -> Engine.backward(List.of(leaf.upper(), leaf), List.of(), BackwardOptions.DEFAULTS))
                    .withMessageContaining("The prompt is a leaf");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Engine.backward(
                            List.of(leaf.upper(), pair),
                            Arrays.asList(feedback("x"), (Variable) null),
                            BackwardOptions.DEFAULTS))
                    .withMessageContaining("backward needs a gradient of the same length");
        }

        @Test
        void atTheCallAndNotInTheEvents() {
            assertThatIllegalStateException().isThrownBy(() -> Engine.backwardEvents(leaf, BackwardOptions.DEFAULTS));
        }
    }

    @Nested
    class Afterwards {

        private final Probe probe = Probe.of("f", (context, gradients) -> {
            assertThat(context.input(0).text(0)).isEqualTo("abc");
            return Mono.just(Probe.toAll(context, gradients));
        });

        @Test
        @Contract("Variable.backward: retain_graph")
        void theGraphIsGivenUpAndASecondPassSaysSo() {
            Variable root = probe.apply(leaf);
            run(root.backward());

            StepVerifier.create(root.backward())
                    .expectErrorSatisfies(error -> assertThat(error)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageStartingWith("fBackward0: A backward pass has been through this graph before")
                            .hasMessageContaining("retainGraph(true)"))
                    .verify(Passes.LIMIT);
            assertThat(leaf.grad()).hasSize(1);
            assertThat(probe.visits).hasValue(1);
        }

        @Test
        @Contract({"Variable.backward: accumulation", "Variable.backward: retain_graph"})
        void aRetainedGraphCanBeWalkedAgainAndGradientsGather() {
            Variable root = probe.apply(leaf);
            BackwardOptions keep = BackwardOptions.DEFAULTS.retainGraph(true);
            run(root.backward(keep.gradient(feedback("one"))));
            run(root.backward(keep.gradient(feedback("two"))));
            run(root.backward(feedback("three")));

            assertThat(gradTexts(leaf)).containsExactly("one", "two", "three");
        }

        @Test
        void aPassSubscribedTwiceRunsTwice() {
            Mono<Void> pass = probe.apply(leaf).backward(BackwardOptions.DEFAULTS.retainGraph(true));
            assertThat(probe.visits).hasValue(0);
            run(pass);
            run(pass);

            assertThat(probe.visits).hasValue(2);
            assertThat(leaf.grad()).hasSize(2);
        }

        @Test
        void whatFollowsThePassIsWatchedAgain() {
            Mono<Variable> next = probe.apply(leaf).backward().then(Mono.fromSupplier(leaf::upper));

            StepVerifier.create(next)
                    .assertNext(made -> assertThat(made.requiresGrad()).isTrue())
                    .expectComplete()
                    .verify(Passes.LIMIT);
        }

        @Test
        @Contract("Variable.data: setting it")
        void anOutputsDataMayBeReplacedByItsParsedForm() {
            Variable answer = probe.apply(leaf);
            answer.data(List.of("Q", "A"));
            answer.retainGrad();
            Variable root = answer.upper();
            assertThat(root.data()).isEqualTo(List.of("Q", "A"));
            run(root.backward(new Variable(List.of("Be brief.", ""), "feedback")));

            assertThat(answer.grad()).extracting(Variable::size).containsExactly(2);
            assertThat(gradTexts(leaf))
                    .containsExactly("Feedback on a result that was made from f and other variables:\n\nBe brief.");
        }

        @Test
        void feedbackOnReplacedDataIsPutIntoTheShapeThatTheFunctionMade() {
            assertThat(fitted("text", List.of("a", "", "b", "a"))).isEqualTo("<ITEM>a</ITEM><ITEM>b</ITEM>");
            assertThat(fitted("text", 2)).isEqualTo("2");
            assertThat(fitted("text", "as it is")).isEqualTo("as it is");
            assertThat(fitted(List.of("1", "2"), "all")).isEqualTo(List.of("all", "all"));
            assertThat(fitted(List.of("1", "2"), List.of("x", "y", "z")))
                    .isEqualTo(List.of(
                            "<ITEM>x</ITEM><ITEM>y</ITEM><ITEM>z</ITEM>",
                            "<ITEM>x</ITEM><ITEM>y</ITEM><ITEM>z</ITEM>"));
            assertThat(fitted(List.of("1", "2"), List.of(1, 2))).isEqualTo(List.of("1", "2"));
        }

        @Test
        void copyingIntoAnOutputReplacesItsDataToo() {
            Variable output = leaf.upper();
            output.copyFrom(new Variable(3, "number", true));
            run(output.backward());

            assertThat(leaf.grad()).extracting(Variable::size).containsExactly(1);
            assertThat(gradTexts(leaf).get(0)).endsWith("\n\n1");
        }

        /** The gradient that a function's node gets, where its output was data and then became like the gradient. */
        private @Nullable Object fitted(Object data, Object gradient) {
            Variable input = new Variable(data, "input", true);
            Variable output = input.map(text -> text, "output");
            output.data(gradient);
            run(output.backward(BackwardOptions.DEFAULTS.gradient(new Variable(gradient, "feedback"))));
            return input.grad().get(0).data();
        }

        @Test
        void usersThatSawOldAndNewDataAreHeardBoth() {
            Variable answer = leaf.upper();
            Variable old = Probe.telling("old", Mono.empty()).apply(answer);
            answer.data(List.of("Q", "A"));
            Probe listing =
                    Probe.of("new", (context, gradients) -> Mono.just(List.of(new Variable(List.of("q", "a"), ""))));
            run(Engine.backward(
                    List.of(old, listing.apply(answer)),
                    List.of(feedback("G"), feedback("G")),
                    BackwardOptions.DEFAULTS));

            assertThat(gradTexts(leaf).get(0))
                    .endsWith("<ITEM>old0(G)</ITEM><ITEM><ITEM>q</ITEM><ITEM>a</ITEM></ITEM>");
        }

        @Test
        void numbersOfUsersThatSawOldAndNewDataAreHeardBothToo() {
            Variable count = new Variable(1, "count", true);
            Variable more = count.plus(new Variable(2, "two"));
            Variable old = more.plus(new Variable(1, "one"));
            more.data(List.of(3, 4));
            Variable root = more.plus(new Variable(List.of(1, 1), "ones"));
            run(Engine.backward(
                    List.of(old, root),
                    List.of(new Variable(5, ""), new Variable(List.of(6, 7), "")),
                    BackwardOptions.DEFAULTS));

            assertThat(count.grad()).extracting(Variable::size).containsExactly(1);
            assertThat(gradTexts(count).get(0)).contains("5").contains("6").contains("7");
        }

        @Test
        void aReplacedOutputOfSeveralConcernsNoOther() {
            Variable row = new Variable("a,b", "row", true);
            List<Variable> parts = row.split(",");
            parts.get(0).data(List.of("x", "y"));
            run(Engine.backward(
                    parts, List.of(new Variable(List.of("", "1."), ""), feedback("2.")), BackwardOptions.DEFAULTS));

            assertThat(gradTexts(row)).containsExactly("<ITEM>1.</ITEM><ITEM>2.</ITEM>");
        }

        @Test
        void dataReplacedSinceForwardChangeNothing() {
            Variable root = probe.apply(leaf);
            leaf.data("rewritten since");
            run(root.backward());

            assertThat(leaf.grad()).hasSize(1);
        }
    }

    @Nested
    class Serves {

        private final Variable other = new Variable("x", "other", true);
        private final Probe toLeaf = Probe.passing("toLeaf");
        private final Probe toOther = Probe.passing("toOther");

        @Test
        @Contract("Variable.backward: inputs")
        void onlyTheNamedLeavesAndVisitsNothingElse() {
            Variable root = Probe.passing("f").apply(toLeaf.apply(leaf), toOther.apply(other), leaf.plus(other));
            run(root.backward(BackwardOptions.DEFAULTS.inputs(leaf)));

            assertThat(toLeaf.visits).hasValue(1);
            assertThat(toOther.visits).hasValue(0);
            assertThat(leaf.grad()).hasSize(2);
            assertThat(other.grad()).isEmpty();
        }

        @Test
        void noBranchThatNeedsNoGradient() {
            Probe constant = Probe.passing("constant");
            Variable root = Probe.passing("f").apply(constant.apply(new Variable("x", "")), toLeaf.apply(leaf));
            run(root.backward(feedback("G")));

            assertThat(constant.visits).hasValue(0);
            assertThat(gradTexts(leaf)).containsExactly("G");
        }

        @Test
        void noLeafThatStoppedRequiringGradSinceForward() {
            Variable root = Probe.passing("f").apply(toLeaf.apply(leaf), toOther.apply(other));
            other.requiresGrad(false);
            run(root.backward());

            assertThat(toOther.visits).hasValue(0);
            assertThat(other.grad()).isEmpty();
            assertThat(leaf.grad()).hasSize(1);
        }

        @Test
        void noNodeThatNobodySaysAnythingTo() {
            Probe silent = Probe.of("silent", (context, gradients) -> Mono.just(Arrays.asList((Variable) null)));
            run(silent.apply(toLeaf.apply(leaf)).backward(feedback("x")));

            assertThat(toLeaf.visits).hasValue(0);
            assertThat(leaf.grad()).isEmpty();
        }
    }

    @Nested
    class Checks {

        @Test
        void howManyGradientsANodeGives() {
            Probe two = Probe.of("two", (context, gradients) -> Mono.just(List.of(feedback("a"), feedback("b"))));

            assertThat(fail(two.apply(leaf).backward()))
                    .hasMessageContaining("twoBackward0 must give one gradient per input, 1 in all, but gave 2.");
        }

        @Test
        void theirShapesAndKinds() {
            Probe list = Probe.of("list", (context, gradients) -> Mono.just(List.of(new Variable(List.of("a"), ""))));
            Probe number = Probe.of("number", (context, gradients) -> Mono.just(List.of(new Variable(1, ""))));

            assertThat(fail(list.apply(leaf).backward()))
                    .hasMessageContaining(
                            "listBackward0 must give a gradient of its shape to input 0, but a list of 1 text came");
            assertThat(fail(number.apply(leaf).backward())).hasMessageContaining("but a scalar number came");
            assertThat(leaf.grad()).isEmpty();
        }

        @Test
        void butNotWhatIsGivenToInputsThatNeedNone() {
            Probe odd = Probe.of(
                    "odd",
                    (context, gradients) -> Mono.just(Arrays.asList(gradients.get(0), new Variable(List.of(1), ""))));
            run(odd.apply(leaf, new Variable("x", "")).backward());

            assertThat(leaf.grad()).hasSize(1);
        }
    }
}
