package io.afnio4j.model.openai;

import io.afnio4j.model.ChatRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoint of one client was found to refuse, and further requests do without. Safe to share.
 *
 * <p>Refusals are known by their words, and these may only quote the request. Then it is refused in the weaker form as well, so what was left out wasn't at fault, and further
 * requests have it again.
 */
final class Concessions {

    private final Map<Concession, ChatRequest> made =
            new ConcurrentHashMap<>(); // with the request that was refused last

    /**
     * Leaves out what the endpoint refuses.
     *
     * @param request a request
     * @return the same where it has nothing of that
     */
    ChatRequest adapted(ChatRequest request) {
        if (made.isEmpty()) {
            return request;
        }
        ChatRequest adapted = request;
        for (Concession each : Concession.values()) {
            if (made.containsKey(each) && each.isIn(adapted)) {
                adapted = each.without(adapted);
            }
        }
        return adapted;
    }

    /**
     * Notes a refusal.
     *
     * @param words of the refusal
     * @param request what the caller asks
     * @param sent what was sent for it
     * @return what the next attempt does without, null where it would be the same
     */
    @Nullable Concession heed(String words, ChatRequest request, ChatRequest sent) {
        for (Concession each : Concession.values()) {
            if (each.isIn(sent) && each.isNamedIn(words)) {
                made.put(each, request);
                return each;
            }
        }
        made.values().removeIf(request::equals);
        return null;
    }
}
