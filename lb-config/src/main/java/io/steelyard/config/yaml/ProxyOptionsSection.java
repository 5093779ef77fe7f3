package io.steelyard.config.yaml;

import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.Network;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.api.text.Template;
import io.steelyard.api.tls.TlsClient;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** {@link ProxyOptions}. */
final class ProxyOptionsSection extends Section<ProxyOptions> {
    private static final ProxyOptions DEFAULTS = ProxyOptions.defaults();

    private final Key<ProxyOptions, Duration> connectTimeout = optional(
            "connectTimeout",
            Forms.positiveTime(),
            ProxyOptions::connectTimeout,
            DEFAULTS.connectTimeout(),
            "How long one server may take to accept.");
    private final Key<ProxyOptions, Duration> idleTimeout = optional(
            "idleTimeout",
            Forms.positiveTime(),
            ProxyOptions::idleTimeout,
            DEFAULTS.idleTimeout(),
            "How long a TCP connection or UDP session may be silent on both sides.");
    private final Key<ProxyOptions, Boolean> idleOfServer = optional(
            "idleOfServer",
            Forms.flag(),
            ProxyOptions::idleOfServer,
            DEFAULTS.idleOfServer(),
            "Whether logs lay silence for `idleTimeout` to the server and not to the client.");
    private final Key<ProxyOptions, Boolean> halfClose = optional(
            "halfClose",
            Forms.flag(),
            ProxyOptions::halfClose,
            DEFAULTS.halfClose(),
            "Whether a side that has finished sending may go on receiving; otherwise its end ends both.");
    private final Key<ProxyOptions, Integer> bufferBytes = optional(
            "bufferBytes",
            Forms.whole(1_024, 16 << 20),
            ProxyOptions::bufferBytes,
            DEFAULTS.bufferBytes(),
            "How much is read at once while a flow is small, in bytes.");
    private final Key<ProxyOptions, Boolean> splice = optional(
            "splice",
            Forms.flag(),
            ProxyOptions::splice,
            DEFAULTS.splice(),
            "Whether large TCP flows are moved inside the kernel (splice(2)).");
    private final Key<ProxyOptions, Boolean> nextServer = optional(
            "nextServer",
            Forms.flag(),
            ProxyOptions::nextServer,
            DEFAULTS.nextServer(),
            "Whether another server is tried where one cannot be connected to.");
    private final Key<ProxyOptions, Integer> nextServerTries = optional(
            "nextServerTries",
            Forms.whole(0, Integer.MAX_VALUE),
            ProxyOptions::nextServerTries,
            DEFAULTS.nextServerTries(),
            "Servers tried in all; 0 for as many as there are.");
    private final Key<ProxyOptions, Duration> nextServerTimeout = optional(
            "nextServerTimeout",
            Forms.time(),
            ProxyOptions::nextServerTimeout,
            DEFAULTS.nextServerTimeout(),
            "How long after the first try another may begin; `0s` for no limit.");
    private final Key<ProxyOptions, Integer> sameServerRetries = optional(
            "sameServerRetries",
            Forms.whole(0, Integer.MAX_VALUE),
            ProxyOptions::sameServerRetries,
            DEFAULTS.sameServerRetries(),
            "How often the first server is tried again, before another is or the connection is given up.");
    private final Key<ProxyOptions, Duration> retryDelay = optional(
            "retryDelay",
            Forms.time(),
            ProxyOptions::retryDelay,
            DEFAULTS.retryDelay(),
            "How long after a failure the first server is tried again.");
    private final Key<ProxyOptions, Integer> maxConnections = optional(
            "maxConnections",
            Forms.whole(0, Integer.MAX_VALUE),
            ProxyOptions::maxConnections,
            DEFAULTS.maxConnections(),
            "TCP connections from clients at once, over all listeners; further ones wait to be accepted; 0 for no limit.");
    private final Key<ProxyOptions, Duration> halfClosedTimeout = optional(
            "halfClosedTimeout",
            Forms.time(),
            ProxyOptions::halfClosedTimeout,
            DEFAULTS.halfClosedTimeout(),
            "As `idleTimeout`, once one side has finished sending; `0s` for `idleTimeout`.");
    private final Key<ProxyOptions, Boolean> keepAlive = optional(
            "keepAlive",
            Forms.flag(),
            ProxyOptions::keepAlive,
            DEFAULTS.keepAlive(),
            "Whether connections to servers probe idle peers (SO_KEEPALIVE).");
    private final Key<ProxyOptions, Duration> userTimeout = optional(
            "userTimeout",
            Forms.time(),
            ProxyOptions::userTimeout,
            DEFAULTS.userTimeout(),
            "How long sent data may stay unacknowledged (TCP_USER_TIMEOUT), on both sides; `0s` for the system's rule.");
    private final Key<ProxyOptions, InetAddress> sourceAddress = absent(
            "sourceAddress",
            Forms.parsed("IP address", ServerAddress::numericAddress, InetAddress::getHostAddress),
            ProxyOptions::sourceAddress,
            "the system's choice",
            "The local address of connections to servers.");
    private final Key<ProxyOptions, Integer> sourcePort = optional(
            "sourcePort",
            Forms.whole(0, 65_535),
            ProxyOptions::sourcePort,
            DEFAULTS.sourcePort(),
            "TCP: the local port, with `sourceAddress`; 0 for any. A port serves one connection to each server at a time.");
    private final Key<ProxyOptions, Template> sourceText = absent(
            "sourceText",
            TemplateForm.template(),
            ProxyOptions::sourceText,
            "the two above",
            "TCP: an address or address:port worked out for each connection; none where the text is empty or neither.");
    private final Key<ProxyOptions, Boolean> transparent = optional(
            "transparent",
            Forms.flag(),
            ProxyOptions::transparent,
            DEFAULTS.transparent(),
            "TCP: whether the local address may be a foreign one, such as the client's (IP_TRANSPARENT, which takes CAP_NET_ADMIN).");
    private final Key<ProxyOptions, ProxyProtocol> sendProxyProtocol = optional(
            "sendProxyProtocol",
            Forms.word(ProxyProtocol.class),
            ProxyOptions::sendProxyProtocol,
            DEFAULTS.sendProxyProtocol(),
            "TCP: the header that connections to servers begin with, where the server has no other.");
    private final Key<ProxyOptions, TlsClient> tls = absent(
            "tls",
            new TlsClientSection(),
            ProxyOptions::tls,
            "none",
            "TCP: how TLS is spoken with servers, where the server has no other; `{}` for TLS without a look at its certificate.");
    private final Key<ProxyOptions, List<Network>> trustedProxies = optional(
            "trustedProxies",
            Forms.list(Forms.parsed("network", Network::parse, Network::text)),
            ProxyOptions::trustedProxies,
            DEFAULTS.trustedProxies(),
            "Whose PROXY protocol header names the client: `10.0.0.0/8`, `2001:db8::/32` or a single address. Others' tell variables only.");
    private final Key<ProxyOptions, Duration> proxyProtocolTimeout = optional(
            "proxyProtocolTimeout",
            Forms.positiveTime(),
            ProxyOptions::proxyProtocolTimeout,
            DEFAULTS.proxyProtocolTimeout(),
            "How long a client may take to send its PROXY protocol header.");
    private final Key<ProxyOptions, Boolean> tlsPreread = optional(
            "tlsPreread",
            Forms.flag(),
            ProxyOptions::tlsPreread,
            DEFAULTS.tlsPreread(),
            "TCP: whether the client's TLS greeting is looked at first, for `$ssl_preread_server_name` and the like.");
    private final Key<ProxyOptions, Integer> prereadBytes = optional(
            "prereadBytes",
            Forms.whole(256, 65_536),
            ProxyOptions::prereadBytes,
            DEFAULTS.prereadBytes(),
            "How many of the client's first bytes are looked at.");
    private final Key<ProxyOptions, Duration> prereadTimeout = optional(
            "prereadTimeout",
            Forms.positiveTime(),
            ProxyOptions::prereadTimeout,
            DEFAULTS.prereadTimeout(),
            "How long the client may take to send them.");
    private final Key<ProxyOptions, Duration> inspectDelay = optional(
            "inspectDelay",
            Forms.time(),
            ProxyOptions::inspectDelay,
            DEFAULTS.inspectDelay(),
            "How long connection rules of phases `content` and `target` wait at most for what the client says, where they ask for that.");
    private final Key<ProxyOptions, Long> downloadRate = optional(
            "downloadRate",
            Forms.whole(0L, Long.MAX_VALUE),
            ProxyOptions::downloadRate,
            DEFAULTS.downloadRate(),
            "Bytes a second from server to client, for each connection; 0 for no limit.");
    private final Key<ProxyOptions, Long> uploadRate = optional(
            "uploadRate",
            Forms.whole(0L, Long.MAX_VALUE),
            ProxyOptions::uploadRate,
            DEFAULTS.uploadRate(),
            "Bytes a second from client to server, for each connection; 0 for no limit.");
    private final Key<ProxyOptions, Template> downloadRateText = absent(
            "downloadRateText",
            TemplateForm.template(),
            ProxyOptions::downloadRateText,
            "`downloadRate`",
            "A rate worked out for each connection, such as `$rate` with `100k` or `2m`; no limit where the text is no such number.");
    private final Key<ProxyOptions, Template> uploadRateText = absent(
            "uploadRateText",
            TemplateForm.template(),
            ProxyOptions::uploadRateText,
            "`uploadRate`",
            "The same from client to server.");
    private final Key<ProxyOptions, Integer> responses = optional(
            "responses",
            Forms.whole(-1, Integer.MAX_VALUE),
            ProxyOptions::responses,
            DEFAULTS.responses(),
            "UDP: answers expected for each request; -1 for not counted.");
    private final Key<ProxyOptions, Integer> requests = optional(
            "requests",
            Forms.whole(0, Integer.MAX_VALUE),
            ProxyOptions::requests,
            DEFAULTS.requests(),
            "UDP: datagrams after which a client's next one begins a new session; 0 for no limit.");
    private final Key<ProxyOptions, NameLookup> nameLookup = absent(
            "nameLookup",
            new NameLookupSection(),
            ProxyOptions::nameLookup,
            "the system's resolver",
            "Who is asked for host names that a text with variables gives.");

