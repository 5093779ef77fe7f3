package io.steelyard.api.proxy;

import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.text.Template;
import io.steelyard.api.tls.TlsClient;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How connections and datagrams are proxied. Immutable; the defaults are those of {@link #defaults()}.
 *
 * @param connectTimeout how long one server may take to accept
 * @param idleTimeout how long a TCP connection or UDP session may be silent on both sides
 * @param idleOfServer whether logs lay silence for {@code idleTimeout} to the server and not to the client (HAProxy, where {@code timeout server}
 *     is shorter than {@code timeout client})
 * @param halfClose whether a side that has finished sending may go on receiving; otherwise its end ends both
 * @param bufferBytes how much is read at once while a flow is small
 * @param splice whether large TCP flows are moved inside the kernel (splice(2))
 * @param nextServer whether another server is tried where one cannot be connected to
 * @param nextServerTries servers tried in all; 0 for as many as there are
 * @param nextServerTimeout how long after the first try another may begin; zero for no limit
 * @param sameServerRetries how often the first server is tried again, before another is or the connection is given up (HAProxy {@code retries})
 * @param retryDelay how long after a failure it is tried again
 * @param maxConnections TCP connections from clients at once, over all listeners; further ones wait to be accepted; 0 for no limit (HAProxy
 *     {@code maxconn} of a frontend)
 * @param halfClosedTimeout as {@code idleTimeout}, once one side has finished sending; zero for {@code idleTimeout} (HAProxy
 *     {@code timeout client-fin}, {@code server-fin})
 * @param keepAlive whether connections to servers probe idle peers (SO_KEEPALIVE)
 * @param userTimeout how long sent data may stay unacknowledged (TCP_USER_TIMEOUT), on both sides; zero for the system's rule
 * @param sourceAddress the local address of connections to servers
 * @param sourcePort the local port; 0 for any. With TCP a port serves one connection to each server at a time
 * @param sourceText an address or address:port worked out for each connection, in the place of the two above; none is used where the text
 *     is empty or neither
 * @param transparent whether the local address may be a foreign one, such as the client's (IP_TRANSPARENT, which takes CAP_NET_ADMIN, and
 *     routing that brings the answers here)
 * @param sendProxyProtocol TCP: the header that connections to servers begin with, where the server has no other
 * @param tls TCP: how TLS is spoken with servers, where the server has no other; absent for none
 * @param trustedProxies whose PROXY protocol header names the client (nginx {@code set_real_ip_from} of a stream); the header of others is
 *     read, and tells nothing but {@code $proxy_protocol_addr} and the like; with HAProxy's {@code accept-proxy} everybody
 * @param proxyProtocolTimeout how long a client may take to send its PROXY protocol header
 * @param tlsPreread TCP: whether the client's TLS greeting is looked at before a server is picked, for {@code $ssl_preread_server_name} and
 *     the like (nginx {@code ssl_preread})
 * @param prereadBytes how much of the client's first bytes is looked at, 256 to 65536 (nginx {@code preread_buffer_size})
 * @param prereadTimeout how long the client may take to send them (nginx {@code preread_timeout})
 * @param inspectDelay TCP: how long {@linkplain ConnectionRule rules} of phases CONTENT and TARGET wait at most for the client's first bytes, where
 *     they ask for them; zero for not at all (HAProxy {@code tcp-request inspect-delay})
 * @param downloadRate bytes a second from server to client, for each connection; 0 for no limit
 * @param uploadRate bytes a second from client to server, for each connection; 0 for no limit
 * @param downloadRateText a rate worked out for each connection, in the place of {@code downloadRate}: bytes, or with k or m 1024 or 1024²
 *     bytes; no limit where the text is no such number
 * @param uploadRateText the same in the place of {@code uploadRate}
 * @param responses UDP: answers expected for each request; -1 for not counted (nginx {@code proxy_responses})
 * @param requests UDP: datagrams after which a client's next one begins a new session; 0 for no limit (nginx {@code proxy_requests})
 * @param nameLookup who is asked for host names that a text with variables gives; absent for the system's resolver
 */
