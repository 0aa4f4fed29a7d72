package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.fail;
import static io.afnio4j.autodiff.Passes.feedback;
import static io.afnio4j.autodiff.Passes.gradTexts;
import static io.afnio4j.autodiff.Passes.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

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
        void theGivenGradient() {
            run(Probe.telling("f", Mono.empty()).apply(leaf).backward(feedback("Be brief.")));

            assertThat(gradTexts(leaf)).containsExactly("f0(Be brief.)");
        }

        @Test
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
        void aListWithoutAGradient() {
            assertThatIllegalArgumentException()
                    .isThrownBy(pair::backward)
                    .withMessage("The pair is a list of 2 texts, so backward needs a gradient of the same length; "
                            + "only a scalar can go without.");
        }

        @Test
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
        void aLeafAsRoot() {
            assertThatIllegalStateException().isThrownBy(leaf::backward).withMessageContaining("The prompt is a leaf");
            assertThatIllegalStateException()
                    .isThrownBy(() -> new Variable("x", "").upper().backward());
        }

        @Test
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
        void onlyTheNamedLeavesAndVisitsNothingElse() {
            Variable root = Probe.passing("f").apply(toLeaf.apply(leaf), toOther.apply(other), leaf.plus(other));
            run(root.backward(BackwardOptions.DEFAULTS.inputs(leaf)));

            assertThat(toLeaf.visits).hasValue(1);
            assertThat(toOther.visits).hasValue(0);
            assertThat(leaf.grad()).hasSize(2);
            assertThat(other.grad()).isEmpty();
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
