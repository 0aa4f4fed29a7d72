package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.feedback;
import static io.afnio4j.autodiff.Passes.gradTexts;
import static io.afnio4j.autodiff.Passes.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.afnio4j.testing.Contract;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Which gradients arrive where, and in which order. */
class EngineOrderTest {

    private final Variable a = new Variable("a", "a", true);
    private final Variable b = new Variable("b", "b", true);

    @Test
    @Contract("Variable.backward: one entry per path")
    void aLeafGetsOneEntryPerPath() {
        Variable x = new Variable("x", "x");
        Variable y = new Variable("y", "y");
        Variable e = a.plus(a.plus(x).plus(y));
        run(e.backward(feedback("G")));

        assertThat(a.grad()).hasSize(2);
    }

    @Test
    @Contract("Variable.backward: one entry per path")
    void aVariableUsedTwiceInOneFunctionGetsTwoEntriesInOrder() {
        run(now("f").apply(a, b, a).backward(feedback("G")));

        assertThat(gradTexts(a)).containsExactly("f0(G)", "f2(G)");
        assertThat(gradTexts(b)).containsExactly("f1(G)");
    }

    @Test
    @Contract("Variable.backward: one entry per path")
    void anInteriorVariableGetsWhatItsUsersSayAsItemsInGraphOrder() {
        Variable middle = now("m").apply(a);
        Variable root = now("r").apply(now("f").apply(middle), now("g").apply(middle));
        run(root.backward(feedback("G")));

        assertThat(gradTexts(a)).containsExactly("m0(<ITEM>f0(r0(G))</ITEM><ITEM>g0(r1(G))</ITEM>)");
    }

    @Test
    void whatSeveralUsersSayInTheSameWordsIsSaidOnce() {
        Variable middle = now("m").apply(a);
        run(Probe.passing("r").apply(middle, middle).backward(feedback("G")));

        assertThat(gradTexts(a)).containsExactly("m0(G)");
    }

    @Test
    void numbersOfSeveralUsersAddUp() {
        Variable n = new Variable(2, "n", true);
        Variable middle = n.plus(new Variable(1, "one"));
        run(middle.plus(middle).backward());

        assertThat(n.grad()).extracting(Variable::data).containsExactly(2L);
    }

    @Test
    void theOrderIsThatOfTheExpressionWhoeverAnswersFirst() {
        Sinks.Empty<Void> first = Sinks.empty();
        Sinks.Empty<Void> second = Sinks.empty();
        Variable middle = now("m").apply(a);
        Variable root = now("r").apply(
                        Probe.telling("f", first.asMono()).apply(middle),
                        Probe.telling("g", second.asMono()).apply(middle));
        StepVerifier.create(root.backward(feedback("G")))
                .then(() -> second.tryEmitEmpty().orThrow())
                .then(() -> assertThat(a.grad()).isEmpty())
                .then(() -> first.tryEmitEmpty().orThrow())
                .expectComplete()
                .verify(Passes.LIMIT);

        assertThat(gradTexts(a)).containsExactly("m0(<ITEM>f0(r0(G))</ITEM><ITEM>g0(r1(G))</ITEM>)");
    }

    @Test
    void outputsThatNobodyUsedComeAsNull() {
        List<Variable> outputs = now("s").outputs(3).applyAll(List.of(a));
        run(now("r").apply(outputs.get(2), outputs.get(0)).backward(feedback("G")));

        assertThat(gradTexts(a)).containsExactly("s0(r1(G),-,r0(G))");
    }

    @Test
    void anOutputUsedTwiceComesJoined() {
        List<Variable> outputs = now("s").outputs(2).applyAll(List.of(a));
        Variable used = outputs.get(1);
        run(now("r").apply(used, outputs.get(0), used, used).backward(feedback("G")));

        assertThat(gradTexts(a)).containsExactly("s0(r1(G),<ITEM>r0(G)</ITEM><ITEM>r2(G)</ITEM><ITEM>r3(G)</ITEM>)");
    }

    @Test
    @Contract("backward: several roots")
    void severalRootsAreServedInOnePass() {
        Probe shared = now("m");
        Variable middle = shared.apply(a);
        run(Engine.backward(
                List.of(now("f").apply(middle), now("g").apply(middle)),
                List.of(feedback("F"), feedback("G")),
                BackwardOptions.DEFAULTS));

        assertThat(gradTexts(a)).containsExactly("m0(<ITEM>f0(F)</ITEM><ITEM>g0(G)</ITEM>)");
        assertThat(shared.visits).hasValue(1);
    }

    @Test
    void aRootMayHangUnderAnother() {
        Variable lower = now("m").apply(a);
        Variable upper = now("f").apply(lower);
        run(Engine.backward(List.of(lower, upper), List.of(feedback("L"), feedback("U")), BackwardOptions.DEFAULTS));

        assertThat(gradTexts(a)).containsExactly("m0(<ITEM>L</ITEM><ITEM>f0(U)</ITEM>)");
    }

    @Test
    void aRootGivenTwiceCountsTwice() {
        Variable root = now("m").apply(a);
        run(Engine.backward(List.of(root, root), List.of(feedback("1"), feedback("2")), BackwardOptions.DEFAULTS));

        assertThat(gradTexts(a)).containsExactly("m0(<ITEM>1</ITEM><ITEM>2</ITEM>)");
    }

    @Test
    @Contract("Variable.retain_grad")
    void interiorVariablesKeepTheirGradientWhereAsked() {
        Variable middle = now("m").apply(a);
        Variable root = now("r").apply(middle, middle);
        middle.retainGrad();
        root.retainGrad();
        run(root.backward(feedback("G")));

        assertThat(gradTexts(middle)).containsExactly("<ITEM>r0(G)</ITEM><ITEM>r1(G)</ITEM>");
        assertThat(gradTexts(root)).containsExactly("G");
    }

    @Test
    void oneOutputOfSeveralKeepsItsOwnGradient() {
        List<Variable> outputs = now("s").outputs(2).applyAll(List.of(a));
        outputs.get(1).retainGrad();
        run(now("r").apply(outputs.get(0), outputs.get(1)).backward(feedback("G")));

        assertThat(gradTexts(outputs.get(1))).containsExactly("r1(G)");
    }

    @Test
    void aBundleReachesALeafAsEntriesInSampleOrder() {
        Probe call = bundling("call", "first", "second");
        run(now("r").apply(call.apply(a), now("f").apply(a)).backward(feedback("G")));

        assertThat(gradTexts(a)).containsExactly("first", "second", "f0(r1(G))");
    }

    @Test
    void aBundleReachesAnInteriorVariableJoined() {
        Variable middle = now("m").apply(a);
        middle.retainGrad();
        run(bundling("call", "first", "second").apply(middle).backward(feedback("G")));

        assertThat(gradTexts(middle)).containsExactly("<ITEM>first</ITEM><ITEM>second</ITEM>");
        assertThat(gradTexts(a)).containsExactly("m0(<ITEM>first</ITEM><ITEM>second</ITEM>)");
    }

    @Test
    void aBundleIsNeverEmpty() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GradientBundle.of(List.of()))
                .withMessageContaining("return null");
    }

    private static Probe now(String name) {
        return Probe.telling(name, Mono.empty());
    }

    private static Probe bundling(String name, String... texts) {
        List<Variable> gradients = Arrays.stream(texts).map(Passes::feedback).toList();
        return Probe.of(name, (context, unused) -> Mono.just(List.of(GradientBundle.of(gradients))));
    }
}
