package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.fail;
import static io.afnio4j.autodiff.Passes.run;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** Whatever what a user wrote throws or fails to give: a pass ends and says why, and nothing else suffers. */
@SuppressWarnings("NullAway") // on JDK 17 it reads no nullness inside type arguments from class files
class BrokenCallbacksTest {

    private final Variable a = new Variable("a", "a", true);
    private final List<Throwable> dropped = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void hearWhatIsDropped() {
        Hooks.onErrorDropped(dropped::add);
    }

    @AfterEach
    void forgetHooks() {
        Hooks.resetOnErrorDropped();
    }

    @Test
    void aCallThatThrowsWhereItIsCancelledKeepsNoOtherFromBeingCancelled() {
        AtomicInteger cancelled = new AtomicInteger();
        List<BackwardEvent> events = new ArrayList<>();
        StepVerifier.create(besideOneThatThrowsWhereItIsCancelled(cancelled, Mono.never())
                        .backward(BackwardOptions.DEFAULTS.listener(events::add)))
                .then(() -> assertThat(events).isNotEmpty())
                .thenCancel()
                .verify(Passes.LIMIT);

        assertThat(cancelled).hasValue(2);
        assertThat(events).last().isInstanceOf(BackwardEvent.PassCancelled.class);
        assertThat(dropped)
                .singleElement()
                .satisfies(thrown -> assertThat(thrown).hasMessage("broken"));
    }

    @Test
    void aCallThatThrowsWhereItIsCancelledKeepsNoPassFromFailing() {
        AtomicInteger cancelled = new AtomicInteger();
        Sinks.Empty<List<@Nullable Variable>> fails = Sinks.empty();
        Variable root = besideOneThatThrowsWhereItIsCancelled(cancelled, fails.asMono());
        StepVerifier.create(root.backward(BackwardOptions.DEFAULTS.onFailure(FailurePolicy.CANCEL_STARTED)))
                .then(() ->
                        fails.tryEmitError(new IllegalStateException("down")).orThrow())
                .expectErrorSatisfies(failed -> assertThat(failed).hasStackTraceContaining("down"))
                .verify(Passes.LIMIT);

        assertThat(cancelled).hasValue(2);
    }

    private Variable besideOneThatThrowsWhereItIsCancelled(
            AtomicInteger cancelled, Mono<List<@Nullable Variable>> third) {
        Probe waiting = Probe.of(
                "waiting",
                (context, gradients) -> Mono.<List<@Nullable Variable>>never().doOnCancel(cancelled::incrementAndGet));
        Probe broken = Probe.of(
                "broken",
                (context, gradients) -> Mono.create(sink -> {
                    var unused = sink.onCancel(() -> throwing(new IllegalStateException("broken")));
                }));
        return Probe.passing("r")
                .apply(
                        waiting.apply(a),
                        broken.apply(a),
                        waiting.apply(a),
                        Probe.of("third", (context, gradients) -> third).apply(a));
    }

    @ParameterizedTest
    @EnumSource
    void anErrorOfTheJvmInACallEndsAPassWithALimit(FailurePolicy policy) {
        Error error = new NoClassDefFoundError("Gone");
        BackwardOptions limited = BackwardOptions.DEFAULTS.maxConcurrency(1).onFailure(policy);
        for (Mono<String> call : lawless(error)) {
            Probe broken = asking("broken", call);
            Probe sound = asking("sound", Mono.just("sound").hide());
            Variable first = Probe.passing("r").apply(broken.apply(a), sound.apply(a));
            Variable second = Probe.passing("r").apply(sound.apply(a), broken.apply(a), sound.apply(a));

            assertThat(fail(first.backward(limited))).hasCause(error);
            assertThat(fail(second.backward(limited))).hasCause(error);
        }
    }

