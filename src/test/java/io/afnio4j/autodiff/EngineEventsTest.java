package io.afnio4j.autodiff;

import static io.afnio4j.autodiff.Passes.feedback;
import static io.afnio4j.autodiff.Passes.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.context.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.util.context.Context;

/** What a pass tells: to those who watch it, and to those whom its nodes ask. */
@SuppressWarnings("NullAway") // on JDK 17 it reads no nullness inside type arguments from class files
class EngineEventsTest {

    private final Variable a = new Variable("a", "a", true);
    private final Variable b = new Variable("b", "b", true);

    @AfterEach
    void forgetHooks() {
        Hooks.resetOnErrorDropped();
    }

    @Test
    void tellsOfThePlanOfNodesThatComputeOrWaitAndOfTheEnd() {
        Probe asking = Probe.of(
                "ask",
                (context, gradients) -> Mono.deferContextual(subscription -> {
                    BackwardListener.tell(subscription, new BackwardEvent.FeedbackToken("a", 3, "ha"));
                    context.announce(subscription, 0, 3, feedback("half"));
                    return Mono.just(Probe.toAll(context, gradients));
                }));
        Variable root = Probe.passing("r").apply(asking.modelCalls(1).apply(a), b);

        StepVerifier.create(Engine.backwardEvents(root, BackwardOptions.DEFAULTS))
                .assertNext(event -> assertThat(event).isEqualTo(new BackwardEvent.Planned(4, 1, 1)))
                .assertNext(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                BackwardEvent.NodeComputed.class,
                                computed -> assertThat(computed.node().name()).isEqualTo("rBackward0")))
                .assertNext(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                BackwardEvent.NodeStarted.class,
                                started -> assertThat(started.node().name()).isEqualTo("askBackward0")))
                .assertNext(event -> assertThat(event).isEqualTo(new BackwardEvent.FeedbackToken("a", 3, "ha")))
                .assertNext(event -> assertThat(event)
                        .isInstanceOfSatisfying(BackwardEvent.FeedbackReceived.class, received -> {
                            assertThat(received.role()).isEqualTo("a");
                            assertThat(received.sample()).isEqualTo(3);
                            assertThat(received.gradient().text()).isEqualTo("half");
                        }))
                .assertNext(event -> assertThat(event).isInstanceOf(BackwardEvent.NodeFinished.class))
                .assertNext(event -> assertThat(event)
                        .isInstanceOfSatisfying(BackwardEvent.Finished.class, finished -> {
                            assertThat(finished.leaves()).isEqualTo(2);
                            assertThat(finished.asked()).isEqualTo(1);
                            assertThat(finished.skipped()).isZero();
                            assertThat(finished.wall()).isGreaterThanOrEqualTo(finished.waited());
                        }))
                .expectComplete()
                .verify(Passes.LIMIT);
    }

    @Test
    void placesThatThousandsOfQuestionsWaitForPushNothingElseOutOfASlowObserversSight() {
        int questions = EventStream.KEPT + 1_000;
        Probe asking = Probe.of(
                "ask",
                (context, gradients) -> Flux.range(0, questions)
                        .flatMap(question -> context.once(question, Mono.never()), questions)
                        .then(Mono.just(Probe.toAll(context, gradients))));
        LateObserver<BackwardEvent> late = new LateObserver<>();
        Engine.backwardEvents(asking.apply(a), BackwardOptions.DEFAULTS.maxConcurrency(1))
                .subscribe(late);
        late.request(3);
        late.cancel();

        assertThat(late.seen.get(0)).isInstanceOf(BackwardEvent.Planned.class);
        assertThat(late.seen.get(1)).isInstanceOf(BackwardEvent.NodeStarted.class);
        assertThat(late.seen.get(2)).isInstanceOf(BackwardEvent.Queued.class);
    }

    @Test
    void functionsKnowWhetherAnybodyWatches() {
        List<Boolean> watched = new ArrayList<>();
        Probe asking = Probe.of(
                "ask",
                (context, gradients) -> Mono.deferContextual(subscription -> {
                    watched.add(BackwardListener.of(subscription) != null);
                    context.announce(subscription, 0, 0, feedback("to nobody"));
                    BackwardListener.tell(subscription, new BackwardEvent.FeedbackToken("a", 0, "to nobody"));
                    return Mono.just(Probe.toAll(context, gradients));
                }));

        Passes.run(asking.apply(a).backward());
        Passes.run(asking.apply(a).backward(BackwardOptions.DEFAULTS.listener(event -> {})));

        assertThat(watched).containsExactly(false, true);
    }

    @Test
    void tellsOfAFailureBeforeTheError() {
        Variable root = Probe.failing("f", new IllegalStateException("lost")).apply(a);

        StepVerifier.create(Engine.backwardEvents(root, BackwardOptions.DEFAULTS))
                .expectNextCount(1)
                .assertNext(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                BackwardEvent.NodeFailed.class,
                                failed -> assertThat(failed.cause()).hasMessage("lost")))
                .assertNext(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                BackwardEvent.PassFailed.class,
                                failed -> assertThat(failed.cause()).isInstanceOf(BackwardException.class)))
                .expectError(BackwardException.class)
                .verify(Passes.LIMIT);
    }

    @Test
    void tellsOfNodesThatHadNothingToSay() {
        Probe silent = Probe.of("silent", (context, gradients) -> Mono.just(context.noGradients()));
        Variable root = silent.apply(Probe.passing("below").apply(a));

        StepVerifier.create(Engine.backwardEvents(root, BackwardOptions.DEFAULTS))
                .expectNextCount(2)
                .assertNext(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                BackwardEvent.NodeSkipped.class,
                                skipped -> assertThat(skipped.node().name()).isEqualTo("belowBackward0")))
                .assertNext(event ->
                        assertThat(((BackwardEvent.Finished) event).skipped()).isEqualTo(1))
                .expectComplete()
                .verify(Passes.LIMIT);
    }

    @Test
    void aListenerCanAddToTheContextInWhichANodeAsks() {
        Map<String, String> spans = new ConcurrentHashMap<>();
        Probe asking = Probe.of(
                "f",
                (context, gradients) -> Mono.deferContextual(subscription -> {
                    spans.put("f", subscription.get("span"));
                    return Mono.just(Probe.toAll(context, gradients));
                }));
        BackwardListener tracer = new BackwardListener() {
            @Override
            public void on(BackwardEvent event) {}

            @Override
            public Context contextFor(Node node, Context context) {
                return context.put("span", "span of " + node.name());
            }
        };
        run(asking.apply(a).backward(BackwardOptions.DEFAULTS.listener(tracer)));

        assertThat(spans).isEqualTo(Map.of("f", "span of fBackward0"));
    }

    @Test
    void theListenerOfTheOptionsAddsToTheContextOfAWatchedPassToo() {
        Map<String, String> spans = new ConcurrentHashMap<>();
        Probe asking = Probe.of(
                "f",
                (context, gradients) -> Mono.deferContextual(subscription -> {
                    spans.put("f", subscription.get("span") + " and " + subscription.get("more"));
                    return Mono.just(Probe.toAll(context, gradients));
                }));
        BackwardListener both = adding("span", "one").and(adding("more", "two")).and(BackwardListener.NOBODY);
        StepVerifier.create(Engine.backwardEvents(asking.apply(a), BackwardOptions.DEFAULTS.listener(both)))
                .expectNextCount(4)
                .expectComplete()
                .verify(Passes.LIMIT);

        assertThat(spans).isEqualTo(Map.of("f", "one and two"));
    }

    @Test
    void eachPassCanHaveAWatcherOfItsOwn() {
        List<String> heard = new ArrayList<>();
        BackwardListener listener = new BackwardListener() {
            @Override
            public void on(BackwardEvent event) {
                heard.add("nobody knows of which pass");
            }

            @Override
            public BackwardListener begin(PassView pass) {
                String tenant = pass.context().get("tenant");
                return event -> heard.add(tenant + " " + event.getClass().getSimpleName() + " " + pass.queued());
            }
        };
        for (String tenant : List.of("blue", "red")) {
            run(Probe.passing("f")
                    .apply(a)
                    .backward(BackwardOptions.DEFAULTS.listener(listener))
                    .contextWrite(context -> context.put("tenant", tenant)));
        }

        assertThat(heard)
                .containsExactly(
                        "blue Planned 0",
                        "blue NodeComputed 0",
                        "blue Finished 0",
                        "red Planned 0",
                        "red NodeComputed 0",
                        "red Finished 0");
    }

    @Test
    void howManyQuestionsWaitAtThePassesOwnLimitCanBeRead() {
        Probe asking =
                Probe.of("f", (context, gradients) -> context.once("question", Mono.<List<@Nullable Variable>>never()));
        List<Integer> queued = new ArrayList<>();
        List<PassView> passes = new ArrayList<>();
        Variable root = Probe.passing("r").apply(asking.apply(a), asking.apply(a), asking.apply(b));
        BackwardListener listener = new BackwardListener() {
            @Override
            public void on(BackwardEvent event) {}

            @Override
            public BackwardListener begin(PassView pass) {
                passes.add(pass);
                return event -> queued.add(pass.queued());
            }
        };
        Disposable pass = root.backward(
                        BackwardOptions.DEFAULTS.maxConcurrency(1).listener(listener))
                .subscribe();

        assertThat(passes.get(0).queued()).isEqualTo(2);
        pass.dispose();
        assertThat(passes.get(0).queued()).isZero();
        assertThat(queued).containsExactly(0, 0, 0, 0, 0, 1, 1, 2, 0);
    }

    @Test
    void tellsThatItWasCancelled() {
        List<BackwardEvent> heard = new ArrayList<>();
        Disposable pass = Probe.waiting("f", Mono.never())
                .apply(a)
                .backward(BackwardOptions.DEFAULTS.listener(heard::add))
                .subscribe();
        assertThat(heard).hasSize(2);

        pass.dispose();

        assertThat(heard).hasSize(3).last().isEqualTo(new BackwardEvent.PassCancelled());
    }

    private static BackwardListener adding(String key, String value) {
        return new BackwardListener() {
            @Override
            public void on(BackwardEvent event) {}

            @Override
            public Context contextFor(Node node, Context context) {
                return context.put(key, value);
            }
        };
    }

    @Test
    void tellsTheListenerOfTheOptionsToo() {
        List<BackwardEvent> heard = new ArrayList<>();
        StepVerifier.create(Engine.backwardEvents(
                        Probe.passing("f").apply(a), BackwardOptions.DEFAULTS.listener(heard::add)))
                .expectNextCount(3)
                .expectComplete()
                .verify(Passes.LIMIT);

        assertThat(heard).hasSize(3);
    }

    @Test
    void anObserverWhoNeverAsksForMoreDoesNotSlowThePass() {
        StepVerifier.create(Engine.backwardEvents(Probe.passing("f").apply(a), BackwardOptions.DEFAULTS), 0)
                .expectSubscription()
                .then(() -> assertThat(a.grad()).hasSize(1))
                .thenRequest(3)
                .expectNextCount(3)
                .expectComplete()
                .verify(Passes.LIMIT);
    }

    @Test
    void aBrokenListenerIsDroppedAndDoesNotBreakThePass() {
        List<Throwable> dropped = new ArrayList<>();
        Hooks.onErrorDropped(dropped::add);
        for (Throwable broken : List.of(new IllegalStateException("broken"), new AssertionError("broken"))) {
            run(Probe.waiting("f", Mono.empty()).apply(a).backward(BackwardOptions.DEFAULTS.listener(event -> {
                throwing(broken);
            })));
        }

        assertThat(a.grad()).hasSize(2);
        assertThat(dropped).hasSize(8).allSatisfy(error -> assertThat(error).hasMessage("broken"));
    }

    @Test
    void aBrokenListenerBreaksThePassNeitherAtItsBeginningNorWhereItAddsToAContext() {
        List<Throwable> dropped = new ArrayList<>();
        Hooks.onErrorDropped(dropped::add);
        BackwardListener broken = new BackwardListener() {
            @Override
            public void on(BackwardEvent event) {}

            @Override
            public BackwardListener begin(PassView pass) {
                throw new IllegalStateException("broken");
            }

            @Override
            public Context contextFor(Node node, Context context) {
                throw new IllegalStateException("broken");
            }
        };
        run(Probe.waiting("f", Mono.empty()).apply(a).backward(BackwardOptions.DEFAULTS.listener(broken)));

        assertThat(a.grad()).hasSize(1);
        assertThat(dropped).hasSize(2);
    }

    @Test
    void aCallGoesOutWithTheLongestChainOfCallsThatHangsOnIt() {
        Map<String, Integer> priorities = new ConcurrentHashMap<>();
        Variable low = seen("low", priorities).modelCalls(1).apply(a);
        Variable middle = seen("middle", priorities).modelCalls(2).apply(low, a);
        Variable free = seen("free", priorities).apply(middle);
        Variable beside = seen("beside", priorities).modelCalls(1).apply(b);
        Variable root = seen("root", priorities).modelCalls(1).apply(beside, free);
        run(root.backward(feedback("G")));

        assertThat(priorities)
                .containsExactlyInAnyOrderEntriesOf(Map.of("root", 4, "free", 3, "middle", 3, "low", 1, "beside", 1));
    }

    @Test
    void prunedBranchesDoNotCountForThePriority() {
        Map<String, Integer> priorities = new ConcurrentHashMap<>();
        Variable far = seen("far", priorities).modelCalls(5).apply(b);
        Variable root = seen("root", priorities).modelCalls(1).apply(a, far);
        run(root.backward(BackwardOptions.DEFAULTS.inputs(a)));

        assertThat(priorities).isEqualTo(Map.of("root", 1));
    }

    @Test
    void whatTheSubscriberKnowsReachesTheNodes() {
        Sinks.One<String> tenant = Sinks.one();
        Probe asking = Probe.of(
                "f",
                (context, gradients) -> Mono.deferContextual(subscription -> {
                    tenant.tryEmitValue(subscription.get("tenant")).orThrow();
                    return Mono.just(Probe.toAll(context, gradients));
                }));
        run(asking.apply(a).backward().contextWrite(context -> context.put("tenant", "blue")));

        StepVerifier.create(tenant.asMono()).expectNext("blue").expectComplete().verify(Passes.LIMIT);
    }

    private static Probe seen(String name, Map<String, Integer> priorities) {
        return Probe.of(
                name,
                (context, gradients) -> Mono.<List<@Nullable Variable>>deferContextual(subscription -> {
                    priorities.put(name, Priority.of(subscription));
                    return Mono.just(Probe.toAll(context, gradients));
                }));
    }

    private static void throwing(Throwable broken) {
        if (broken instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) broken;
    }
}
