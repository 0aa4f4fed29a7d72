package io.afnio4j.model.http;

import io.afnio4j.error.AfnioException;
import io.afnio4j.error.AuthenticationException;
import io.afnio4j.error.BrokenAnswerException;
import io.afnio4j.error.RejectedRequestException;
import io.afnio4j.error.UnavailableException;
import io.afnio4j.error.UnexpectedAnswerException;
import io.afnio4j.model.ConnectionOptions;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.ContentLengthNotAllowedException;
import io.netty.handler.codec.http.HttpObjectDecoder;
import io.netty.handler.codec.http.TransferEncodingNotAllowedException;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import reactor.netty.channel.AbortedException;

/**
 * What it means to a caller when the network fails before an answer is whole. Nearly all of it may pass; a TLS
 * handshake that the two sides can't agree on will not.
 */
final class TransportErrors {

    /** How a server says that it doesn't accept this side. */
    private static final Pattern ALERT = Pattern.compile("fatal alert: (.*certificate|unknown_ca|access_denied)");

    private final String address;
    private final @Nullable String proxy;
    private final Duration responseTimeout;
    private final String doubt;

    TransportErrors(Endpoint endpoint, ConnectionOptions connection) {
        URI through = connection.proxy();
        this.address = endpoint.address();
        this.proxy = through == null ? null : through.getHost() + ":" + through.getPort();
        this.responseTimeout = connection.responseTimeout();
        this.doubt = connection.http2() && endpoint.root().startsWith("http:") ? " Or doesn't it speak HTTP/2?" : "";
    }

    /**
     * Names a failure of the network.
     *
     * @param reported what the HTTP client reports
     * @return the exception for the caller; what isn't the network's fault is returned as it is
     */
    Throwable explain(Throwable reported) {
        return reported instanceof AfnioException ? reported : named(unwrapped(reported));
    }

    private Throwable named(Throwable failure) {
        if (failure instanceof ProxyConnectException && isLoginRefused(failure)) {
            // Without a retry, which may lock the user out.
            return new AuthenticationException(
                    "The proxy " + proxy
                            + " wants a login, or doesn't accept this one: check user and password in ConnectionOptions.proxy.",
                    failure);
        }
        if (isTlsDisagreement(failure)) {
            return new RejectedRequestException(
                    "No TLS connection with " + address
                            + " could be agreed on: is the base URL https for a server that speaks http, is its certificate not trusted, or"
                            + " doesn't it get the certificate that it asks for?",
                    failure);
        }
        // An impossible status line or header is an IllegalArgumentException.
        if (failure instanceof DecoderException || failure instanceof IllegalArgumentException) {
            return unreadable(failure);
        }
        String reason = reason(failure);
        if (reason == null) {
            return failure;
        }
        return neverSent(failure)
                ? new UnavailableException(reason, null, failure)
                : UnavailableException.answerLost(reason, failure);
    }

    /** Without the cause: it quotes what the server wrote. */
    private AfnioException unreadable(Throwable failure) {
        if (failure instanceof ContentLengthNotAllowedException
                || failure instanceof TransferEncodingNotAllowedException) {
            // Without a retry, which would be answered the same way, and paid for.
            return UnexpectedAnswerException.unread("The answer of " + address
                    + " says its length in two ways, or in one that HTTP/1.0 doesn't have, as proxies in between do it."
                    + " Netty reads it where the JVM has -D" + HttpObjectDecoder.PROP_RFC9112_TRANSFER_ENCODING
                    + "=false.");
        }
        return new BrokenAnswerException(
                "The answer of " + address + " breaks the rules of HTTP, or its headers are too long.", null);
    }

    /** Netty says why only in words: by the status of HTTP, by the steps of SOCKS. */
    private static boolean isLoginRefused(Throwable failure) {
        String words = String.valueOf(failure.getMessage());
        return words.contains("status: 407")
                || words.contains("unexpected authMethod: ")
                || words.contains("authStatus: ");
    }

    private static boolean neverSent(Throwable failure) {
        return failure instanceof UnknownHostException
                || failure instanceof ConnectException // a proxy's is one, too
                || failure instanceof NoRouteToHostException
                || failure instanceof AbortedException // a kept connection had just been closed
                || failure instanceof SSLHandshakeException; // of a handshake that was cut, or took too long
    }

    private @Nullable String reason(Throwable failure) {
        if (failure instanceof ReadTimeoutException) {
            return address + " was silent for " + responseTimeout.toMillis() / 1000.0
                    + " s: is it overloaded, or is responseTimeout too short for this model?";
        }
        if (failure instanceof ProxyConnectException) {
            return "The proxy " + proxy + " gave no connection to " + address
                    + ": is it running, and does it accept this user and this address?";
        }
        if (failure instanceof UnknownHostException) {
            return "The host of " + first() + " can't be found: is " + url() + " right, and is there a network?";
        }
        if (failure instanceof ConnectException || failure instanceof NoRouteToHostException) {
            return "No server answers at " + first() + ": is it running, and is " + url() + " right?";
        }
        return isCut(failure)
                ? address + " cut the connection before its answer was whole: it may work again later." + doubt
                : null;
    }

    /** Whom a connection is opened to. */
    private String first() {
        return proxy == null ? address : "the proxy " + proxy;
    }

    private String url() {
        return proxy == null ? "the base URL" : "ConnectionOptions.proxy";
    }

    /** An end before the request, one within the headers, and that of a stream of HTTP/2 are no IOExceptions. */
    private static boolean isCut(Throwable failure) {
        return failure instanceof IOException
                || failure instanceof AbortedException
                || failure instanceof PrematureChannelClosureException
                || failure instanceof Http2Exception;
    }

    /** A handshake that waits for a proxy reports the proxy's refusal as a failure of its own. */
    private static Throwable unwrapped(Throwable reported) {
        return reported instanceof SSLException && reported.getCause() instanceof ProxyConnectException refusal
                ? refusal
                : reported;
    }

    private static boolean isTlsDisagreement(Throwable reported) {
        Throwable failure = reported instanceof DecoderException ? reported.getCause() : reported;
        if (failure instanceof SslHandshakeTimeoutException) {
            return false;
        }
        if (failure instanceof NotSslRecordException || failure instanceof SSLPeerUnverifiedException) {
            return true;
        }
        if (failure instanceof SSLException
                && ALERT.matcher(String.valueOf(failure.getMessage())).find()) {
            return true;
        }
        // A connection that is cut during the handshake is reported as a handshake that failed, without a cause.
        return failure instanceof SSLHandshakeException && failure.getCause() != null;
    }
}
