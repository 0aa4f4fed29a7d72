package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.error.ThrottledException;
import io.afnio4j.model.ChatModel;
import io.afnio4j.model.ChatModelDecorator;
import io.afnio4j.model.ChatRequest;
import io.afnio4j.model.ChatResponse;
import io.afnio4j.model.Limits;
import io.afnio4j.model.RateLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What the door does as time goes by. */
class AdmissionOverTimeTest {

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final ManualChatModel wire = new ManualChatModel();
    private final Callers callers = new Callers();

    private AdmissionChatModel places(int places) {
        return wire.behind(places, time);
    }

    private AdmissionChatModel perMinute(int requests) {
        return new AdmissionChatModel(
                wire, Limits.builder().requestsPerMinute(requests).build(), time);
    }

    @Nested
    class PerMinute {

        /** 60 requests in 60.6 s, the second a quarter of a second early. */
        @Test
        void spreadsStartsEvenly() {
            AdmissionChatModel model = perMinute(60);
            for (String question : List.of("a", "b", "c")) {
                callers.ask(model, question);
            }
            assertThat(wire.started()).containsExactly("a");
            time.advanceTimeBy(Duration.ofMillis(759));
            assertThat(wire.started()).containsExactly("a");
            time.advanceTimeBy(Duration.ofMillis(1));
            assertThat(wire.started()).containsExactly("a", "b");
            time.advanceTimeBy(Duration.ofMillis(1_009));
            assertThat(wire.started()).containsExactly("a", "b");
            time.advanceTimeBy(Duration.ofMillis(1));
            assertThat(wire.started()).containsExactly("a", "b", "c");
        }

        @Test
        void startsTheMostUrgentWhenTheTimeHasComeThoughItCameLater() {
            AdmissionChatModel model = perMinute(60);
            callers.ask(model, "a");
            callers.ask(model, "b");
            callers.ask(model, "urgent", 1);

            time.advanceTimeBy(Duration.ofSeconds(1));

            assertThat(wire.started()).containsExactly("a", "urgent");
        }

        @Test
        void aCallerCancelledWhileWaitingUsesNothingUp() {
            AdmissionChatModel model = perMinute(60);
            callers.ask(model, "a");
            callers.ask(model, "b");
            callers.cancel("b");
            time.advanceTimeBy(Duration.ofMillis(400));
            callers.ask(model, "c");

            time.advanceTimeBy(Duration.ofMillis(600));

            assertThat(wire.started()).containsExactly("a", "c");
        }

        @Test
        void anUnusedStartDoesNotMakeABurstLater() {
            AdmissionChatModel model = perMinute(60);
            callers.ask(model, "a");
            callers.ask(model, "b");
            callers.cancel("b");
            time.advanceTimeBy(Duration.ofSeconds(10));

            callers.ask(model, "c");
            callers.ask(model, "d");

            assertThat(wire.started()).containsExactly("a", "c");
            time.advanceTimeBy(Duration.ofSeconds(1));
            assertThat(wire.started()).containsExactly("a", "c", "d");
        }

        @Test
        void reservesNoStartForACallerWithoutAPlace() {
            AdmissionChatModel model = new AdmissionChatModel(
                    wire,
                    Limits.builder().maxConcurrency(1).requestsPerMinute(60).build(),
                    time);
            callers.ask(model, "a");
            callers.ask(model, "b");
            time.advanceTimeBy(Duration.ofSeconds(5));
            assertThat(wire.started()).containsExactly("a");

            wire.answer("a");

            assertThat(wire.started()).containsExactly("a", "b");
        }
    }

    @Nested
    class TokensPerMinute {

        /** Estimated at 5 and 1,000 tokens; the wire says that it used 5. */
        @Test
        void areEstimatedBeforeAndSettledAfterAndTheNextEstimateIsBetter() {
            AdmissionChatModel model = new AdmissionChatModel(
                    wire, Limits.builder().tokensPerMinute(1_010).build(), time);
            callers.ask(model, "a");
            callers.ask(model, "b");
            time.advanceTimeBy(Duration.ofSeconds(1));
            assertThat(wire.started()).containsExactly("a");

            wire.answer("a");
            time.advanceTimeBy(Duration.ofSeconds(1));
            assertThat(wire.started()).containsExactly("a", "b");
        }

        @Test
        void letASmallCallGoWhenALargeOneBeforeItIsCancelled() {
            AdmissionChatModel model = new AdmissionChatModel(
                    wire, Limits.builder().tokensPerMinute(5_000).build(), time);
            callers.ask(model, "a");
            callers.ask(model, "x".repeat(11_000), 1);
            callers.ask(model, "c");
            time.advanceTimeBy(Duration.ofSeconds(20));
            assertThat(wire.started()).containsExactly("a");

            callers.cancel("x".repeat(11_000));
            time.advanceTimeBy(Callers.SOON);

            assertThat(wire.started()).containsExactly("a", "c");
        }
    }

    @Nested
    class WhatTheProviderSays {

        private RateLimits.Window reported = new RateLimits.Window(null, null, null);

        private AdmissionChatModel listening(Limits limits) {
            ChatModel saying = new ChatModelDecorator(wire) {
                @Override
                public Mono<ChatResponse> chat(ChatRequest request) {
                    return Mono.deferContextual(context -> wire.chat(request).doOnNext(answer -> {
                        RateLimits.Listener listener = RateLimits.listener(context);
                        if (listener != null) {
                            listener.onRateLimits(new RateLimits(reported, null));
                        }
                    }));
                }
            };
            return new AdmissionChatModel(saying, limits, time);
        }

        private void askThreeWhileOneIsLeftForFiveSeconds(Limits limits) {
            AdmissionChatModel model = listening(limits);
            reported = new RateLimits.Window(1_000_000L, 1L, Duration.ofSeconds(5));
            callers.ask(model, "a");
            wire.answer("a");
            callers.ask(model, "b");
            callers.ask(model, "c");
        }