public record ProxyOptions(
        Duration connectTimeout,
        Duration idleTimeout,
        boolean idleOfServer,
        boolean halfClose,
        int bufferBytes,
        boolean splice,
        boolean nextServer,
        int nextServerTries,
        Duration nextServerTimeout,
        int sameServerRetries,
        Duration retryDelay,
        int maxConnections,
        Duration halfClosedTimeout,
        boolean keepAlive,
        Duration userTimeout,
        Optional<InetAddress> sourceAddress,
        int sourcePort,
        Optional<Template> sourceText,
        boolean transparent,
        ProxyProtocol sendProxyProtocol,
        Optional<TlsClient> tls,
        List<Network> trustedProxies,
        Duration proxyProtocolTimeout,
        boolean tlsPreread,
        int prereadBytes,
        Duration prereadTimeout,
        Duration inspectDelay,
        long downloadRate,
        long uploadRate,
        Optional<Template> downloadRateText,
        Optional<Template> uploadRateText,
        int responses,
        int requests,
        Optional<NameLookup> nameLookup) {
    private static final ProxyOptions DEFAULTS = new Builder().build();

    public ProxyOptions {
        positive(connectTimeout, "connectTimeout");
        positive(idleTimeout, "idleTimeout");
        notNegative(nextServerTimeout, "nextServerTimeout");
        notNegative(retryDelay, "retryDelay");
        notNegative(halfClosedTimeout, "halfClosedTimeout");
        notNegative(userTimeout, "userTimeout");
        Objects.requireNonNull(sourceAddress, "sourceAddress");
        Objects.requireNonNull(sourceText, "sourceText");
        Objects.requireNonNull(downloadRateText, "downloadRateText");
        Objects.requireNonNull(uploadRateText, "uploadRateText");
        Objects.requireNonNull(nameLookup, "nameLookup");
        if (sourcePort < 0 || sourcePort > 65_535) {
            throw new IllegalArgumentException("sourcePort is " + sourcePort + ", expected 0 to 65535");
        }
        Objects.requireNonNull(sendProxyProtocol, "sendProxyProtocol");
        Objects.requireNonNull(tls, "tls");
        trustedProxies = List.copyOf(trustedProxies);
        positive(proxyProtocolTimeout, "proxyProtocolTimeout");
        positive(prereadTimeout, "prereadTimeout");
        notNegative(inspectDelay, "inspectDelay");
        if (prereadBytes < 256 || prereadBytes > 65_536) {
            throw new IllegalArgumentException("prereadBytes is " + prereadBytes + ", expected 256 to 65536");
        }
        if (bufferBytes < 1_024 || bufferBytes > 16 << 20) {
            throw new IllegalArgumentException("bufferBytes is " + bufferBytes + ", expected 1024 to 16777216");
        }
        if (nextServerTries < 0
                || sameServerRetries < 0
                || maxConnections < 0
                || downloadRate < 0
                || uploadRate < 0
                || responses < -1
                || requests < 0) {
            throw new IllegalArgumentException("a count or rate is negative");
        }
    }

    /** Connect timeout 5 s, idle timeout 10 min, half-close kept, splicing on, another server tried. */
    public static ProxyOptions defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Starts with these values. */
    public Builder toBuilder() {
        var builder = new Builder();
        builder.connectTimeout = connectTimeout;
        builder.idleTimeout = idleTimeout;
        builder.idleOfServer = idleOfServer;
        builder.halfClose = halfClose;
        builder.bufferBytes = bufferBytes;
        builder.splice = splice;
        builder.nextServer = nextServer;
        builder.nextServerTries = nextServerTries;
        builder.nextServerTimeout = nextServerTimeout;
        builder.sameServerRetries = sameServerRetries;
        builder.retryDelay = retryDelay;
        builder.maxConnections = maxConnections;
        builder.halfClosedTimeout = halfClosedTimeout;
        builder.keepAlive = keepAlive;
        builder.userTimeout = userTimeout;
        builder.sourceAddress = sourceAddress;
        builder.sourcePort = sourcePort;
        builder.sourceText = sourceText;
        builder.transparent = transparent;
        builder.sendProxyProtocol = sendProxyProtocol;
        builder.tls = tls;
        builder.trustedProxies = trustedProxies;
        builder.proxyProtocolTimeout = proxyProtocolTimeout;
        builder.tlsPreread = tlsPreread;
        builder.prereadBytes = prereadBytes;
        builder.prereadTimeout = prereadTimeout;
        builder.inspectDelay = inspectDelay;
        builder.downloadRate = downloadRate;
        builder.uploadRate = uploadRate;
        builder.downloadRateText = downloadRateText;
        builder.uploadRateText = uploadRateText;
        builder.responses = responses;
        builder.requests = requests;
        builder.nameLookup = nameLookup;
        return builder;
    }

    private static void positive(Duration duration, String name) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(name + " is " + duration + ", expected more than zero");
        }
    }

    private static void notNegative(Duration duration, String name) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException(name + " is negative");
        }
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private Duration connectTimeout = Duration.ofSeconds(5);
        private Duration idleTimeout = Duration.ofMinutes(10);
        private boolean idleOfServer;
        private boolean halfClose = true;
        private int bufferBytes = 16_384;
        private boolean splice = true;
        private boolean nextServer = true;
        private int nextServerTries;
        private Duration nextServerTimeout = Duration.ZERO;
        private int sameServerRetries;
        private Duration retryDelay = Duration.ZERO;
        private int maxConnections;
        private Duration halfClosedTimeout = Duration.ZERO;
        private boolean keepAlive;
        private Duration userTimeout = Duration.ZERO;
        private Optional<InetAddress> sourceAddress = Optional.empty();
        private int sourcePort;
        private Optional<Template> sourceText = Optional.empty();
        private boolean transparent;
        private ProxyProtocol sendProxyProtocol = ProxyProtocol.NONE;
        private Optional<TlsClient> tls = Optional.empty();
        private List<Network> trustedProxies = List.of();
        private Duration proxyProtocolTimeout = Duration.ofSeconds(30);
        private boolean tlsPreread;
        private int prereadBytes = 16_384;
        private Duration prereadTimeout = Duration.ofSeconds(30);
        private Duration inspectDelay = Duration.ZERO;
        private long downloadRate;
        private long uploadRate;
        private Optional<Template> downloadRateText = Optional.empty();
        private Optional<Template> uploadRateText = Optional.empty();
        private int responses = -1;
        private int requests;
        private Optional<NameLookup> nameLookup = Optional.empty();

        private Builder() {}

        public Builder connectTimeout(Duration value) {
            connectTimeout = value;
            return this;
        }

        public Builder idleTimeout(Duration value) {
            idleTimeout = value;
            return this;
        }

        public Builder idleOfServer(boolean value) {
            idleOfServer = value;
            return this;
        }

        public Builder halfClose(boolean value) {
            halfClose = value;
            return this;
        }

        public Builder bufferBytes(int value) {
            bufferBytes = value;
            return this;
        }

        public Builder splice(boolean value) {
            splice = value;
            return this;
        }

        public Builder nextServer(boolean value) {
            nextServer = value;
            return this;
        }

        public Builder nextServerTries(int value) {
            nextServerTries = value;
            return this;
        }

        public Builder nextServerTimeout(Duration value) {
            nextServerTimeout = value;
            return this;
        }

        public Builder sameServerRetries(int value) {
            sameServerRetries = value;
            return this;
        }

        public Builder retryDelay(Duration value) {
            retryDelay = value;
            return this;
        }

        public Builder maxConnections(int value) {
            maxConnections = value;
            return this;
        }

        public Builder halfClosedTimeout(Duration value) {
            halfClosedTimeout = value;
            return this;
        }

        public Builder keepAlive(boolean value) {
            keepAlive = value;
            return this;
        }

        public Builder userTimeout(Duration value) {
            userTimeout = value;
            return this;
        }

        /** A numeric address. */
        public Builder sourceAddress(String value) {
            sourceAddress = Optional.of(ServerAddress.numericAddress(value));
            return this;
        }

        /** Any port for 0. */
        public Builder sourcePort(int value) {
            sourcePort = value;
            return this;
        }

        /** Worked out for each connection, such as {@code $remote_addr:$remote_port}. */
        public Builder sourceText(Template value) {
            sourceText = Optional.of(value);
            return this;
        }

        public Builder transparent(boolean value) {
            transparent = value;
            return this;
        }

        public Builder sendProxyProtocol(ProxyProtocol value) {
            sendProxyProtocol = value;
            return this;
        }

        public Builder tls(TlsClient value) {
            tls = Optional.of(value);
            return this;
        }

        public Builder trustedProxies(List<Network> value) {
            trustedProxies = value;
            return this;
        }

        public Builder proxyProtocolTimeout(Duration value) {
            proxyProtocolTimeout = value;
            return this;
        }

        public Builder tlsPreread(boolean value) {
            tlsPreread = value;
            return this;
        }

        public Builder prereadBytes(int value) {
            prereadBytes = value;
            return this;
        }

        public Builder prereadTimeout(Duration value) {
            prereadTimeout = value;
            return this;
        }

        public Builder inspectDelay(Duration value) {
            inspectDelay = value;
            return this;
        }

        public Builder downloadRate(long bytesPerSecond) {
            downloadRate = bytesPerSecond;
            return this;
        }

        public Builder uploadRate(long bytesPerSecond) {
            uploadRate = bytesPerSecond;
            return this;
        }

        public Builder downloadRateText(Template value) {
            downloadRateText = Optional.of(value);
            return this;
        }

        public Builder uploadRateText(Template value) {
            uploadRateText = Optional.of(value);
            return this;
        }

        public Builder responses(int value) {
            responses = value;
            return this;
        }

        public Builder requests(int value) {
            requests = value;
            return this;
        }

        public Builder nameLookup(NameLookup value) {
            nameLookup = Optional.of(value);
            return this;
        }

        public ProxyOptions build() {
            return new ProxyOptions(
                    connectTimeout,
                    idleTimeout,
                    idleOfServer,
                    halfClose,
                    bufferBytes,
                    splice,
                    nextServer,
                    nextServerTries,
                    nextServerTimeout,
                    sameServerRetries,
                    retryDelay,
                    maxConnections,
                    halfClosedTimeout,
                    keepAlive,
                    userTimeout,
                    sourceAddress,
                    sourcePort,
                    sourceText,
                    transparent,
                    sendProxyProtocol,
                    tls,
                    trustedProxies,
                    proxyProtocolTimeout,
                    tlsPreread,
                    prereadBytes,
                    prereadTimeout,
                    inspectDelay,
                    downloadRate,
                    uploadRate,
                    downloadRateText,
                    uploadRateText,
                    responses,
                    requests,
                    nameLookup);
        }
    }
}
