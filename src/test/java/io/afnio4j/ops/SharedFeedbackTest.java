package io.afnio4j.ops;

import static io.afnio4j.testing.Await.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.BackwardException;
import io.afnio4j.autodiff.BackwardOptions;
import io.afnio4j.autodiff.Engine;
import io.afnio4j.autodiff.FailurePolicy;
import io.afnio4j.autodiff.Message;
import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.testing.FakeModel;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Equal questions of one pass are one call. */
class SharedFeedbackTest extends FeedbackCalls {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final FakeModel critic = FakeModel.saying(text -> "be brief");

    @Test
    void samplesThatComeToTheSameShareACall() {
        Variable answers = answer(Inputs.NONE.and("word", List.of("a", "b", "a")));

        now(backward(answers, List.of("bad", "bad", "bad"), client(critic)));

        assertThat(critic.requests()).hasSize(4);
        assertThat(texts(prompt)).containsExactly("be brief", "be brief", "be brief");
    }

    @Test
    void nodesThatComeToTheSameShareACallAndWaitForItTogether() {
        FakeModel slow = FakeModel.reacting(request -> Mono.just("be brief").delayElement(Duration.ofSeconds(1)));

        StepVerifier.withVirtualTime(() -> Engine.backward(
                                List.of(answer(Inputs.of("word", "a")), answer(Inputs.of("word", "a"))),
                                List.of(new Variable("bad", "feedback"), new Variable("bad", "feedback")),
                                BackwardOptions.DEFAULTS)
                        .contextWrite(client(slow)::in))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(1))
                .expectComplete()
                .verify(LIMIT);

