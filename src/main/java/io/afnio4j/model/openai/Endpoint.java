package io.afnio4j.model.openai;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;

/**
 * Where a provider's API lives. The base URL may end with a slash, have a path of its own and a query (some gateways want one):
 * the operations' paths go before the query.
 *
 * @param chat where chat completions are asked for
 * @param models where the provider lists its models, for messages, so without the query
 * @param address host and port, for messages
 */
record Endpoint(URI chat, String models, String address) {

    /**
     * Reads a base URL.
     *
     * @param base an http or https URL with a host
     * @param allowPlaintext whether http is fine beyond this machine
     * @return the endpoint
     * @throws IllegalArgumentException where prompts and the key would travel unprotected
     */
    static Endpoint of(URI base, boolean allowPlaintext) {
        boolean secure = "https".equalsIgnoreCase(base.getScheme());
        if (!secure && !allowPlaintext && !isLoopback(base.getHost())) {
            throw new IllegalArgumentException("The base URL of " + base.getHost()
                    + " is http, so prompts and the key would travel in the clear."
                    + " Use https, or allowPlaintext(true) in a network that you trust.");
        }
        String path = base.getRawPath().replaceFirst("/+$", "");
        String root = base.getScheme() + "://" + base.getRawAuthority() + path;
        String query = base.getRawQuery() == null ? "" : "?" + base.getRawQuery();
        int port = base.getPort() > 0 ? base.getPort() : secure ? 443 : 80;
        return new Endpoint(
                URI.create(root + "/chat/completions" + query), root + "/models", base.getHost() + ":" + port);
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
