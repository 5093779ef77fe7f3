package io.steelyard.pool.variable;

import io.steelyard.api.http.HttpFacts;
import io.steelyard.api.proxy.Protocol;
import io.steelyard.api.text.BuiltInVariable;
import io.steelyard.api.text.VariableSource;
import io.steelyard.realip.address.AddressText;
import io.steelyard.realip.address.Addresses;
import io.steelyard.realip.address.Endpoint;
import io.steelyard.realip.proxyprotocol.ToldFields;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one connection or UDP session, as the values of its built-in variables in nginx's form. Its owner sets what it learns;
 * texts are made when they are asked for. One thread at a time.
 */
public final class ConnectionFacts implements VariableSource {
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT);
    private static final DateTimeFormatter ISO8601 =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);

    /**
     * What is the same for all connections.
     *
     * @param hostName the machine's name
     * @param pid the process's number
     * @param version {@code $nginx_version}
     * @param zone in which times are told
     */
    public record Host(String hostName, long pid, String version, ZoneId zone) {}

    /**
     * One server tried.
     *
     * @param address as text; the pool's name where no server could be picked
     * @param connectMs how long connecting took; -1 where it failed
     * @param firstByteMs how long until its first byte; -1 where none came
     * @param sessionMs how long it was used; -1 while it is
     */
    public record Attempt(
            String address, long connectMs, long firstByteMs, long sessionMs, long bytesSent, long bytesReceived) {}

    private record Greeting(String serverName, String protocolName, String applicationProtocols) {}

    private final Host host;
    private final Protocol protocol;
    private final long connection;
    private final List<Attempt> attempts = new ArrayList<>(1);
    private @Nullable InetAddress client;
    private int clientPort;
    private @Nullable InetAddress peer;
    private int peerPort;
    private boolean isPeerKnown;
    private @Nullable Endpoint toldClient;
    private @Nullable Endpoint toldDestination;
    private ToldFields toldFields = ToldFields.NONE;
    private boolean isProxied;
    private @Nullable Greeting greeting;
    private @Nullable UnaryOperator<@Nullable String> tls;
    private @Nullable InetAddress server;
    private String unixSocket = "";
    private int serverPort;
    private long bytesReceived;
    private long bytesSent;
    private int status;
    private long sessionMs;
    private Instant now = Instant.EPOCH;
    private @Nullable HttpFacts view;

    /** @param connection the serial number */
    public ConnectionFacts(Host host, Protocol protocol, long connection) {
        this.host = host;
        this.protocol = protocol;
        this.connection = connection;
    }

    /** The same so far, to go on by itself: what is told of one request must not change another on the same connection. */
    public ConnectionFacts copy() {
        var copy = new ConnectionFacts(host, protocol, connection);
        copy.attempts.addAll(attempts);
        copy.client = client;
        copy.clientPort = clientPort;
        copy.peer = peer;
        copy.peerPort = peerPort;
        copy.isPeerKnown = isPeerKnown;
        copy.toldClient = toldClient;
        copy.toldDestination = toldDestination;
        copy.toldFields = toldFields;
        copy.isProxied = isProxied;
        copy.greeting = greeting;
        copy.tls = tls;
        copy.view = view;
        copy.server = server;
        copy.unixSocket = unixSocket;
        copy.serverPort = serverPort;
        copy.bytesReceived = bytesReceived;
        copy.bytesSent = bytesSent;
        copy.status = status;
        copy.sessionMs = sessionMs;
        copy.now = now;
        return copy;
    }

    /** Whose connection it is; null for a client on a UNIX socket, whose port is then a number that tells its listener. */
    public ConnectionFacts client(@Nullable InetAddress address, int port) {
        client = address;
        clientPort = port;
        return this;
    }

    /** Who the client is; null where it is not known. */
    public @Nullable InetAddress clientAddress() {
        return client;
    }

    public int clientPort() {
        return clientPort;
    }

    /** What expressions see of the connection where it carries no request; without it they have no value then. */
    public void view(HttpFacts value) {
        view = value;
    }

    @Nullable
    HttpFacts view() {
        return view;
    }

    /** Who connected, where that is not the client; null for one on a UNIX socket. */
    public ConnectionFacts peer(@Nullable InetAddress address, int port) {
        peer = address;
        isPeerKnown = true;
        peerPort = port;
        return this;
    }

    /** What the PROXY protocol told, whoever did. */
    public ConnectionFacts proxied(Endpoint source, Endpoint destination, ToldFields fields) {
        toldClient = source;
        toldDestination = destination;
        toldFields = fields;
        return this;
    }

    /** A further field that the PROXY protocol told, by nginx's name; null where it told none. */
    public @Nullable String toldField(String name) {
        return toldFields.value(name);
    }

    /** The connection began with a PROXY protocol header, whatever that told. */
    public void hadHeader() {
        isProxied = true;
    }

    /** Whether the connection began with a PROXY protocol header. */
    public boolean isProxied() {
        return isProxied;
    }

    /** The client as the PROXY protocol told it; null where it told none. */
    public @Nullable Endpoint toldClient() {
        return toldClient;
    }

    /** What the client spoke to: as the PROXY protocol told it, else the address here; null for a UNIX socket. */
    public @Nullable InetAddress destinationAddress() {
        if (toldDestination != null) {
            return Addresses.inetAddress(toldDestination.high(), toldDestination.low());
        }
        return server;
    }

    /** The port of {@link #destinationAddress}. */
    public int destinationPort() {
        return toldDestination != null ? toldDestination.port() : serverPort;
    }

    /** What is known of the client's TLS, by the part of nginx's names behind {@code ssl_}. */
    public ConnectionFacts tls(UnaryOperator<@Nullable String> values) {
        tls = values;
        return this;
    }

    /** Whether the client speaks TLS. */
    public boolean hasTls() {
        return tls != null;
    }

    /** A value of the client's TLS; null without TLS, and where it is not known. */
    public @Nullable String tls(String name) {
        return tls == null ? null : tls.apply(name);
    }

    /** The client's TLS greeting: the host name asked for, the newest version's name, the application protocols joined by commas. */
    public ConnectionFacts greeting(String serverName, String protocolName, String applicationProtocols) {
        greeting = new Greeting(serverName, protocolName, applicationProtocols);
        return this;
    }

    /** The UNIX socket that the client spoke to, as {@code unix:path}; empty where it was an address. */
    public ConnectionFacts unixSocket(String text) {
        unixSocket = text;
        return this;
    }

    /** The address the client spoke to; null for a UNIX socket. */
    public ConnectionFacts server(@Nullable InetAddress address, int port) {
        server = address;
        serverPort = port;
        return this;
    }

    /** The address the client spoke to; null where it is not known. */
    public @Nullable InetAddress serverAddress() {
        return server;
    }

    /** The port the client spoke to. */
    public int serverPort() {
        return serverPort;
    }

    /** Bytes from and to the client so far. */
    public ConnectionFacts bytes(long received, long sent) {
        bytesReceived = received;
        bytesSent = sent;
        return this;
    }

    /** How it ended: 200 well, 400 client's fault, 403 forbidden, 500 our fault, 502 server's fault, 503 limited. */
    public ConnectionFacts status(int value) {
        status = value;
        return this;
    }

    /** The time of day, and how long the connection has lasted. */
    public ConnectionFacts time(Instant wallClock, long sessionMilliseconds) {
        now = wallClock;
        sessionMs = sessionMilliseconds;
        return this;
    }

    public ConnectionFacts attempt(Attempt attempt) {
        attempts.add(attempt);
        return this;
    }

    @Override
    public @Nullable String value(BuiltInVariable variable) {
        return switch (variable) {
            case BINARY_REMOTE_ADDR ->
                client == null ? "unix:" : new String(client.getAddress(), StandardCharsets.ISO_8859_1);
            case BYTES_RECEIVED -> Long.toString(bytesReceived);
            case BYTES_SENT -> Long.toString(bytesSent);
            case CONNECTION -> Long.toString(connection);
            case HOSTNAME -> Raw.ofText(host.hostName());
            case MSEC -> seconds(now.toEpochMilli());
            case NGINX_VERSION -> Raw.ofText(host.version());
            case PID -> Long.toString(host.pid());
            case PROTOCOL -> protocol.name();
            case PROXY_PROTOCOL_ADDR -> address(toldClient);
            case PROXY_PROTOCOL_PORT -> port(toldClient);
            case PROXY_PROTOCOL_SERVER_ADDR -> address(toldDestination);
            case PROXY_PROTOCOL_SERVER_PORT -> port(toldDestination);
            case REALIP_REMOTE_ADDR ->
                !isPeerKnown ? value(BuiltInVariable.REMOTE_ADDR) : peer == null ? "unix:" : AddressText.of(peer);
            case REALIP_REMOTE_PORT ->
                !isPeerKnown ? value(BuiltInVariable.REMOTE_PORT) : peer == null ? "" : Integer.toString(peerPort);
            case REMOTE_ADDR -> client == null ? "unix:" : AddressText.of(client);
            case REMOTE_PORT -> client == null || clientPort == 0 ? "" : Integer.toString(clientPort);
            case SERVER_ADDR -> server == null ? unixSocket : AddressText.of(server);
            case SERVER_PORT -> server == null ? "" : Integer.toString(serverPort);
            case SESSION_TIME -> seconds(sessionMs);
            case SSL_ALPN_PROTOCOL,
                    SSL_CIPHER,
                    SSL_CLIENT_CERT,
                    SSL_CLIENT_FINGERPRINT,
                    SSL_CLIENT_I_DN,
                    SSL_CLIENT_RAW_CERT,
                    SSL_CLIENT_S_DN,
                    SSL_CLIENT_SERIAL,
                    SSL_CLIENT_V_END,
                    SSL_CLIENT_V_REMAIN,
                    SSL_CLIENT_V_START,
                    SSL_CLIENT_VERIFY,
                    SSL_PROTOCOL,
                    SSL_SERVER_NAME,
                    SSL_SESSION_ID,
                    SSL_SESSION_REUSED -> tls(variable.variableName().substring("ssl_".length()));
            case SSL_PREREAD_ALPN_PROTOCOLS -> greeting == null ? null : greeting.applicationProtocols();
            case SSL_PREREAD_PROTOCOL -> greeting == null ? null : greeting.protocolName();
            case SSL_PREREAD_SERVER_NAME -> greeting == null ? null : greeting.serverName();
            case STATUS -> String.format(Locale.ROOT, "%03d", status);
            case TIME_ISO8601 -> ISO8601.format(ZonedDateTime.ofInstant(now, host.zone()));
            case TIME_LOCAL -> LOCAL.format(ZonedDateTime.ofInstant(now, host.zone()));
            case UPSTREAM_ADDR -> joined(attempt -> Raw.ofText(attempt.address()));
            case UPSTREAM_BYTES_RECEIVED -> joined(attempt -> Long.toString(attempt.bytesReceived()));
            case UPSTREAM_BYTES_SENT -> joined(attempt -> Long.toString(attempt.bytesSent()));
            case UPSTREAM_CONNECT_TIME -> joined(attempt -> secondsOrNone(attempt.connectMs()));
            case UPSTREAM_FIRST_BYTE_TIME -> joined(attempt -> secondsOrNone(attempt.firstByteMs()));
            case UPSTREAM_SESSION_TIME -> joined(attempt -> secondsOrNone(attempt.sessionMs()));
        };
    }

    private static @Nullable String address(@Nullable Endpoint end) {
        return end == null ? null : AddressText.of(end.high(), end.low());
    }

    /** As nginx, a port of 0 is not shown. */
    private static @Nullable String port(@Nullable Endpoint end) {
        if (end == null) {
            return null;
        }
        return end.port() == 0 ? "" : Integer.toString(end.port());
    }

    private @Nullable String joined(Function<Attempt, String> text) {
        return attempts.isEmpty() ? null : attempts.stream().map(text).collect(Collectors.joining(", "));
    }

    private static String secondsOrNone(long ms) {
        return ms < 0 ? "-" : seconds(ms);
    }

    private static String seconds(long ms) {
        long fraction = ms % 1_000;
        return ms / 1_000 + (fraction < 10 ? ".00" : fraction < 100 ? ".0" : ".") + fraction;
    }
}
