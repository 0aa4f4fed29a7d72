package io.afnio4j.picture;

import io.afnio4j.autodiff.FunctionContext;
import io.afnio4j.autodiff.PureFunction;
import io.afnio4j.autodiff.Variable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Makes something with a role; its backward answers at once, or asks for a while. */
@SuppressWarnings("NullAway") // on JDK 17 it reads no nullness inside type arguments from class files
final class Makes extends PureFunction {

    private final String name;
    private final String role;
    private final Mono<Long> answer;

    private Makes(String name, String role, Mono<Long> answer) {
        this.name = name;
        this.role = role;
        this.answer = answer;
    }

    Makes(String name, String role) {
        this(name, role, Mono.just(0L));
    }

    /** One that is named after what it makes, and whose feedback takes a while. */
    static Makes slowly(String role, long millis) {
        return new Makes(role, role, after(millis));
    }

    /** One whose feedback fails after a while. */
    static Makes failing(String role, long millis, String message) {
        return new Makes(role, role, after(millis).then(Mono.error(() -> new IllegalStateException(message))));
    }

    /** Of the time that holds when it is asked, which may be virtual. */
    private static Mono<Long> after(long millis) {
        return Mono.defer(() -> Mono.delay(Duration.ofMillis(millis), Schedulers.parallel()));
    }

    @Override
    protected String name() {
        return name;
    }

    @Override
    protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
        return List.of(new Variable("x", role));
    }

    @Override
    protected Mono<List<@Nullable Variable>> backward(FunctionContext context, List<@Nullable Variable> gradients) {
        return context.once("question", answer).map(tick -> context.relayToAll(gradients.get(0)));
    }
}