        assertThat(slow.requests()).hasSize(2);
        assertThat(texts(prompt)).containsExactly("be brief", "be brief");
    }

    @Test
    void thoseWhoWaitForASharedCallTakeNoPlacesOfThePass() {
        FakeModel slow = FakeModel.reacting(request -> Mono.just("be brief").delayElement(Duration.ofSeconds(1)));
        List<String> words = List.of("a", "a", "a", "a", "a", "b", "c", "d");

        StepVerifier.withVirtualTime(() -> answer(Inputs.NONE.and("word", words))
                        .backward(BackwardOptions.DEFAULTS
                                .gradient(new Variable(Collections.nCopies(words.size(), "bad"), "feedback"))
                                .inputs(prompt)
                                .maxConcurrency(4)
                                .context(client(slow)::in)))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(1))
                .expectComplete()
                .verify(LIMIT);

        assertThat(slow.requests()).hasSize(4);
    }

    @Test
    void anythingThatDiffersInTheRequestIsACallOfItsOwn() {
        Variable b = answer(Inputs.of("word", "b"));
        prompt.role("other role");
        Variable otherRole = answer(Inputs.of("word", "b"));
        system.data("Be polite.");
        Variable otherMessage = answer(Inputs.of("word", "b"));

        now(Engine.backward(
                        List.of(b, b, otherRole, otherMessage),
                        List.of(
                                new Variable("bad", "feedback"),
                                new Variable("bad", "feedback"),
                                new Variable("bad", "feedback"),
                                new Variable("bad", "feedback")),
                        BackwardOptions.DEFAULTS.inputs(prompt))
                .contextWrite(client(critic)::in));

        List<ChatRequest> asked = critic.requests();
        assertThat(asked).doesNotHaveDuplicates();
        assertThat(asked.stream().filter(request -> FakeModel.lastText(request).contains("(other role)")))
                .hasSize(2);
    }

    /** The model says the same to all, so that each pair of calls differs in one thing only. */
    @Nested
    class OneDifferenceIsEnough {

        private final FakeModel yes = FakeModel.saying(text -> "yes");
        private final Variable thing = new Variable("a thing", "thing", true);

        @Test
        void inTheRoleOfAMessage() {
            assertBothAreAsked(
                    run(List.of(Message.user(thing)), Inputs.NONE), run(List.of(Message.system(thing)), Inputs.NONE));
        }

        @Test
        void inWhatAPlaceIsFilledWith() {
            Variable question = new Variable("{a} of {b}?", "question");

            assertBothAreAsked(
                    run(
                            List.of(Message.user(thing, question)),
                            Inputs.of("a", "x").and("b", "y")),
                    run(
                            List.of(Message.user(thing, question)),
                            Inputs.of("a", "x").and("b", "z")));
            assertBothAreAsked(
                    run(
                            List.of(Message.user(thing, question)),
                            Inputs.of("a", "x").and("b", "y")),
                    run(
                            List.of(Message.user(thing, question)),
                            Inputs.of("b", "x").and("a", "y")));
        }

        @Test
        void inTextsWithEqualHashCodes() {
            assertThat("Aa").hasSameHashCodeAs("BB");
            Variable question = new Variable("{a}?", "question");

            assertBothAreAsked(
                    run(List.of(Message.user(thing, question)), Inputs.of("a", "Aa")),
                    run(List.of(Message.user(thing, question)), Inputs.of("a", "BB")));
        }

        @Test
        void inTheOutputOrItsRole() {
            ChatCompletion call = ChatCompletion.of(yes, List.of(Message.user(thing)), Inputs.NONE);
            ChatCompletion sameCall =
                    ChatCompletion.of(FakeModel.saying(text -> "no"), List.of(Message.user(thing)), Inputs.NONE);

            assertBothAreAsked(
                    now(call.as("answer").run()), now(call.as("verdict").run()));
            assertBothAreAsked(now(call.run()), now(sameCall.run()));
        }

        @Test
        void inTheVariableOrItsRole() {
            Variable other = new Variable("another thing", "thing", true);
            Variable namesake = new Variable("a thing", "other thing", true);

            now(backward(run(List.of(Message.user(thing, other)), Inputs.NONE), "bad", client(critic)));
            now(backward(run(List.of(Message.user(thing, namesake)), Inputs.NONE), "bad", client(critic)));

            assertThat(critic.requests()).hasSize(4).doesNotHaveDuplicates();
        }

        @Test
        void inWhichVariablesAreAskedForTogether() {
            Variable second = new Variable("a thing", "thing", true);
            Variable third = new Variable("a thing", "thing", true);
            List<Message> messages = List.of(Message.user(new Variable("first", "first", true), second, third));
            third.requiresGrad(false);
            Variable withoutThird = run(messages, Inputs.NONE);
            third.requiresGrad(true);
            second.requiresGrad(false);
            Variable withoutSecond = run(messages, Inputs.NONE);
            FakeModel knowing =
                    FakeModel.saying(text -> "{\"variable_1\": \"1\", \"variable_2\": \"2\", \"variable_3\": \"3\"}");

            second.requiresGrad(true);
            now(bothBackward(withoutThird, withoutSecond)
                    .contextWrite(client(knowing).fusing()::in));

            assertThat(knowing.requests()).hasSize(2);
            assertThat(texts(second)).containsExactly("2");
            assertThat(texts(third)).containsExactly("3");
        }

        private Variable run(List<Message> messages, Inputs inputs) {
            return now(ChatCompletion.of(yes, messages, inputs).run());
        }

        private void assertBothAreAsked(Variable one, Variable other) {
            FakeModel asked = FakeModel.saying(text -> "be brief");

            now(bothBackward(one, other).contextWrite(client(asked)::in));

            assertThat(asked.requests()).hasSize(2).doesNotHaveDuplicates();
        }

        private Mono<Void> bothBackward(Variable one, Variable other) {
            Variable bad = new Variable("bad", "feedback");
            return Engine.backward(List.of(one, other), List.of(bad, bad), BackwardOptions.DEFAULTS);
        }
    }

    @Test
    void variablesThatSayTheSameInTheSameRoleShareACall() {
        Variable rule = new Variable("Be kind.", "rule", true);
        Variable sameRule = new Variable("Be kind.", "rule", true);
        Variable answer = now(ChatCompletion.of(echo, List.of(Message.user(rule, sameRule)), Inputs.NONE)
                .run());

        now(backward(answer, "bad", client(critic)));

        assertThat(critic.requests()).hasSize(1);
        assertThat(texts(rule)).containsExactly("be brief");
        assertThat(texts(sameRule)).containsExactly("be brief");
    }

    @Test
    void aSharedFailureIsToldOnceAndOthersWithIt() {
        FakeModel down = FakeModel.reacting(request -> Mono.delay(Duration.ofSeconds(1))
                .then(Mono.error(new UnavailableException(
                        "down for " + FakeModel.lastText(request).length(), null))));
        Variable answers = answer(Inputs.NONE.and("word", List.of("a", "a", "long")));

        StepVerifier.withVirtualTime(() -> backward(answers, List.of("bad", "bad", "bad"), client(down)))
                .thenAwait(Duration.ofSeconds(1))
                .expectErrorSatisfies(error -> {
                    Throwable first = error.getCause();
                    assertThat(first).isInstanceOf(UnavailableException.class);
                    assertThat(first.getSuppressed())
                            .filteredOn(UnavailableException.class::isInstance)
                            .hasSize(4)
                            .doesNotContain(first)
                            .extracting(Throwable::getMessage)
                            .doesNotContain(first.getMessage());
                })
                .verify(LIMIT);
    }

    @Test
    void whatAFailedPassKeptIsForAllWhoAskItInTheNext() {
        AtomicBoolean down = new AtomicBoolean(true);
        FakeModel flaky = FakeModel.reacting(
                request -> down.get() && FakeModel.lastText(request).contains("of the call (late)")
                        ? Mono.error(new UnavailableException("down", null))
                        : Mono.just("bad"));
        Variable early = answer(Inputs.of("word", "a"));
        Variable same = answer(Inputs.of("word", "a"));
        Variable late = now(ChatCompletion.of(echo, List.of(Message.user(same)), Inputs.NONE)
                .as("late")
                .run());
        Mono<Void> pass = Engine.backward(
                List.of(early, late),
                List.of(new Variable("bad", "feedback"), new Variable("bad", "feedback")),
                BackwardOptions.DEFAULTS.onFailure(FailurePolicy.RUN_ALL).context(client(flaky)::in));
        StepVerifier.create(pass).expectError(BackwardException.class).verify(LIMIT);
        assertThat(flaky.requests()).hasSize(3);

        down.set(false);
        now(pass);

        assertThat(flaky.requests()).hasSize(4);
        assertThat(texts(prompt)).containsExactly("bad", "bad");
    }

    @Test
    void theNextPassAsksAnew() {
        for (int pass = 0; pass < 2; pass++) {
            now(backward(answer(Inputs.of("word", "a")), "bad", client(critic)));
        }

        assertThat(critic.requests()).hasSize(4);
    }
}
