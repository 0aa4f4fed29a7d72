package io.afnio4j.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom a provider means when it refuses a call because too many came: all who come to one place with one key, whichever
 * model they ask for. Clients of equal scope leave it alone together. It holds a digest of the key and not the key, and
 * shows neither.
 */
public final class ThrottleScope {

    private final String origin;
    private final String digest;

    private ThrottleScope(String origin, String digest) {
        this.origin = origin;
        this.digest = digest;
    }

    /**
     * Describes those who come to one place with the same credentials.
     *
     * @param origin scheme, host and port
     * @param credentials all that a server may know its caller by; none where it wants no key
     * @return equal to all that were made of equal parts
     */
    public static ThrottleScope of(String origin, List<String> credentials) {
        return new ThrottleScope(origin, ExchangeJson.digest(String.join("\n", credentials)));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ThrottleScope scope && scope.origin.equals(origin) && scope.digest.equals(digest);
    }

    @Override
    public int hashCode() {
        return 31 * origin.hashCode() + digest.hashCode();
    }

    @Override
    public String toString() {
        return "ThrottleScope[" + origin + "]";
    }
}