        @Test
        void holdsCallersBackUntilItsReset() {
            askThreeWhileOneIsLeftForFiveSeconds(Limits.defaults());
            assertThat(wire.started()).containsExactly("a", "b");
            time.advanceTimeBy(Duration.ofMillis(4_999));
            assertThat(wire.started()).containsExactly("a", "b");
            time.advanceTimeBy(Duration.ofMillis(1));
            assertThat(wire.started()).containsExactly("a", "b", "c");
        }

        @Test
        void isOverheardWhereNobodyWantsToLearn() {
            askThreeWhileOneIsLeftForFiveSeconds(
                    Limits.builder().learning(false).build());
            assertThat(wire.started()).containsExactly("a", "b", "c");
        }
    }

    @Nested
    class Throttling {

        private ThrottledException throttled(long seconds) {
            return new ThrottledException("too many", Duration.ofSeconds(seconds));
        }

        @Test
        void holdsEveryCallerUntilTheTimeThatTheServerNamedAndLetsThoseInFlightGoOn() {
            AdmissionChatModel model = places(2);
            callers.ask(model, "a");
            callers.ask(model, "b");
            callers.ask(model, "c");

            wire.fail("a", throttled(30));
            callers.ask(model, "d");
            wire.answer("b");

            assertThat(callers.heard()).containsExactly("failed: a", "re: b");
            time.advanceTimeBy(Duration.ofMillis(29_999));
            assertThat(wire.started()).containsExactly("a", "b");
            time.advanceTimeBy(Duration.ofMillis(1));
            assertThat(wire.started()).containsExactly("a", "b", "c"); // one place fewer
            wire.answer("c");
            assertThat(wire.started()).containsExactly("a", "b", "c", "d");
        }

        @Test
        void opensWhenTheLongestPauseIsOver() {
            AdmissionChatModel model = places(2);
            callers.ask(model, "a");
            callers.ask(model, "b");
            callers.ask(model, "c");

            wire.fail("a", throttled(30));
            wire.fail("b", throttled(10));

            time.advanceTimeBy(Duration.ofSeconds(29));
            assertThat(wire.started()).containsExactly("a", "b");
            time.advanceTimeBy(Duration.ofSeconds(1));
            assertThat(wire.started()).containsExactly("a", "b", "c");
        }

        @Test
        void pausesForASecondWhereTheServerNamesNoTime() {
            AdmissionChatModel model = places(1);
            callers.ask(model, "a");
            callers.ask(model, "b");

            wire.fail("a", new ThrottledException("too many", null));

            time.advanceTimeBy(Duration.ofMillis(999));
            assertThat(wire.started()).containsExactly("a");
            time.advanceTimeBy(Duration.ofMillis(1));
            assertThat(wire.started()).containsExactly("a", "b");
        }

        @Test
        void pausesForNobodyWhereTheServerNamesNoTimeAndTakesOthers() {
            AdmissionChatModel model = places(2);
            callers.ask(model, "a");
            callers.ask(model, "b");
            callers.ask(model, "c");

            wire.fail("a", new ThrottledException("too many", null));
            assertThat(wire.started()).containsExactly("a", "b");
            wire.answer("b");

            assertThat(wire.started()).containsExactly("a", "b", "c");
        }

        @Test
        void pausesTwiceAsLongEachTimeThatAllAreRefusedUpToEightSeconds() {
            AdmissionChatModel model = places(1);
            List<String> questions = List.of("a", "b", "c", "d", "e", "f", "g");
            questions.forEach(question -> callers.ask(model, question));
            List<Integer> pauses = new ArrayList<>();

            for (String question : questions.subList(0, 6)) {
                wire.fail(question, new ThrottledException("too many", null));
                pauses.add(secondsUntilTheNextStarts());
            }

            assertThat(pauses).containsExactly(1, 2, 4, 8, 8, 8);
        }

        private int secondsUntilTheNextStarts() {
            int before = wire.started().size();
            int seconds = 0;
            for (; wire.started().size() == before && seconds < 60; seconds++) {
                time.advanceTimeBy(Duration.ofSeconds(1));
            }
            return seconds;
        }

        @Test
        void beginsWithASecondAgainOnceACallWasAnswered() {
            AdmissionChatModel model = places(1);
            List.of("a", "b", "c", "d").forEach(question -> callers.ask(model, question));
            wire.fail("a", new ThrottledException("too many", null));
            time.advanceTimeBy(Duration.ofSeconds(1));
            wire.answer("b");

            wire.fail("c", new ThrottledException("too many", null));

            assertThat(secondsUntilTheNextStarts()).isEqualTo(1);
        }

        @Test
        void pausesNoLongerThanTheUserIsWillingToWait() {
            AdmissionChatModel model = new AdmissionChatModel(
                    wire,
                    Limits.builder()
                            .maxConcurrency(1)
                            .maxRetryWait(Duration.ofSeconds(1))
                            .build(),
                    time);
            List.of("a", "b", "c").forEach(question -> callers.ask(model, question));

            wire.fail("a", new ThrottledException("too many", null));
            assertThat(secondsUntilTheNextStarts()).isEqualTo(1);
            wire.fail("b", new ThrottledException("too many", null));

            assertThat(secondsUntilTheNextStarts()).isEqualTo(1);
        }

        @Test
        void shutsNothingForAWaitThatNobodyIsWillingToWait() {
            AdmissionChatModel model = places(1);
            callers.ask(model, "a");
            callers.ask(model, "b");

            wire.fail("a", throttled(36_000));

            assertThat(wire.started()).containsExactly("a", "b");
        }
    }
}
