package io.afnio4j.model.http;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Refusals that sound as if waiting helped (429, or a key that isn't allowed to), and it doesn't: the money or the
 * quota of the key is used up. Known by the providers' own names and words for it.
 */
final class SpentQuota {

    private static final List<String> NAMES = List.of(
            "insufficient_quota",
            "billing_hard_limit_reached",
            "exceeded_current_quota_error", // Moonshot
            "1113", // Z.ai
            "PrepaidBillOverdue", // Alibaba
            "PostpaidBillOverdue",
            "budget_exceeded", // LiteLLM
            "insufficient_user_quota"); // One API and New API

    /**
     * In this order those of xAI, of Moonshot behind a gateway, of Alibaba, and of Google for a model that its free
     * keys have no share of.
     */
    private static final Pattern WORDS = Pattern.compile(
            "used all available credits|insufficient balance|free allocated quota exceeded|\\blimit: 0(, model|\\n|$)");

    /** Alibaba and SenseTime have the name of a spent quota for the tokens of a minute. */
    private static final String OF_A_MINUTE = "allocated quota exceeded";

    private SpentQuota() {}

    static boolean is(int status, ProviderError error) {
        String message = error.message().toLowerCase(Locale.ROOT);
        return status == 402
                || ((status == 403 || status == 429) && WORDS.matcher(message).find())
                || (NAMES.stream().anyMatch(error::is) && !message.contains(OF_A_MINUTE));
    }
}
