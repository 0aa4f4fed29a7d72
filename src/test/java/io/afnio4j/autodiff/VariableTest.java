package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

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
        void whereAUserMadeItAndItRequiresGrad() {
            assertThat(leaf.isLeaf()).isTrue();
        }

        @Test
        void notWhereItIsTheCapitalLettersOfAWatchedVariable() {
            assertThat(made.isLeaf()).isFalse();
        }

        @Test
        void notWhereItIsASumWithAWatchedVariable() {
            assertThat(leaf.plus(new Variable("def", "")).isLeaf()).isFalse();
        }

        @Test
        void whereAFunctionMadeItFromNothingWatched() {
            assertThat(new Variable("abc", "").upper().isLeaf()).isTrue();
        }

        @Test
        void whereItRequiresGradOnlySinceAfterItsFunction() {
            Variable late = new Variable("abc", "").upper().requiresGrad(true);

            assertThat(late.isLeaf()).isTrue();
            assertThat(late.requiresGrad()).isTrue();
            assertThat(late.gradFn()).isNull();
        }
    }

    @Test
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
    void newDataKeepTheGraphAndNewRolesTheData() {
        made.data("parsed");
        made.role("result");

        assertThat(made.value()).isEqualTo(new Value("parsed", "result"));
        assertThat(made.isLeaf()).isFalse();
    }

    @Test
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
    void aLeafRefusesToRetainItsGradient() {
        assertThatIllegalStateException().isThrownBy(leaf::retainGrad).withMessageContaining("is a leaf");
        assertThatIllegalStateException().isThrownBy(new Variable("a", "")::retainGrad);
    }

    @Test
    void detachesACopy() {
        Variable detached = made.detach();

        assertThat(detached.value()).isEqualTo(made.value());
        assertThat(detached.requiresGrad()).isFalse();
        assertThat(detached.gradFn()).isNull();
        assertThat(made.isLeaf()).isFalse();
    }

    @Test
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
    void copiesOnlyFromItsOwnShape() {
        Variable pair = new Variable(List.of("a", "b"), "pair");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> pair.copyFrom(leaf))
                .withMessageContaining("is a list of 2 texts and can't be copied from a scalar text");
        assertThatIllegalArgumentException().isThrownBy(() -> leaf.copyFrom(pair));
        assertThatIllegalArgumentException().isThrownBy(() -> pair.copyFrom(new Variable(List.of("a"), "")));
    }

    @Test
    void castsToANewLeaf() {
        Variable cast = new Variable(List.of("1", "2"), "counts", true).to(Double.class);

        assertThat(cast.value()).isEqualTo(new Value(List.of(1.0, 2.0), "counts"));
        assertThat(cast.requiresGrad()).isTrue();
        assertThat(cast.isLeaf()).isTrue();
    }

    @Test
    void knowsRealNumbers() {
        assertThat(new Variable(0.5, "").isFloatingPoint()).isTrue();
        assertThat(new Variable(List.<Number>of(1, 0.5), "").isFloatingPoint()).isTrue();
        assertThat(new Variable(1, "").isFloatingPoint()).isFalse();
        assertThat(new Variable("0.5", "").isFloatingPoint()).isFalse();
        assertThat(new Variable(List.of(), "").isFloatingPoint()).isFalse();
    }

    @Test
    void showsDataRoleAndFlagOrMaker() {
        assertThat(leaf).hasToString("variable(abc, role=input, requires_grad=true)");
        assertThat(made).hasToString("variable(ABC, role=input, grad_fn=<UpperBackward0>)");
        assertThat(new Variable(List.of(1, 2), "n")).hasToString("variable([1, 2], role=n, requires_grad=false)");
        assertThat(new Variable(null, "")).hasToString("variable(null, role=, requires_grad=false)");
    }
}
