package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.fail;
import static io.afnio4j.autodiff.Passes.feedback;
import static io.afnio4j.autodiff.Passes.gradTexts;
import static io.afnio4j.autodiff.Passes.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.afnio4j.testing.Contract;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

class HooksTest {

    private final Variable a = new Variable("a", "a", true);
    private final Variable b = new Variable("b", "b");
    private final Variable middle = now("m").apply(a, b);
    private final Variable root = now("r").apply(middle, middle);
    private final List<String> seen = new ArrayList<>();

    @Test
    @Contract("Node: hooks")
    void aPrehookSeesTheJoinedGradientsThatArrive() {
        node(middle).registerPrehook(seeing("m"));
        node(root).registerPrehook(seeing("r"));
        run(root.backward(feedback("G")));

        assertThat(seen).containsExactly("r [G]", "m [<ITEM>r0(G)</ITEM><ITEM>r1(G)</ITEM>]");
    }

    @Test
    @Contract("Node: hooks")
    void aHookSeesWhatIsSentOnNullWhereNothingIs() {
        node(middle).registerHook(seeing("m"));
        node(root).registerHook(seeing("r"));
        run(root.backward(feedback("G")));

        assertThat(seen).containsExactly("r [r0(G), r1(G)]", "m [m0(<ITEM>r0(G)</ITEM><ITEM>r1(G)</ITEM>), null]");
    }

    @Test
    void aNodeOfSeveralOutputsShowsOneGradientPerOutput() {
        List<Variable> parts = now("s").outputs(3).applyAll(List.of(a));
        node(parts.get(0)).registerPrehook(seeing("s"));
        parts.get(2).registerHook(gradient -> seen.add("third " + gradient.text()));
        parts.get(1).registerHook(gradient -> seen.add("second " + gradient.text()));
        run(now("r").apply(parts.get(2)).backward(feedback("G")));

        assertThat(seen).containsExactly("s [null, null, r0(G)]", "third r0(G)");
    }

    @Test
    void theNodeOfALeafShowsAllThatTheLeafIsAboutToReceive() {
        node(a).registerPrehook(seeing("a"));
        node(a).registerHook(seeing("never"));
        a.registerHook(gradient -> {
            assertThat(a.grad()).isEmpty();
            seen.add("leaf " + gradient.text());
        });
        run(now("r").apply(a, a).backward(feedback("G")));

        assertThat(seen).containsExactly("a [r0(G), r1(G)]", "leaf r0(G)", "leaf r1(G)");
        assertThat(gradTexts(a)).containsExactly("r0(G)", "r1(G)");
    }

    @Test
    void aVariableShowsItsGradient() {
        middle.registerHook(gradient -> seen.add(gradient.text()));
        run(root.backward(feedback("G")));

        assertThat(seen).containsExactly("<ITEM>r0(G)</ITEM><ITEM>r1(G)</ITEM>");
    }

    @Test
    void eachHandleRemovesItsOwnHook() {
        Consumer<List<@Nullable Variable>> hook = seeing("m");
        Disposable first = node(middle).registerPrehook(hook);
        Disposable second = node(middle).registerPrehook(hook);
        Disposable sent = node(middle).registerHook(hook);
        first.dispose();
        first.dispose();
        run(root.backward(BackwardOptions.DEFAULTS.retainGraph(true)));
        assertThat(seen).hasSize(2);

        second.dispose();
        sent.dispose();
        run(root.backward());
        assertThat(seen).hasSize(2);
    }

    @Test
    void removingAHookLeavesARetainedGradient() {
        middle.retainGrad();
        node(middle).registerHook(seeing("m")).dispose();
        run(root.backward(feedback("G")));

        assertThat(middle.grad()).hasSize(1);
    }

    @Test
    @Contract("Node: a hook that throws")
    void aHookThatThrowsFailsItsNodeAndNoGradientChanges() {
        AtomicInteger calls = new AtomicInteger();
        Consumer<List<@Nullable Variable>> broken = gradients -> {
            calls.incrementAndGet();
            throw new IllegalStateException("too long");
        };
        for (Disposable handle : List.of(node(middle).registerPrehook(broken))) {
            assertThat(fail(root.backward()))
                    .hasMessageContaining("mBackward0 of \"m\" (too long). No gradient was changed");
            handle.dispose();
        }
        node(root).registerHook(broken);
        assertThat(fail(root.backward())).hasMessageContaining("rBackward0 of \"r\" (too long)");
        a.registerHook(gradient -> broken.accept(List.of()));

        assertThat(calls).hasValue(2);
        assertThat(a.grad()).isEmpty();
    }

    @Test
    void aHookOfALeafThatThrowsFailsThePassToo() {
        a.registerHook(gradient -> {
            throw new IllegalStateException("unwanted");
        });

        assertThat(fail(root.backward())).hasMessageContaining("AccumulateGrad of \"a\" (unwanted)");
        assertThat(a.grad()).isEmpty();
    }

    @Test
    void hooksLookAndDoNotTouch() {
        node(middle).registerPrehook(gradients -> gradients.set(0, null));

        assertThat(fail(root.backward())).hasCauseInstanceOf(UnsupportedOperationException.class);
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() ->
                        Objects.requireNonNull(middle.gradFn()).nextFunctions().clear());
    }

    @Test
    void whereNothingPassesNobodyLooks() {
        Probe silent = Probe.of("silent", (context, gradients) -> Mono.just(Arrays.asList((Variable) null)));
        Variable quiet = now("q").apply(a);
        node(quiet).registerPrehook(seeing("q"));
        node(quiet).registerHook(seeing("q"));
        run(silent.apply(quiet).backward(feedback("G")));

        assertThat(seen).isEmpty();
    }

    @Test
    void noHookFitsWhatRequiresNoGrad() {
        assertThatIllegalStateException()
                .isThrownBy(() -> b.registerHook(gradient -> seen.add("b")))
                .withMessage("The b doesn't require grad, so no gradient passes a hook on it.");
    }

    private Consumer<List<@Nullable Variable>> seeing(String where) {
        return gradients -> seen.add(where + " "
                + gradients.stream()
                        .map(gradient -> gradient == null ? "null" : gradient.text())
                        .toList());
    }

    private static Node node(Variable variable) {
        return Objects.requireNonNull(GradientEdge.of(variable).node());
    }

    private static Probe now(String name) {
        return Probe.telling(name, Mono.empty());
    }
}
