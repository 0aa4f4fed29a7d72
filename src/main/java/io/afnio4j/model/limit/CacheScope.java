package io.afnio4j.model.limit;

import io.afnio4j.model.ClientOptions;
import io.afnio4j.model.ConnectionOptions;
import io.afnio4j.model.ExchangeJson;
import io.afnio4j.model.KeyHeader;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a client adds to each request, beside the model's name: two clients whose answers may differ have keys of their
 * own. Fields, headers and parameters whose names say that they hold a secret are left out, so that no digest is made
 * of one.
 */
final class CacheScope {

    /** Words of a name that say so; a name is taken apart at its marks and its capitals. */
    private static final Set<String> SECRET = Set.of(
            "key",
            "apikey",
            "token",
            "secret",
            "auth",
            "authorization",
            "password",
            "passwd",
            "credential",
            "credentials",
            "cookie",
            "session",
            "signature",
            "sig");

    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])");

    private CacheScope() {}

    private record Additions(
            String place,
            List<String> ownQuery,
            @Nullable String organization,
            Map<String, @Nullable Object> body,
            Map<String, String> headers,
            Map<String, String> query) {}

    static String of(ClientOptions options) {
        ConnectionOptions connection = options.connection();
        URI base = options.baseUrl();
        return ExchangeJson.write(new Additions(
                base == null ? "" : base.toString().replaceFirst("\\?.*", ""),
                queryOf(base),
                options.organization(),
                shown(options.bodyFields()),
                shown(headers(connection)),
                shown(connection.queryParameters())));
    }

    private static List<String> queryOf(@Nullable URI url) {
        String query = url == null ? null : url.getRawQuery();
        return query == null
                ? List.of()
                : Stream.of(query.split("&", -1))
                        .filter(part -> !isSecret(part.split("=", 2)[0]))
                        .toList();
    }

    private static Map<String, String> headers(ConnectionOptions connection) {
        Map<String, String> headers = new TreeMap<>();
        connection.headers().forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
        KeyHeader key = connection.keyHeader();
        if (key != null) {
            headers.remove(key.name().toLowerCase(Locale.ROOT));
        }
        return headers;
    }

    private static <V extends @Nullable Object> Map<String, V> shown(Map<String, V> values) {
        Map<String, V> shown = new TreeMap<>(values);
        shown.keySet().removeIf(CacheScope::isSecret);
        return shown;
    }

    private static boolean isSecret(String name) {
        return BETWEEN_WORDS.splitAsStream(name).anyMatch(word -> SECRET.contains(word.toLowerCase(Locale.ROOT)));
    }
}
