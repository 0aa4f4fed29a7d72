package io.afnio4j.examples.supersense;

import io.afnio4j.model.Price;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/**
 * What the user wants, as the options of the command line. Read-only once it is parsed and {@linkplain #problem()
 * checked}.
 */
final class Settings {

    private static final String DOLLARS = "\\d{1,6}(\\.\\d{1,6})?";
    private static final String BY_DEFAULT = " Default: ${DEFAULT-VALUE}.";

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Decides on the order of the rows." + BY_DEFAULT)
    long seed;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "8",
            description = "How often all training rows are visited." + BY_DEFAULT)
    int epochs;

    @Option(
            names = "--momentum",
            paramLabel = "STEPS",
            defaultValue = "16",
            description = "How many steps' feedback the editor is shown." + BY_DEFAULT)
    int momentum;

    @Option(names = "--batch", paramLabel = "ROWS", defaultValue = "46", description = "Rows a step." + BY_DEFAULT)
    int batch;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "At most so many rows of each split, for a quick or a cheap run.")
    int rows = Integer.MAX_VALUE;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "Rows of your own instead of WordNet's: a text, a tab and its category on each line.")
    @Nullable Path data;

    @Option(
            names = "--concurrency",
            paramLabel = "CALLS",
            defaultValue = "64",
            description = "Calls in flight at once." + BY_DEFAULT)
    int concurrency;

    @Option(
            names = "--rate",
            paramLabel = "N/min",
            converter = PerMinute.class,
            description = "At most so many calls a minute, for example 600/min.")
    int rate;

    @Option(
            names = "--latency",
            paramLabel = "TIME",
            converter = Time.class,
            defaultValue = "0ms",
            description = "Makes the stand-in as slow as a provider, for example 200ms.")
    Duration latency = Duration.ZERO;

    @Option(
            names = "--faults",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "The share of calls that the stand-in lets fail, for example 0.05.")
    double faults;

    @Option(
            names = "--max-cost",
            paramLabel = "USD",
            converter = Dollars.class,
            description = "The most that the run may cost, for example 1.50.")
    @Nullable BigDecimal maxCost;

    @Option(
            names = "--price",
            paramLabel = "IN/OUT",
            converter = PerMillion.class,
            description =
                    "Dollars for a million tokens read and written, of a model that is in no price list, for example 0.15/0.60.")
    @Nullable Price price;

    @Option(
            names = "--control",
            description = "Lets the stand-in edit with any words of the feedback: what the gradients are worth.")
    boolean control;

    @Option(
            names = "--no-temperature",
            description =
                    "Leaves the temperature to the model, for those that refuse a temperature of 0, such as gpt-5.")
    boolean noTemperature;

    @Option(
            names = "--allow-plaintext",
            description = "Lets prompts and the key go to another machine by http, in a network that you trust.")
    boolean allowPlaintext;

    @Option(names = "--yes", description = "Spends without asking.")
    boolean yes;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "runs",
            description = "Where the trained agent and the report go." + BY_DEFAULT)
    Path out = Path.of("runs");

    @Option(names = "--verbose", description = "Shows where an error comes from.")
    boolean verbose;

    /** The first thing that is wrong with the values, in a sentence; null where all is well. */
    @Nullable String problem() {
        if (epochs < 1 || batch < 1 || rows < 1 || concurrency < 1 || momentum < 1) {
            return "--epochs, --batch, --rows, --concurrency and --momentum must be at least 1.";
        }
        if (!(faults >= 0 && faults <= 0.9)) {
            return "--faults is a share from 0 to 0.9, not " + faults + ".";
        }
        return maxCost != null && maxCost.signum() <= 0 ? "--max-cost must be more than 0." : null;
    }

    /** Reads {@code 600/min}. */
    static final class PerMinute implements ITypeConverter<Integer> {

        @Override
        public Integer convert(String text) {
            if (!text.matches("[1-9]\\d{0,6}(/min)?")) {
                throw new TypeConversionException("'" + text + "' is no rate such as 600/min");
            }
            return Integer.valueOf(text.replace("/min", ""));
        }
    }

    /** Reads {@code 1.50}. */
    static final class Dollars implements ITypeConverter<BigDecimal> {

        @Override
        public BigDecimal convert(String text) {
            if (!text.matches(DOLLARS)) {
                throw new TypeConversionException("'" + text + "' is no sum of dollars such as 1.50");
            }
            return new BigDecimal(text);
        }
    }

    /** Reads {@code 0.15/0.60}. */
    static final class PerMillion implements ITypeConverter<Price> {

        @Override
        public Price convert(String text) {
            if (!text.matches(DOLLARS + "/" + DOLLARS)) {
                throw new TypeConversionException("'" + text + "' is no price such as 0.15/0.60");
            }
            int slash = text.indexOf('/');
            return Price.perMillion(text.substring(0, slash), text.substring(slash + 1));
        }
    }

    /** Reads {@code 200ms} and {@code 1.5s}. */
    static final class Time implements ITypeConverter<Duration> {

        @Override
        public Duration convert(String text) {
            if (!text.matches("\\d{1,6}(\\.\\d{1,3})?(ms|s)")) {
                throw new TypeConversionException("'" + text + "' is no time such as 200ms or 1.5s");
            }
            boolean millis = text.endsWith("ms");
            double number = Double.parseDouble(text.substring(0, text.length() - (millis ? 2 : 1)));
            return Duration.ofNanos(Math.round(number * (millis ? 1e6 : 1e9)));
        }
    }
}
