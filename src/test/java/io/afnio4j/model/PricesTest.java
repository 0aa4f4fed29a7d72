package io.afnio4j.model;

import static java.util.Comparator.naturalOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PricesTest {

    private static final Pattern DATED = Pattern.compile("(.+)-(?:\\d{4}-\\d{2}-\\d{2}|\\d{8})");

    @Test
    void areDatedAndUnknownRatherThanNothing() {
        assertThat(Prices.asOf()).isBetween(LocalDate.of(2025, 1, 1), LocalDate.now(java.time.ZoneOffset.UTC));
        assertThat(Prices.of("openai/gpt-4o")).isEqualTo(Price.perMillion("2.50", "1.25", "10.00"));
        assertThat(Prices.of("openai/gpt-unheard-of")).isNull();
    }

    @Test
    void areReadableInEveryRowAndNeverDearerCachedThanFreshOrFreshThanAnswered() {
        assertThat(models()).isNotEmpty().allSatisfy(model -> {
            Price price = Objects.requireNonNull(Prices.of(model));
            if (price.longPrompts() != null) {
                assertThat(price.longPrompts().price().input()).isGreaterThan(price.input());
                assertThat(price.longPrompts().price().output()).isGreaterThan(price.output());
            }
            assertThat(price.cachedInput()).isPositive().isLessThanOrEqualTo(price.input());
            assertThat(price.cacheWrite())
                    .usingComparator(BigDecimal::compareTo)
                    .isIn(price.input(), price.input().multiply(new BigDecimal("1.25")));
            if (price.output().signum() > 0) { // an embedding answers with no tokens
                assertThat(price.output()).isGreaterThan(price.input());
            }
        });
    }

    @Test
    void areThoseOfTheNewestVersionUnderANameWithoutADate() {
        Map<String, String> newest = new HashMap<>();
        models().stream()
                .filter(DATED.asMatchPredicate())
                .forEach(version -> newest.merge(
                        DATED.matcher(version).replaceFirst("$1"), version, BinaryOperator.maxBy(naturalOrder())));
        assertThat(newest)
                .isNotEmpty()
                .allSatisfy((name, version) -> assertThat(Stream.of(name, name + "-latest", name + "-0")
                                .map(Prices::of)
                                .filter(Objects::nonNull))
                        .isNotEmpty()
                        .containsOnly(Prices.of(version)));
    }

    private static Set<String> models() {
        Set<String> rows = new TreeSet<>(Table.load("prices.properties").stringPropertyNames());
        rows.remove("asOf");
        return rows;
    }

    @Test
    void countEachKindOfTokenAtItsOwnRate() {
        Price price = new Price(new BigDecimal("1"), new BigDecimal("0.1"), new BigDecimal("10"), new BigDecimal("3"));
        // 600,000 fresh, 400,000 cached, 100,000 said, 900,000 thought
        assertThat(price.of(new Usage(1_000_000, 400_000, 1_000_000, 900_000))).isEqualTo(Cost.ofDollars("4.34"));
    }

    @Test
    void mayBeDearerForWhatAProviderPutsIntoItsCache() {
        Price price = Price.perMillion("1", "0.1", "2").cacheWrite("1.25");
        Usage cold = new Usage(1_000_000, 100_000, 800_000, 0, 0); // and 100,000 that it doesn't keep

        assertThat(price.of(cold)).isEqualTo(Cost.ofDollars("1.11"));
        assertThat(price.atMost(Usage.of(1_000_000, 0))).isEqualTo(Cost.ofDollars("1.25"));
        assertThat(Price.perMillion("1", "0.1", "2").of(cold)).isEqualTo(Cost.ofDollars("0.91"));
        assertThat(Prices.of("openai/gpt-5.6-sol"))
                .isEqualTo(Price.perMillion("5.00", "0.50", "30.00")
                        .cacheWrite("6.25")
                        .longPrompts(
                                272_000,
                                Price.perMillion("10.00", "1.00", "45.00").cacheWrite("12.50")));
        assertThat(Objects.requireNonNull(Prices.of("anthropic/claude-sonnet-4-5"))
                        .cacheWrite())
                .isEqualByComparingTo("3.75");
    }

    @Test
    void areAnotherForAllTokensOfARequestWhosePromptIsLong() {
        Price price = Price.perMillion("1", "0.5", "2").longPrompts(200_000, Price.perMillion("10", "5", "20"));

        assertThat(price.of(new Usage(200_000, 100_000, 100_000, 0))).isEqualTo(Cost.ofDollars("0.35"));
        assertThat(price.of(new Usage(200_001, 0, 100_000, 0))).isEqualTo(Cost.ofDollars("4.00001"));
        assertThat(price.atMost(Usage.of(200_001, 100_000))).isEqualTo(Cost.ofDollars("4.00001"));
        assertThat(Prices.of("gemini/gemini-2.5-pro"))
                .isEqualTo(Price.perMillion("1.25", "0.125", "10.00")
                        .longPrompts(200_000, Price.perMillion("2.50", "0.25", "15.00")));
    }

    @Test
    void haveOneBoundForLongPrompts() {
        Price stepped = Price.perMillion("2", "4").longPrompts(200, Price.perMillion("3", "6"));

        assertThatThrownBy(() -> Price.perMillion("1", "2").longPrompts(100, stepped))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one bound");
    }

    @Test
    void takeTokensOfAnUnknownKindForTheDearest() {
        Price price = new Price(new BigDecimal("1"), new BigDecimal("2"), new BigDecimal("3"), new BigDecimal("4"));
        assertThat(price.atMost(Usage.of(1_000_000, 1_000_000))).isEqualTo(Cost.ofDollars("6"));
    }

    @Test
    void areNeverNegative() {
        assertThatThrownBy(() -> Price.perMillion("1", "-1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("output -1");
    }
}
