package io.afnio4j.model;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The built-in table of list prices, with the date on which they held. A model that isn't in it has no known price,
 * never a price of zero.
 */
public final class Prices {

    private static final Properties TABLE = Table.load("prices.properties");

    /** Stands before the price of what is put into the provider's cache, at the end of a price. */
    private static final String CACHE_WRITE = "write";

    /** Stands in a row between its price and the one of long prompts, which begins with their length. */
    private static final String LONG_PROMPTS = "above";

    private Prices() {}

    /**
     * Looks a price up.
     *
     * @param model the model's path, for example {@code openai/gpt-4o}
     * @return its price, null where it isn't known
     */
    public static @Nullable Price of(String model) {
        String row = TABLE.getProperty(model);
        if (row == null) {
            return null;
        }
        String[] parts = row.split(LONG_PROMPTS, 2);
        Price price = price(parts[0]);
        if (parts.length == 1) {
            return price;
        }
        String[] longer = parts[1].strip().split("\\s+", 2);
        return price.longPrompts(Long.parseLong(longer[0]), price(longer[1]));
    }

    private static Price price(String row) {
        String[] parts = row.split(CACHE_WRITE, 2);
        String[] columns = parts[0].strip().split("\\s+", -1);
        BigDecimal output = new BigDecimal(columns[2]);
        Price price = new Price(
                new BigDecimal(columns[0]),
                new BigDecimal(columns[1]),
                output,
                columns.length > 3 ? new BigDecimal(columns[3]) : output);
        return parts.length == 1 ? price : price.cacheWrite(parts[1].strip());
    }

    /**
     * When the table was made.
     *
     * @return the date on which its prices held
     */
    public static LocalDate asOf() {
        return LocalDate.parse(TABLE.getProperty("asOf"));
    }
}