    ProxyOptionsSection() {
        super("proxy options");
    }

    @Override
    ProxyOptions make(Values values) {
        var builder = ProxyOptions.builder()
                .connectTimeout(values.or(connectTimeout, DEFAULTS.connectTimeout()))
                .idleTimeout(values.or(idleTimeout, DEFAULTS.idleTimeout()))
                .idleOfServer(values.or(idleOfServer, DEFAULTS.idleOfServer()))
                .halfClose(values.or(halfClose, DEFAULTS.halfClose()))
                .bufferBytes(values.or(bufferBytes, DEFAULTS.bufferBytes()))
                .splice(values.or(splice, DEFAULTS.splice()))
                .nextServer(values.or(nextServer, DEFAULTS.nextServer()))
                .nextServerTries(values.or(nextServerTries, DEFAULTS.nextServerTries()))
                .nextServerTimeout(values.or(nextServerTimeout, DEFAULTS.nextServerTimeout()))
                .sameServerRetries(values.or(sameServerRetries, DEFAULTS.sameServerRetries()))
                .retryDelay(values.or(retryDelay, DEFAULTS.retryDelay()))
                .maxConnections(values.or(maxConnections, DEFAULTS.maxConnections()))
                .halfClosedTimeout(values.or(halfClosedTimeout, DEFAULTS.halfClosedTimeout()))
                .keepAlive(values.or(keepAlive, DEFAULTS.keepAlive()))
                .userTimeout(values.or(userTimeout, DEFAULTS.userTimeout()))
                .sendProxyProtocol(values.or(sendProxyProtocol, DEFAULTS.sendProxyProtocol()))
                .trustedProxies(values.or(trustedProxies, DEFAULTS.trustedProxies()))
                .proxyProtocolTimeout(values.or(proxyProtocolTimeout, DEFAULTS.proxyProtocolTimeout()))
                .tlsPreread(values.or(tlsPreread, DEFAULTS.tlsPreread()))
                .prereadBytes(values.or(prereadBytes, DEFAULTS.prereadBytes()))
                .prereadTimeout(values.or(prereadTimeout, DEFAULTS.prereadTimeout()))
                .inspectDelay(values.or(inspectDelay, DEFAULTS.inspectDelay()))
                .downloadRate(values.or(downloadRate, DEFAULTS.downloadRate()))
                .uploadRate(values.or(uploadRate, DEFAULTS.uploadRate()))
                .sourcePort(values.or(sourcePort, DEFAULTS.sourcePort()))
                .transparent(values.or(transparent, DEFAULTS.transparent()))
                .responses(values.or(responses, DEFAULTS.responses()))
                .requests(values.or(requests, DEFAULTS.requests()));
        values.find(sourceAddress).map(InetAddress::getHostAddress).ifPresent(builder::sourceAddress);
        values.find(tls).ifPresent(builder::tls);
        values.find(nameLookup).ifPresent(builder::nameLookup);
        values.find(sourceText).ifPresent(builder::sourceText);
        values.find(downloadRateText).ifPresent(builder::downloadRateText);
        values.find(uploadRateText).ifPresent(builder::uploadRateText);
        return builder.build();
    }
}
