package io.steelyard.http.proxy;

import io.steelyard.api.tls.ClientCertificates.Mode;
import io.steelyard.core.tls.PeerVerdict;
import io.steelyard.core.tls.TlsTransport;
import io.steelyard.http.route.Site;
import org.jspecify.annotations.Nullable;

/** Requests that a site does not take over the connection they came on, by nginx's rules (ngx_http_request.c). Stateless. */
final class TlsGate {
    private static final int CERTIFICATE_ERROR = 495;
    private static final int NO_CERTIFICATE = 496;
    private static final int PLAIN_TO_TLS = 497;
    private static final int MISDIRECTED = 421;

    private TlsGate() {}

    /**
     * Looks at a request whose site is known.
     *
     * @param host asked for; empty for none
     * @return the status of the refusal; 0 where it is taken
     */
    static int refusal(@Nullable TlsTransport tls, HttpTls configured, Site site, String host) {
        if (tls == null) {
            return 0;
        }
        if (tls.isPlainText()) {
            return PLAIN_TO_TLS;
        }
        var acceptor = configured.acceptorOf(site.host().name());
        var mode = acceptor == null
                ? Mode.NONE
                : acceptor.configured().clientCertificates().mode();
        if (mode == Mode.NONE) {
            return 0;
        }
        if (!tls.serverName().isEmpty() && !tls.serverName().equalsIgnoreCase(host)) {
            return MISDIRECTED;
        }
        if (tls.verdict().kind() == PeerVerdict.Kind.REFUSED) {
            return CERTIFICATE_ERROR;
        }
        return mode == Mode.REQUIRED && tls.peer().isEmpty() ? NO_CERTIFICATE : 0;
    }
}