    @Test
    void anErrorOfTheJvmInASharedCallIsForAllWhoAsked() {
        Error error = new NoClassDefFoundError("Gone");
        for (Mono<String> call : lawless(error)) {
            Probe sharing = sharing("f", call);
            BackwardException failed = fail(Probe.passing("r")
                    .apply(sharing.apply(a), sharing.apply(a))
                    .backward(BackwardOptions.DEFAULTS.onFailure(FailurePolicy.RUN_ALL)));

            assertThat(failed.failures())
                    .hasSize(2)
                    .allSatisfy(each -> assertThat(each.cause()).isSameAs(error));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anErrorOfTheJvmInWhatIsMadeOfAnAnswerFailsItsNodeAndNoOther(boolean kept) {
        Sinks.One<String> answer = Sinks.one();
        Error error = new StackOverflowError();
        Probe sound = sharing("sound", answer.asMono());
        Probe broken = Probe.of(
                "broken",
                (context, gradients) -> Mono.deferContextual(pass -> {
                            Mono<String> shared = SharedAnswers.once(pass, "question", answer.asMono());
                            return kept ? context.once("kept", shared) : shared;
                        })
                        .map(text -> {
                            throw error;
                        }));
        Variable root = Probe.passing("r").apply(broken.apply(a), sound.apply(a));
        StepVerifier.create(root.backward(BackwardOptions.DEFAULTS.onFailure(FailurePolicy.COMMIT_PARTLY)))
                .then(() -> answer.tryEmitValue("answer").orThrow())
                .expectErrorSatisfies(failed -> assertThat(failed).hasCause(error))
                .verify(Passes.LIMIT);

        assertThat(a.grad()).hasSize(1);
    }

    /** Calls that throw where they should tell. */
    private static List<Mono<String>> lawless(Error error) {
        return List.of(
                Mono.fromSupplier(() -> throwing(error)),
                Mono.defer(() -> throwing(error)),
                Mono.create(sink -> throwing(error)));
    }

    private static Probe asking(String name, Mono<String> call) {
        return Probe.of(
                name,
                (context, gradients) -> context.once("question", call).map(text -> Probe.toAll(context, gradients)));
    }

    private static Probe sharing(String name, Mono<String> call) {
        return Probe.of(
                name,
                (context, gradients) -> Mono.deferContextual(
                                pass -> context.once("kept", SharedAnswers.once(pass, "question", call)))
                        .map(text -> Probe.toAll(context, gradients)));
    }

    @Test
    void anErrorThatIsToldAtOnceIsTheCauseAsItIs() {
        Error error = new AssertionError("no verdict");

        assertThat(fail(Probe.failing("f", error).apply(a).backward())).hasCause(error);
    }

    @Test
    void aFunctionThatMakesLessThanNoCallsIsNamedInsteadOfLeftOut() {
        StepVerifier.create(Probe.passing("f").modelCalls(-1).apply(a).backward())
                .expectErrorMessage("f makes -1 calls, as its modelCalls() says.")
                .verify(Passes.LIMIT);
    }

    @Test
    void aFunctionThatCannotSayHowManyCallsItMakesIsNotAskedWhereNobodyWatchesAndBreaksNothingWhereSomebodyDoes() {
        PureFunction mute = new PureFunction() {
            @Override
            protected int expectedCalls(FunctionContext context, ContextView subscription) {
                throw new IllegalStateException("mute");
            }

            @Override
            protected List<Variable> forward(FunctionContext context, List<Variable> inputs) {
                return List.of(new Variable("made"));
            }

            @Override
            protected Mono<List<@Nullable Variable>> backward(
                    FunctionContext context, List<@Nullable Variable> gradients) {
                return Mono.just(context.relayToAll(gradients.get(0)));
            }
        };
        List<BackwardEvent> events = new ArrayList<>();
        run(mute.apply(a).backward(BackwardOptions.DEFAULTS.listener(events::add)));

        assertThat(events).first().isEqualTo(new BackwardEvent.Planned(2, 0, 0));
        assertThat(events).last().isInstanceOf(BackwardEvent.Finished.class);
        assertThat(dropped).hasSize(1);
    }

    @Test
    void aListenerThatGivesNothingIsDoneWithout() {
        run(Probe.waiting("f", Mono.empty()).apply(a).backward(BackwardOptions.DEFAULTS.listener(new BrokenWatcher())));

        assertThat(a.grad()).hasSize(1);
        assertThat(dropped).isNotEmpty();
    }

    @Test
    void aBrokenListenerTakesNothingFromTheOneBesideIt() {
        List<String> heard = new ArrayList<>();
        BackwardListener sound = new BackwardListener() {
            @Override
            public BackwardListener begin(PassView pass) {
                heard.add("begin");
                return this;
            }

            @Override
            public void on(BackwardEvent event) {
                heard.add(event.getClass().getSimpleName());
            }

            @Override
            public Context contextFor(Node node, Context context) {
                heard.add("watched: " + context.hasKey(BackwardListener.class));
                return context;
            }
        };
        BackwardListener both = new BrokenWatcher().and(sound);
        run(Probe.waiting("f", Mono.empty()).apply(a).backward(BackwardOptions.DEFAULTS.listener(both)));

        assertThat(heard)
                .containsExactly("begin", "Planned", "watched: true", "NodeStarted", "NodeFinished", "Finished");
    }

    @CanIgnoreReturnValue
    @SuppressWarnings("TypeParameterUnusedInFormals") // it gives nothing
    private static <T> T throwing(Throwable thrown) {
        throw sneaky(thrown);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // whatever is thrown goes through
    private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /** Gives null or throws, wherever it is asked. */
    private static final class BrokenWatcher implements BackwardListener {

        @Override
        public void on(BackwardEvent event) {
            throw new IllegalStateException("broken");
        }

        @Override
        public BackwardListener begin(PassView pass) {
            return null;
        }

        @Override
        public boolean watchesFeedback() {
            throw new IllegalStateException("broken");
        }

        @Override
        public Context contextFor(Node node, Context context) {
            return null;
        }
    }
}
