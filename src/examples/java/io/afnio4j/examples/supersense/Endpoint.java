package io.afnio4j.examples.supersense;

import io.afnio4j.model.Allowance;
import io.afnio4j.model.Budget;
import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.Cost;
import io.afnio4j.model.Price;
import io.afnio4j.model.Prices;
import io.afnio4j.model.SharedBudget;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the models of this run are: a provider that the environment names, or else the stand-in within this process.
 *
 * @param path the model's path
 * @param options how to reach it
 * @param standIn the server of the stand-in, null where there is a provider
 */
record Endpoint(
        String path, ClientOptions options, @Nullable StandInServer standIn) implements AutoCloseable {

    private static final String DEFAULT_MODEL = "gpt-4o-mini";

    static Endpoint of(Map<String, String> environment, Settings settings) {
        ClientOptions.Builder options = ClientOptions.builder()
                .maxConcurrency(settings.concurrency)
                .requestsPerMinute(settings.rate)
                .allowPlaintext(settings.allowPlaintext);
        if (settings.maxCost != null) {
            Cost most = Cost.ofDollars(settings.maxCost);
            options.budget(SharedBudget.of(Budget.of(Allowance.NONE.cost(most)))); // of all clients of the run
        }
        String baseUrl = value(environment, "AFNIO_BASE_URL");
        String asked = value(environment, "AFNIO_MODEL");
        if (baseUrl == null && asked == null && value(environment, "OPENAI_API_KEY") == null) {
            EditorPart.Manner careful = EditorPart.Manner.CAREFUL;
            StandInModel model = new StandInModel(settings.control ? careful.atRandom() : careful);
            StandInServer server = StandInServer.start(model::answer, settings.latency, settings.faults, settings.seed);
            return new Endpoint(
                    "openai/" + StandInServer.MODEL,
                    options.baseUrl(server.baseUrl()).price(Price.FREE).build(),
                    server);
        }
        if (baseUrl != null) {
            options.baseUrl(baseUrl);
        }
        String path = "openai/" + (asked == null ? DEFAULT_MODEL : asked);
        if (settings.price != null) {
            options.price(settings.price);
        } else if (settings.maxCost != null && Prices.of(path) == null) {
            throw new IllegalArgumentException(
                    "The model " + path
                            + " is in no price list, so --max-cost can't be kept. Say what it charges, for example --price 0.15/0.60.");
        }
        return new Endpoint(path, options.build(), null);
    }

    /** What is set to nothing, as scripts do, isn't set. */
    private static @Nullable String value(Map<String, String> environment, String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    @Override
    public void close() {
        if (standIn != null) {
            standIn.close();
        }
    }
}
