package io.afnio4j.model.http;

import io.afnio4j.model.ConnectionOptions;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Where a provider's API lives. The base URL may end with a slash, have a path of its own and a query (some gateways
 * want one): the operations' paths go before the query, and the caller's parameters behind it.
 *
 * @param root the base URL without slash and query at its end
 * @param query what stands behind the question mark of every URL, null for nothing
 * @param address host and port, for messages
 */
record Endpoint(String root, @Nullable String query, String address) {

    /**
     * Reads a base URL.
     *
     * @param base an http or https URL with a host
     * @param connection the parameters to add, and whether http is fine beyond this machine
     * @return the endpoint
     * @throws IllegalArgumentException where prompts and the key would travel unprotected
     */
    static Endpoint of(URI base, ConnectionOptions connection) {
        boolean secure = "https".equalsIgnoreCase(base.getScheme());
        if (!secure && !connection.allowPlaintext() && !isLoopback(base.getHost())) {
            throw new IllegalArgumentException("The base URL of " + base.getHost()
                    + " is http, so prompts and the key would travel in the clear."
                    + " Use https, or allowPlaintext(true) in a network that you trust.");
        }
        String path = base.getRawPath().replaceFirst("/+$", "");
        int port = base.getPort() > 0 ? base.getPort() : secure ? 443 : 80;
        StringJoiner query = new StringJoiner("&").setEmptyValue("");
        if (base.getRawQuery() != null) {
            query.add(base.getRawQuery());
        }
        connection.queryParameters().forEach((name, value) -> query.add(encode(name) + "=" + encode(value)));
        return new Endpoint(
                base.getScheme() + "://" + base.getRawAuthority() + path,
                query.length() == 0 ? null : query.toString(),
                base.getHost() + ":" + port);
    }

    /**
     * The URL of an operation.
     *
     * @param path the operation's path below the base URL, with a query of its own or without
     * @return the URL
     */
    URI uri(String path) {
        String separator = path.contains("?") ? "&" : "?";
        return URI.create(shown(path) + (query == null ? "" : separator + query));
    }

    /** The URL of an operation as messages may show it: without the query, which may hold a key. */
    String shown(String path) {
        return root + "/" + path;
    }

    /** Scheme, host and port. */
    String origin() {
        return (root.substring(0, root.indexOf(':')) + "://" + address).toLowerCase(Locale.ROOT);
    }

    /** Host and port, not looked up. */
    InetSocketAddress socket() {
        int colon = address.lastIndexOf(':');
        return InetSocketAddress.createUnresolved(
                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    // By the name alone: asking the DNS would block, and its answer may differ by the time of the call.
    private static boolean isLoopback(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.equals("localhost") || name.endsWith(".localhost")) {
            return true;
        }
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(name.replaceAll("[\\[\\]]", ""));
        return literal != null && literal.isLoopbackAddress();
    }
}
