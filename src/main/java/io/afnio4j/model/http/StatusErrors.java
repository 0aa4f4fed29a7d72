package io.afnio4j.model.http;

import io.afnio4j.error.AfnioException;
import io.afnio4j.error.AuthenticationException;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.EndpointFailedException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.ThrottledException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.error.UnknownModelException;
import io.afnio4j.error.UnsupportedRequestException;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a provider's refusal means to a caller, by its status, its headers and its own words: this is the only place
 * that knows.
 *
 * <p>{@code x-should-retry} has the last word on whether a retry can help, except where the quota is used up or too
 * small for the request; without it 5xx and a few others may pass and all else will not; nor will a 5xx that
 * {@link LastingFaults} knows.
 */
final class StatusErrors {

    private static final Pattern NO_SUCH_MODEL = Pattern.compile(
            "\\bmodels?\\b[:\\s]*[`'\"]?[^\\s`'\"]*[`'\"]?,?\\s+(is |was |does |do )?(not found|not exist|unknown)"
                    + "|(unknown|no such|invalid) model\\b|\\bmodel not (found|exist)"
                    + "|not a valid model\\b|no endpoints found for " // OpenRouter
                    + "|no models? loaded" // LM Studio
                    + "|\\bfunction '[^']*': not found"); // NVIDIA

    private static final List<String> UNKNOWN_MODEL = List.of(
            "model_not_found",
            "DeploymentNotFound", // Azure
            "model_not_available", // Together
            "model_decommissioned"); // Groq

    /** With a status of 400: xAI, and Google for OpenAI's protocol. */
    private static final Pattern BAD_KEY = Pattern.compile("(incorrect|invalid) (api key|authorization header)");

    /** Groq's names for what a model wrote that is no call of a tool, or no JSON; the next time it may write better. */
    private static final List<String> BADLY_WRITTEN = List.of("tool_use_failed", "json_validate_failed");

    /**
     * Which 4xx may pass: 424 is an inference that failed in Hugging Face's servers, 498 a full tier at Groq, 499 a
     * call that was cut behind a gateway.
     */
    private static final Set<Integer> PASSING = Set.of(408, 409, 424, 425, 429, 498, 499);

    /** A server that is too busy, in the standard's number and in the one that some providers made up for it. */
    private static final Set<Integer> OVERLOADED = Set.of(503, 529);

    /**
     * Something in between has given up waiting, the last time Cloudflare's; what is behind it may go on, and charge
     * for it.
     */
    private static final Set<Integer> TIRED_OF_WAITING = Set.of(499, 504, 524);

    private final String model;
    private final Endpoint endpoint;
    private final String keyVariable;
    private final Secrets secrets;
    private final Clock clock;

    StatusErrors(String model, Endpoint endpoint, String keyVariable, Secrets secrets, Clock clock) {
        this.model = model;
        this.endpoint = endpoint;
        this.keyVariable = keyVariable;
        this.secrets = secrets;
        this.clock = clock;
    }

    /**
     * Names the failure of an answer whose status isn't 2xx.
     *
     * @param status the HTTP status
     * @param headers the answer's headers
     * @param error what the body says
     * @return the exception for the caller
     */
    AfnioException of(int status, HttpHeaders headers, ProviderError error) {
        return of(new Refusal(status, headers, error, "answered " + status));
    }

    /**
     * Names a failure that came inside an answer of status 200, as streams do it.
     *
     * @param error what the provider says
     * @return the exception for the caller
     */
    AfnioException inAnswer(ProviderError error) {
        return of(new Refusal(error.impliedStatus(), EmptyHttpHeaders.INSTANCE, error, "sent an error for an answer"));
    }

    private AfnioException of(Refusal refusal) {
        return canPass(refusal) ? passing(refusal) : lasting(refusal);
    }

    private static boolean canPass(Refusal refusal) {
        int status = refusal.status;
        if (SpentQuota.is(status, refusal.error) || LastingFaults.isTooMuch(refusal.error)) {
            return false;
        }
        return switch (refusal.headers.get("x-should-retry", "").strip()) {
            case "true" -> true;
            case "false" -> false;
            default ->
                PASSING.contains(status)
                        || isBadlyWritten(refusal)
                        || (status >= 500 && !LastingFaults.has(status, refusal.error));
        };
    }

