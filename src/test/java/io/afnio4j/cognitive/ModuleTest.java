package io.afnio4j.cognitive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;

class ModuleTest {

    private static final class Leaf extends Module {
        private final Parameter prompt;

        private Leaf(Parameter prompt) {
            this.prompt = register("prompt", prompt);
        }
    }

    private static final class Tree extends Module {
        private final Leaf left;
        private final Leaf right;

        private Tree(Parameter own, Parameter left, Parameter right) {
            register("own", own);
            this.left = register("left", new Leaf(left));
            this.right = register("right", new Leaf(right));
        }

        private void again(String name) {
            register(name, new Leaf(left.prompt));
        }
    }

    private final Parameter a = new Parameter("a", "first");
    private final Parameter b = new Parameter("b", "second");
    private final Tree tree = new Tree(a, b, b);

    @Test
    void listsParametersByPathAndEachOnce() {
        assertThat(tree.parameters().byPath())
                .containsExactly(Map.entry("own", a), Map.entry("left.prompt", b), Map.entry("right.prompt", b));
        assertThat(tree.parameters()).containsExactly(a, b);
        assertThat(tree.parameters().own()).containsExactly(Map.entry("own", a));
        assertThat(tree.modules()).containsExactly(tree, tree.left, tree.right);
        assertThat(tree.modules().byPath().keySet()).containsExactly("", "left", "right");
        assertThat(tree.children().keySet()).containsExactly("left", "right");
    }

    @Test
    void modeReachesAllModules() {
        assertThat(tree.right.isTraining()).isTrue();
        tree.eval();
        assertThat(tree.isTraining()).isFalse();
        assertThat(tree.right.isTraining()).isFalse();
        tree.train();
        assertThat(tree.left.isTraining()).isTrue();
    }

    @Test
    void whatRunsInEvalModeAtTheSameTimeLeavesEachModuleInItsOwnMode() {
        tree.right.eval();
        Sinks.Empty<Boolean> first = Sinks.empty();
        Sinks.Empty<Boolean> second = Sinks.empty();
        Disposable one = tree.inEval(first.asMono()).subscribe();
        Disposable other = tree.inEval(second.asMono()).subscribe();
        assertThat(List.of(tree.isTraining(), tree.left.isTraining())).containsOnly(false);

        first.tryEmitEmpty().orThrow();
        assertThat(List.of(tree.isTraining(), tree.left.isTraining()))
                .as("the other one still runs")
                .containsOnly(false);
        other.dispose();

        assertThat(one.isDisposed()).isTrue();
        assertThat(List.of(tree.isTraining(), tree.left.isTraining())).containsOnly(true);
        assertThat(tree.right.isTraining()).isFalse();
    }

    @Test
    void stateIsACopyThatCanBeLoadedAgain() {
        Map<String, Object> state = tree.stateDict();
        a.data("changed");
        b.data("changed too");

        tree.loadStateDict(state);

        assertThat(a.text()).isEqualTo("a");
        assertThat(b.text()).isEqualTo("b");
    }

    @Test
    void aStateSaysNothingOfWhatIsFrozenAndOfRolesThatTheProgramGives() {
        Map<String, Object> state = tree.stateDict();
        Parameter nameless = new Parameter("", "");
        Parameter reworded = new Parameter("", "what to say second");
        Tree other = new Tree(nameless, reworded, reworded);
        reworded.requiresGrad(false);

        other.loadStateDict(state);

        assertThat(reworded.value()).isEqualTo(new Value("b", "what to say second"));
        assertThat(reworded.requiresGrad()).isFalse();
        assertThat(nameless.value()).isEqualTo(new Value("a", "first"));
        assertThat(nameless.requiresGrad()).isTrue();
    }

    @Test
    void aStateThatDoesntFitIsRefusedAndChangesNothing() {
        Map<String, Object> state = new LinkedHashMap<>(tree.stateDict());
        state.remove("own");
        state.put("strange", new Parameter("x", "stranger"));
        a.data("kept");

        assertThatThrownBy(() -> tree.loadStateDict(state))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing [own], unexpected [strange]");
        assertThat(a.text()).isEqualTo("kept");
    }

    @Test
    void aStateOfAnotherShapeIsRefusedAndChangesNothing() {
        Map<String, Object> state = new LinkedHashMap<>(tree.stateDict());
        state.put("left.prompt", "just a text");
        a.data("kept");

        assertThatThrownBy(() -> tree.loadStateDict(state)).hasMessageContaining("'left.prompt'");
        assertThat(a.text()).isEqualTo("kept");
    }

    @Test
    void namesAreWordsAndUnique() {
        assertThatThrownBy(() -> tree.again("left")).hasMessageContaining("'left' is taken");
        assertThatThrownBy(() -> tree.again("a.b")).hasMessageContaining("without dots");
    }
}
