package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ConcurrencyTest {

    @Nested
    class Fixed {

        private final Concurrency concurrency = new Concurrency(64, false);

        private void refuse(int calls, int others) {
            for (int i = 0; i < calls; i++) {
                Served.Flight call = concurrency.sent(0);
                concurrency.throttled(call, 1, others);
                concurrency.over(call, 1);
            }
        }

        private void answer(int calls) {
            for (int i = 0; i < calls; i++) {
                concurrency.answered(1, 1);
            }
        }

        @Test
        void isOneWhereAllAreRefusedAndComesBackWithEachAnswer() {
            refuse(80, 0);
            assertThat(concurrency.places()).isEqualTo(1);
            answer(63);
            assertThat(concurrency.places()).isEqualTo(64);
        }

        @Test
        void isWhatTheProviderTakesWhereItRefusesTheOthersAndTriesOneMoreAfterEightAnswers() {
            refuse(44, 20);
            assertThat(concurrency.places()).isEqualTo(20);
            answer(7);
            assertThat(concurrency.places()).isEqualTo(20);
            answer(1);
            assertThat(concurrency.places()).isEqualTo(21);
        }

        @Test
        void comesBackWithEachAnswerWhereNobodyHasBeenRefusedForFourRounds() {
            refuse(60, 4);
            answer(32);
            assertThat(concurrency.places()).isEqualTo(8);
            answer(1);
            assertThat(concurrency.places()).isEqualTo(9);
            answer(55);
            assertThat(concurrency.places()).isEqualTo(64);
            refuse(1, 63);
            answer(1);
            assertThat(concurrency.places()).isEqualTo(63);
        }

        @Test
        void hardlyNoticesOneRefusalAmongTenAnswers() {
            for (int i = 0; i < 1_000; i++) {
                answer(10);
                refuse(1, 60);
            }
            assertThat(concurrency.places()).isGreaterThanOrEqualTo(60);
        }

        /** 40 calls are on their way when one is refused after a nanosecond, and still five nanoseconds later. */
        private void serveFortyAtATime() {
            for (int i = 0; i < 40; i++) {
                var unused = concurrency.sent(0);
            }
            refuse(1, 39);
            Served.Flight next = concurrency.sent(5);
            concurrency.over(next, 5);
            assertThat(concurrency.places()).isEqualTo(63);
        }

        @Test
        void staysWhereFewerAreInFlightThanWereServedBeforeAndAThirdIsRefused() {
            serveFortyAtATime();
            for (int i = 0; i < 100; i++) {
                refuse(1, 39);
                answer(2);
            }
            assertThat(concurrency.places()).isEqualTo(64);
        }

        @Test
        void fallsWhereMoreAreInFlightThanWereServedBefore() {
            serveFortyAtATime();
            refuse(1, 40);
            assertThat(concurrency.places()).isEqualTo(62);
        }

        @Test
        void fallsToWhatIsServedNowWhereMoreThanAThirdIsRefused() {
            serveFortyAtATime();
            refuse(16, 39);
            assertThat(concurrency.places()).isEqualTo(63);
            refuse(1, 39);
            assertThat(concurrency.places()).isEqualTo(62);
        }

        @Test
        void takesACallThatWasNotServedForARefusal() {
            concurrency.unavailable(concurrency.sent(0), 1, 20);
            assertThat(concurrency.places()).isEqualTo(63);
        }
    }

    @Nested
    class Adaptive {

        private final Concurrency concurrency = new Concurrency(1_000, true);

        private void round(long latency) {
            int places = concurrency.places();
            for (int i = 0; i < places; i++) {
                concurrency.answered(latency, places);
            }
        }

        @Test
        void doublesEachRoundUntilTheCeilingWhileAnswersComeWell() {
            assertThat(concurrency.places()).isEqualTo(16);
            round(100);
            assertThat(concurrency.places()).isEqualTo(32);
            for (int i = 0; i < 10; i++) {
                round(100);
            }
            assertThat(concurrency.places()).isEqualTo(1_000);
        }

        @Test
        void learnsNothingWhileItsPlacesAreNotUsed() {
            for (int i = 0; i < 100; i++) {
                concurrency.answered(100, 2);
            }
            assertThat(concurrency.places()).isEqualTo(16);
        }

        @Test
        void shrinksOnThrottlingAndThenGrowsByTheRoot() {
            round(100);
            round(100);
            assertThat(concurrency.places()).isEqualTo(64);
            for (int i = 0; i < 5; i++) {
                concurrency.throttled(concurrency.sent(0), 1, 1);
            }
            assertThat(concurrency.places()).isEqualTo(37);
            round(100);
            assertThat(concurrency.places()).isBetween(42, 44);
        }

        @Test
        void shrinksWhereLatencyMoreThanDoublesAndNotWhereItVariesALittle() {
            round(100);
            round(180);
            assertThat(concurrency.places()).isEqualTo(64);
            round(100);
            int before = concurrency.places();
            round(1_000);
            round(1_000);
            round(1_000);
            assertThat(concurrency.places()).isLessThan(before);
        }

        @Test
        void isNotLoweredByCallsThatWereNotServedForAnyReason() {
            concurrency.unavailable(concurrency.sent(0), 1, 20);
            assertThat(concurrency.places()).isEqualTo(16);
        }

        @Test
        void neverFallsBelowOne() {
            for (int i = 0; i < 1_000; i++) {
                concurrency.throttled(concurrency.sent(0), 1, 1);
            }
            assertThat(concurrency.places()).isEqualTo(1);
        }
    }
}
