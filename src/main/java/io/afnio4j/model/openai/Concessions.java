package io.afnio4j.model.openai;

import io.afnio4j.error.AfnioException;
import io.afnio4j.error.PermanentException;
import io.afnio4j.model.ChatRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoint of one client was found to refuse, and further requests do without. Safe to share.
 *
 * <p>Refusals are known by their words, and these may only quote the request. Then it is refused in the weaker form as
 * well, so what was left out wasn't at fault, and further requests have it again.
 */
final class Concessions {

    /** Who refuses more schemas than these, each for itself, is asked for none any more. */
    private static final int MOST = 16;

    private final Map<Refused, ChatRequest> made = new ConcurrentHashMap<>(); // with the request that was refused last

    /**
     * What is done without.
     *
     * @param schema the only one that is refused, null where none of its kind is taken
     */
    private record Refused(Concession form, @Nullable Object schema) {}

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
            if (each.isIn(adapted) && isMade(each, adapted)) {
                adapted = each.without(adapted);
            }
        }
        return adapted;
    }

    private boolean isMade(Concession each, ChatRequest request) {
        return made.containsKey(new Refused(each, null))
                || made.containsKey(new Refused(each, Concession.schema(request)));
    }

    /**
     * Notes a refusal.
     *
     * @param failure the refusal
     * @param request what the caller asks
     * @param sent what was sent for it
     * @return in which form the next attempt is made, as the end of a sentence, null where it would be the same
     */
    @Nullable String heed(AfnioException failure, ChatRequest request, ChatRequest sent) {
        String words = String.valueOf(failure.getMessage());
        for (Concession each : Concession.values()) {
            if (each.isIn(sent) && each.isNamedIn(words)) {
                made.put(new Refused(each, made.size() < MOST ? each.culprit(sent, words) : null), request);
                return "without " + each.thing();
            }
        }
        if (!(failure instanceof PermanentException)) {
            return null; // it may pass, and says nothing about the form
        }
        return made.values().removeIf(request::equals) ? null : withdrawn(words, request);
    }

    /**
     * Other requests have the weaker form only because of one, and where that one is at fault for something else, the
     * endpoint may insist on the stronger.
     */
    private @Nullable String withdrawn(String words, ChatRequest request) {
        for (Concession each : Concession.values()) {
            if (each.isIn(request) && each.isNamedIn(words)) {
                made.keySet().removeIf(refused -> refused.form == each);
                return "with " + each.thing();
            }
        }
        return null;
    }
}
