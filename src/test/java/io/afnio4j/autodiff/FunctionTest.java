package io.afnio4j.autodiff;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Functions whose forward doesn't do what it must. */
class FunctionTest {

    private static final String WANTED = " must return a list of at least one new variable from forward, but returned ";

    private final Variable watched = new Variable("a", "a", true);
    private final Variable unwatched = new Variable("b", "b");

    @Test
    void aPureFunctionThatMakesNothingIsNamed() {
        for (Variable input : List.of(watched, unwatched)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> new Pure(null).apply(input))
                    .withMessage("Pure" + WANTED + "null.");
            assertThatIllegalStateException()
                    .isThrownBy(() -> new Pure(List.of()).apply(input))
                    .withMessage("Pure" + WANTED + "an empty list.");
            assertThatIllegalStateException()
                    .isThrownBy(() -> new Pure(Collections.singletonList(null)).applyAll(List.of(input)))
                    .withMessage("Pure" + WANTED + "a list with null in it.");
        }
    }

    @Test
    void aReactiveFunctionThatMakesNothingIsNamed() {
        for (Variable input : List.of(watched, unwatched)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> now(new Reactive(null).apply(input)))
                    .withMessage("Reactive" + WANTED + "null instead of a Mono.");
            assertThatIllegalStateException()
                    .isThrownBy(() -> now(new Reactive(Mono.empty()).apply(input)))
                    .withMessage("Reactive" + WANTED + "an empty Mono.");
            assertThatIllegalStateException()
                    .isThrownBy(() -> now(new Reactive(Mono.just(List.of())).apply(input)))
                    .withMessage("Reactive" + WANTED + "an empty list.");
        }
    }

    @Test
    void oneOfAnAnonymousClassHasANameToo() {
        Variable made = new Pure(List.of(new Variable("c", "c"))) {}.apply(watched);

        assertThat(made.gradFn().name()).isEqualTo("FunctionBackward0");
    }

    @SuppressWarnings("NullAway") // that is what it is about
    private static class Pure extends PureFunction {

        private final @Nullable List<Variable> made;

        private Pure(@Nullable List<Variable> made) {
            this.made = made;
        }

        @Override
        protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
            return made;
        }

        @Override
        protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
            return Mono.just(context.noGradients());
        }
    }

    @SuppressWarnings("NullAway") // that is what it is about
    private static final class Reactive extends ReactiveFunction {

        private final @Nullable Mono<List<Variable>> made;

        private Reactive(@Nullable Mono<List<Variable>> made) {
            this.made = made;
        }

        @Override
        protected Mono<List<Variable>> forward(FunctionContext context, List<Variable> inputs) {
            return made;
        }

        @Override
        protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
            return Mono.just(context.noGradients());
        }
    }
}
