package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.testing.Contract;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class NodeTest {

    private final Variable a = new Variable("Hello,", "greeting", true);
    private final Variable b = new Variable("world!", "name", true);

    @Test
    @Contract({"Node", "Node.name"})
    void isNamedAfterItsFunction() {
        assertThat(name(Variable.sum(List.of(a, b)))).isEqualTo("SumBackward0");
        assertThat(name(a.plus(b))).isEqualTo("AddBackward0");
        assertThat(name(a.upper())).isEqualTo("UpperBackward0");
        assertThat(name(a.split(",").get(0))).isEqualTo("SplitBackward0");
        assertThat(name(a)).isEqualTo("AccumulateGrad");
    }

    @Test
    @Contract({"Node.next_functions", "GradientEdge.node", "get_gradient_edge"})
    void hasOneEdgePerInput() {
        Variable sum = Variable.sum(List.of(a, new Variable("!", "mark"), b.upper(), a));

        List<GradientEdge> edges = node(sum).nextFunctions();

        assertThat(edges).hasSize(4);
        assertThat(edges.get(0)).isEqualTo(GradientEdge.of(a));
        assertThat(edges.get(1)).isEqualTo(GradientEdge.NONE);
        assertThat(edges.get(1).node()).isNull();
        assertThat(String.valueOf(edges.get(2).node())).isEqualTo("<UpperBackward0>");
        assertThat(edges.get(3).node()).isSameAs(edges.get(0).node());
    }

    @Test
    @Contract("GradientEdge.output_nr")
    void numbersSeveralOutputs() {
        List<Variable> parts = new Variable("a,b,c", "list", true).split(",");

        assertThat(parts).extracting(part -> GradientEdge.of(part).outputNr()).containsExactly(0, 1, 2);
        assertThat(parts).extracting(Variable::gradFn).containsOnly(parts.get(0).gradFn());
    }

    @Test
    @Contract("GradientEdge")
    void endsAtLeaves() {
        assertThat(node(a).nextFunctions()).isEmpty();
        assertThat(GradientEdge.of(a)).isEqualTo(GradientEdge.of(a));
        assertThat(a.gradFn()).isNull();
        assertThat(node(a).role()).isEqualTo("greeting");
    }

    @Test
    @Contract("get_gradient_edge")
    void noEdgeLeadsToWhatRequiresNoGrad() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GradientEdge.of(new Variable("x", "constant")))
                .withMessage("The constant doesn't require grad, so no edge leads to it.");
    }

    private static String name(Variable variable) {
        return node(variable).name();
    }

    private static Node node(Variable variable) {
        return Objects.requireNonNull(GradientEdge.of(variable).node());
    }
}
