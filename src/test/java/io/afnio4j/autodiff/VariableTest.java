package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.feedback;
import static io.afnio4j.autodiff.Passes.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.afnio4j.testing.Contract;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class VariableTest {

    private final Variable leaf = new Variable("abc", "input", true);
    private final Variable made = leaf.upper();

    @Nested
    class IsLeaf {

        @Test
        @Contract({"Variable.is_leaf", "Variable.is_leaf: example a"})
        void whereAUserMadeItAndItRequiresGrad() {
            assertThat(leaf.isLeaf()).isTrue();
        }

        @Test
        @Contract("Variable.is_leaf: example b")
        void notWhereItIsTheCapitalLettersOfAWatchedVariable() {
            assertThat(made.isLeaf()).isFalse();
        }

        @Test
        @Contract("Variable.is_leaf: example c")
        void notWhereItIsASumWithAWatchedVariable() {
            assertThat(leaf.plus(new Variable("def", "")).isLeaf()).isFalse();
        }

        @Test
        @Contract("Variable.is_leaf: example d")
        void whereAFunctionMadeItFromNothingWatched() {
            assertThat(new Variable("abc", "").upper().isLeaf()).isTrue();
        }

        @Test
        @Contract("Variable.is_leaf: example e")
        void whereItRequiresGradOnlySinceAfterItsFunction() {
            Variable late = new Variable("abc", "").upper().requiresGrad(true);

            assertThat(late.isLeaf()).isTrue();
            assertThat(late.requiresGrad()).isTrue();
            assertThat(late.gradFn()).isNull();
        }
    }

    @Test
    @Contract({"Variable.requires_grad", "Variable.requires_grad_"})
    void requiresNoGradUnlessAsked() {
        Variable plain = new Variable("abc", "input");

        assertThat(plain.requiresGrad()).isFalse();
        assertThat(plain.requiresGrad(true)).isSameAs(plain);
        assertThat(plain.requiresGrad()).isTrue();
        assertThat(plain.requiresGrad(false).requiresGrad()).isFalse();
    }

    @Test
    void whatAWatchedFunctionMadeCannotStopRequiringGrad() {
        assertThatIllegalStateException()
                .isThrownBy(() -> made.requiresGrad(false))
                .withMessageContaining("made by UpperBackward0")
                .withMessageContaining("detach()");
    }

    @Test
    void aParameterRequiresGradFromTheStart() {
        assertThat(new Parameter("abc", "prompt").requiresGrad()).isTrue();
        assertThat(new Parameter("abc", "prompt", false).requiresGrad()).isFalse();
    }

    @Test
    void readsTextAndTexts() {
        assertThat(new Variable(12, "n").text()).isEqualTo("12");
        assertThat(new Variable(null, "n").text()).isEmpty();
        assertThat(new Variable(null, "n").texts()).containsExactly("");
        assertThat(new Variable(List.of(1, 2), "n").texts()).containsExactly("1", "2");
        assertThat(new Variable("a", "n").size()).isOne();
        assertThatIllegalStateException()
                .isThrownBy(() -> new Variable(List.of("a", "b"), "n").text())
                .withMessage("The n is a list of 2 texts; texts() gives them all.");
    }

    @Test
    @Contract({"Variable.data: setting it", "Variable.role"})
    void newDataKeepTheGraphAndNewRolesTheData() {
        made.data("parsed");
        made.role("result");

        assertThat(made.value()).isEqualTo(new Value("parsed", "result"));
        assertThat(made.isLeaf()).isFalse();
    }

    @Test
    @Contract({"Variable.grad", "Variable.append_grad"})
    void keepsAppendsReplacesAndClearsGradients() {
        Variable first = new Variable("first", "feedback");
        Variable second = new Variable("second", "feedback");
        leaf.appendGrad(first);
        leaf.appendGrad(second);
        assertThat(leaf.grad()).containsExactly(first, second);

        leaf.grad(List.of(second));
        leaf.appendGrad(first);
        assertThat(leaf.grad()).containsExactly(second, first);

        leaf.clearGrad();
        assertThat(leaf.grad()).isEmpty();
    }

    @Test
    void handsOutSnapshotsOfItsGradients() {
        List<Variable> given = new ArrayList<>(List.of(leaf));
        leaf.grad(given);
        List<Variable> before = leaf.grad();
        given.clear();
        leaf.appendGrad(made);

        assertThat(before).containsExactly(leaf);
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> before.remove(0));
    }

    @Test
    @Contract({"Variable.grad: of a non-leaf", "Variable.append_grad: to a non-leaf", "Variable.retain_grad"})
    void whatIsNoLeafKeepsNoGradientUnlessTold() {
        String because = "The input was made by UpperBackward0 and keeps no gradient."
                + " Call retainGrad() on it before the backward pass.";
        assertThatIllegalStateException().isThrownBy(made::grad).withMessage(because);
        assertThatIllegalStateException().isThrownBy(() -> made.grad(List.of())).withMessage(because);
        assertThatIllegalStateException()
                .isThrownBy(() -> made.appendGrad(leaf))
                .withMessage(because);

        made.retainGrad();
        made.retainGrad();
        made.appendGrad(leaf);
        assertThat(made.grad()).containsExactly(leaf);
    }

    @Test
    @Contract("Variable.retain_grad: on a leaf")
    void aLeafRefusesToRetainItsGradient() {
        assertThatIllegalStateException().isThrownBy(leaf::retainGrad).withMessageContaining("is a leaf");
        assertThatIllegalStateException().isThrownBy(new Variable("a", "")::retainGrad);
    }

    @Test
    @Contract("Variable.detach")
    void detachesACopy() {
        Variable detached = made.detach();

        assertThat(detached.value()).isEqualTo(made.value());
        assertThat(detached.requiresGrad()).isFalse();
        assertThat(detached.gradFn()).isNull();
        assertThat(made.isLeaf()).isFalse();
    }

    @Test
    @Contract("Variable.copy_")
    void copiesDataRoleAndFlagFromAnother() {
        Variable target = new Variable(1, "old");

        assertThat(target.copyFrom(leaf)).isSameAs(target);
        assertThat(target.value()).isEqualTo(leaf.value());
        assertThat(target.requiresGrad()).isTrue();
        assertThat(new Variable(List.of(1, 2), "")
                        .copyFrom(new Variable(List.of("a", "b"), ""))
                        .data())
                .isEqualTo(List.of("a", "b"));
    }

    @Test
    @Contract("Variable.copy_: other shapes")
    void copiesOnlyFromItsOwnShape() {
        Variable pair = new Variable(List.of("a", "b"), "pair");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> pair.copyFrom(leaf))
                .withMessageContaining("is a list of 2 texts and can't be copied from a scalar text");
        assertThatIllegalArgumentException().isThrownBy(() -> leaf.copyFrom(pair));
        assertThatIllegalArgumentException().isThrownBy(() -> pair.copyFrom(new Variable(List.of("a"), "")));
    }

    @Test
    @Contract("Variable.to")
    void castsToANewLeaf() {
        Variable cast = new Variable(List.of("1", "2"), "counts", true).to(Double.class);

        assertThat(cast.value()).isEqualTo(new Value(List.of(1.0, 2.0), "counts"));
        assertThat(cast.requiresGrad()).isTrue();
        assertThat(cast.isLeaf()).isTrue();
    }

    @Test
    @Contract("Variable.is_floating_point")
    void knowsRealNumbers() {
        assertThat(new Variable(0.5, "").isFloatingPoint()).isTrue();
        assertThat(new Variable(List.<Number>of(1, 0.5), "").isFloatingPoint()).isTrue();
        assertThat(new Variable(1, "").isFloatingPoint()).isFalse();
        assertThat(new Variable("0.5", "").isFloatingPoint()).isFalse();
        assertThat(new Variable(List.of(), "").isFloatingPoint()).isFalse();
    }

    @Test
    @Contract("Variable.__repr__")
    void showsDataRoleAndFlagOrMaker() {
        assertThat(leaf).hasToString("variable(abc, role=input, requires_grad=true)");
        assertThat(made).hasToString("variable(ABC, role=input, grad_fn=<UpperBackward0>)");
        assertThat(new Variable(List.of(1, 2), "n")).hasToString("variable([1, 2], role=n, requires_grad=false)");
        assertThat(new Variable(null, "")).hasToString("variable(null, role=, requires_grad=false)");
    }

    @Test
    @Contract({"Variable", "Variable.__init__"})
    void hasNoRoleUnlessGiven() {
        Variable plain = new Variable("Hello");

        assertThat(plain.value()).isEqualTo(new Value("Hello", ""));
        assertThat(plain.requiresGrad()).isFalse();
        assertThat(plain.isLeaf()).isTrue();
        assertThat(plain.grad()).isEmpty();
    }

    @Test
    void isCalledAVariableByMessagesWhereItHasNoRole() {
        Variable plain = new Variable("Hello");

        assertThatIllegalStateException()
                .isThrownBy(plain::backward)
                .withMessageStartingWith("The variable is a leaf: ");
        assertThatIllegalStateException()
                .isThrownBy(() -> new Variable(List.of("a", "b")).text())
                .withMessage("The variable is a list of 2 texts; texts() gives them all.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plain.plus(new Variable(List.of("a"), "list")))
                .withMessageEndingWith("but the variable is a scalar text and the list is a list of 1 text.");
    }

    @Test
    @Contract("Variable.grad_fn")
    void nobodyCanSetItsGradFn() {
        assertThat(Variable.class.getMethods())
                .filteredOn(method -> method.getName().equals("gradFn"))
                .extracting(Method::getParameterCount)
                .containsExactly(0);
        assertThat(Variable.class.getFields()).isEmpty();
    }

    @Nested
    class PlusAssign {

        private final Variable suffix = new Variable("!", "mark", true);

        @Test
        @Contract("Variable.__iadd__")
        void keepsTheIdentityAndTakesOverTheSum() {
            Variable text = new Variable("abc", "text");

            assertThat(text.plusAssign(suffix)).isSameAs(text);
            assertThat(text).hasToString("variable(abc!, role=text and mark, grad_fn=<AddBackward0>)");
            assertThat(text.requiresGrad()).isTrue();
        }

        @Test
        void feedbackReachesWhatWasAddedAndWhatWasThereBefore() {
            Variable start = new Variable("a", "start", true);
            Variable total = start.upper();
            total.plusAssign(suffix).plusAssign(total);
            assertThat(total.text()).isEqualTo("A!A!");
            run(total.backward(feedback("G")));

            assertThat(start.grad()).hasSize(1);
            assertThat(suffix.grad()).hasSize(1);
        }

        @Test
        void aLeafIsOneNoLongerAndKeepsItsFormerGradients() {
            run(leaf.upper().backward(feedback("before")));
            leaf.plusAssign(suffix);
            assertThat(leaf.isLeaf()).isFalse();
            assertThatIllegalStateException().isThrownBy(leaf::grad);

            leaf.retainGrad();
            run(leaf.backward(feedback("after")));
            assertThat(leaf.grad()).extracting(Variable::text).last().isEqualTo("after");
            assertThat(leaf.grad()).hasSize(2);
        }

        @Test
        void whatFunctionsSawBeforeStays() {
            Variable middle = leaf.upper();
            Variable root = middle.upper();
            middle.plusAssign(suffix);
            run(root.backward(feedback("G")));

            assertThat(leaf.grad()).hasSize(1);
            assertThat(suffix.grad()).isEmpty();
        }

        @Test
        void aRetainedGradientIsThatOfTheSum() {
            Variable total = leaf.upper();
            total.retainGrad();
            total.plusAssign(suffix);
            run(total.backward(feedback("G")));

            assertThat(total.grad()).extracting(Variable::text).containsExactly("G");
        }

        @Test
        @SuppressWarnings("try") // the scope is closed, not read
        void unwatchedItIsALeafThatRequiresNoGrad() {
            Variable total = leaf.upper();
            total.retainGrad();
            try (var off = GradMode.noGrad()) {
                total.plusAssign(suffix);
            }

            assertThat(total.requiresGrad()).isFalse();
            assertThat(total.gradFn()).isNull();
            assertThat(total.text()).isEqualTo("ABC!");
        }

        @Test
        void addsNumbersAndRefusesOtherShapes() {
            Variable count = new Variable(1, "count");
            assertThat(count.plusAssign(count).data()).isEqualTo(2L);
            assertThatIllegalArgumentException().isThrownBy(() -> count.plusAssign(new Variable(List.of(1), "list")));
            assertThat(count.data()).isEqualTo(2L);
        }
    }

    @Nested
    class Copy {

        @Test
        @Contract("Variable.__deepcopy__")
        void sharesNothingWithItsOriginal() {
            leaf.appendGrad(new Variable("g", "feedback"));
            Variable copy = leaf.copy();
            leaf.clearGrad();
            leaf.data("changed");

            assertThat(copy).hasToString("variable(abc, role=input, requires_grad=true)");
            assertThat(copy.grad()).extracting(Variable::text).containsExactly("g");
            assertThat(GradientEdge.of(copy)).isNotEqualTo(GradientEdge.of(leaf));
        }

        @Test
        void ofAParameterIsAParameter() {
            Parameter copy = new Parameter("abc", "prompt", false).copy();

            assertThat(copy.value()).isEqualTo(new Value("abc", "prompt"));
            assertThat(copy.requiresGrad()).isFalse();
        }

        @Test
        @Contract("Variable.__deepcopy__")
        void isRefusedToWhatIsNoLeaf() {
            assertThatIllegalStateException()
                    .isThrownBy(made::copy)
                    .withMessage("The input was made by UpperBackward0, and only leaves can be copied."
                            + " Use detach() for a copy outside of the graph.");
        }
    }
}
