package io.afnio4j.examples.supersense;

import io.afnio4j.model.ChatModel;
import io.afnio4j.model.Cost;
import io.afnio4j.model.Price;
import io.afnio4j.model.Prices;
import io.afnio4j.model.Usage;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a run is going to take, before anything is spent. It errs on the high side: every second training row is taken
 * to be wrong, every step to be judged, and the prompt to grow to three times its length.
 *
 * @param calls calls to the model
 * @param usage their tokens
 * @param cost their cost, null where the model's price isn't known
 */
record Estimate(long calls, Usage usage, @Nullable Cost cost) {

    private static final double CHARACTERS_A_TOKEN = 4;
    private static final int ANSWER_TOKENS = 12;
    private static final int FEEDBACK_TOKENS = 150;

    static Estimate of(Settings settings, SupersenseData data, ChatModel model, String prompt) {
        long steps = (long) settings.epochs * (1 + (data.train().size() - 1) / settings.batch);
        long classifications = 2L * data.test().size()
                + (steps + 1) * data.validation().size()
                + (long) settings.epochs * data.train().size();
        long feedbacks = (long) settings.epochs * data.train().size() / 2;
        long promptTokens = Math.round(3 * prompt.length() / CHARACTERS_A_TOKEN) + 40;
        Usage usage = Usage.of(
                classifications * promptTokens
                        + feedbacks * (promptTokens + 400)
                        + steps * (promptTokens + (long) settings.batch / 2 * FEEDBACK_TOKENS),
                classifications * ANSWER_TOKENS + feedbacks * FEEDBACK_TOKENS + steps * promptTokens);
        Price price = settings.price == null ? Prices.of(model.name()) : settings.price;
        return new Estimate(classifications + feedbacks + steps, usage, price == null ? null : price.of(usage));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "about %,d calls, %,d tokens, %s",
                calls,
                usage.totalTokens(),
                cost == null ? "cost unknown (the model is in no price list)" : "at most " + cost);
    }
}