    private static boolean isBadlyWritten(Refusal refusal) {
        return BADLY_WRITTEN.stream().anyMatch(refusal.error::is);
    }

    private AfnioException passing(Refusal refusal) {
        int status = refusal.status;
        Duration wait = waiting(refusal);
        if (status == 429 || (OVERLOADED.contains(status) && wait != null)) {
            return new ThrottledException(
                    said(refusal) + " Call it less often: lower maxConcurrency or requestsPerMinute.", wait);
        }
        if (isBadlyWritten(refusal)) {
            return new BrokenAnswerException(said(refusal), wait);
        }
        String words = said(refusal) + " It may work again later.";
        return TIRED_OF_WAITING.contains(status)
                ? UnavailableException.answerLost(words, wait, null)
                : new UnavailableException(words, wait);
    }

    private @Nullable Duration waiting(Refusal refusal) {
        Duration asked = RetryAfter.in(refusal.headers, clock);
        Duration told = asked == null ? RetryAfter.duration(refusal.error.pause(), clock) : asked;
        return told == null && refusal.status == 429 ? RateLimitHeaders.untilRestored(refusal.headers, clock) : told;
    }

    private AfnioException lasting(Refusal refusal) {
        int status = refusal.status;
        ProviderError error = refusal.error;
        if (status / 100 == 3) {
            return redirect(status, refusal.headers.get("location"));
        }
        if (isUnknownModel(status, error)) {
            return new UnknownModelException(endpoint.address() + " doesn't know the model '" + model + "'"
                    + told(error) + " Check the name; GET " + secrets.excerpt(endpoint.shown("models"))
                    + " lists those that it has.");
        }
        if (SpentQuota.is(status, error)) {
            return new RejectedRequestException(
                    said(refusal) + " The quota of this key is used up: check its plan and billing.");
        }
        if (LastingFaults.isFiltered(error)) {
            return RejectedRequestException.filtered(said(refusal));
        }
        if (isForbidden(status, error)) {
            return new AuthenticationException(said(refusal) + " Check the key in " + keyVariable
                    + " or ClientOptions.apiKey and what it may do.");
        }
        if (LastingFaults.isUnable(status, error)) {
            return new UnsupportedRequestException(said(refusal));
        }
        if (status == 404) {
            return new RejectedRequestException(
                    said(refusal) + " Is the base URL right? It usually ends with the version, such as /v1.");
        }
        return status < 500 || LastingFaults.has(status, error)
                ? new RejectedRequestException(said(refusal))
                : new EndpointFailedException(said(refusal) + " It says that trying again is of no use.");
    }

    private AfnioException redirect(int status, @Nullable String location) {
        return new RejectedRequestException(
                endpoint.address() + " answered " + status + " and points to "
                        + secrets.excerpt(host(location))
                        + ". Redirects aren't followed, because the key would travel along: set the base URL to where the API lives.");
    }

    private static String host(@Nullable String location) {
        try {
            String host = location == null ? null : URI.create(location.strip()).getHost();
            return host == null ? "another path" : host;
        } catch (IllegalArgumentException malformed) {
            return "an address that can't be read";
        }
    }

    private static boolean isForbidden(int status, ProviderError error) {
        return status == 401
                || status == 403
                || error.is("API_KEY_INVALID")
                || (status == 400
                        && BAD_KEY.matcher(error.message().toLowerCase(Locale.ROOT))
                                .find());
    }

    private static boolean isUnknownModel(int status, ProviderError error) {
        if (UNKNOWN_MODEL.stream().anyMatch(error::is)) {
            return true;
        }
        String message = error.message().toLowerCase(Locale.ROOT);
        if (error.is("not_found_error") && message.startsWith("model:")) {
            return true;
        }
        return (status == 404 || status == 400)
                && NO_SUCH_MODEL.matcher(message).find();
    }

    private String said(Refusal refusal) {
        return endpoint.address() + " " + refusal.verb + told(refusal.error);
    }

    private String told(ProviderError error) {
        String words = secrets.excerpt(error.message());
        if (words.isEmpty()) {
            return ".";
        }
        return ": " + words + (words.matches(".*[.!?]") ? "" : ".");
    }

    /**
     * An answer that is none.
     *
     * @param status its status, or the one that it should have had
     * @param verb what the provider has done
     */
    private record Refusal(int status, HttpHeaders headers, ProviderError error, String verb) {}
}
