package io.afnio4j.model.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ConcurrencyTest {

    @Nested
    class Fixed {

        private final Concurrency concurrency = new Concurrency(64, false);

        @Test
        void isOneWhereAllAreRefusedAndComesBackWithEachAnswer() {
            for (int i = 0; i < 20; i++) {
                concurrency.throttled();
            }
            assertThat(concurrency.places()).isEqualTo(1);
            for (int i = 0; i < 63; i++) {
                concurrency.answered(1, 1);
            }
            assertThat(concurrency.places()).isEqualTo(64);
        }

        @Test
        void hardlyNoticesOneRefusalAmongManyAnswers() {
            for (int i = 0; i < 1_000; i++) {
                concurrency.answered(1, 60);
                if (i % 20 == 0) {
                    concurrency.throttled();
                }
            }
            assertThat(concurrency.places()).isGreaterThanOrEqualTo(60);
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
                concurrency.throttled();
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
        void neverFallsBelowOne() {
            for (int i = 0; i < 1_000; i++) {
                concurrency.throttled();
            }
            assertThat(concurrency.places()).isEqualTo(1);
        }
    }
}
