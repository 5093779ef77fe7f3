package io.steelyard.http.proxy;

import io.steelyard.api.http.HttpFacts;
import io.steelyard.api.http.HttpVariable;
import io.steelyard.api.http.HttpVariableSource;
import io.steelyard.api.text.BuiltInVariable;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HttpVersion;
import io.steelyard.http.message.RequestHead;
import io.steelyard.pool.variable.ConnectionFacts;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What is known of one request, as the values of its variables in nginx's form. Its exchange sets what it learns. Owned by one loop. */
final class RequestFacts implements HttpVariableSource {
    private final ConnectionFacts connection;
    private final RequestHead head;
    private final ServersTried servers = new ServersTried();
    private final int requestNumber;
    private String path;
    private String query;
    private String siteName = "";
    private String proxyHost = "";
    private boolean isProxiedByTls;
    private @Nullable FieldBlock sentFields;
    private @Nullable FieldBlock sentTrailers;
    private int status;
    private long requestBytes;
    private long sentBytes;
    private long sentBodyBytes;
    private long elapsedMs;
    private boolean isComplete;
    private long connectionMs;
    private boolean isPipelined;
    private @Nullable String limitStatus;
    private @Nullable String rateStatus;
    private @Nullable String id;
    private final Notes notes;
    private @Nullable String changedTarget;
    private @Nullable String changedMethod;
    private @Nullable HttpFacts facts;
    private @Nullable RequestTracking tracking;
    private @Nullable String reason;
    private @Nullable String connectionSaid;
    private boolean isSentChunked;
    private long sentLength = -1;
    private long bodyBytes = -1;
    private @Nullable String unread;
    private boolean isLineUnread;
    private boolean isGot;

    /**
     * @param requestNumber which of the connection's requests it is, from 1
     * @param connectionNotes what rules noted about the connection
     */
    RequestFacts(ConnectionFacts connection, RequestHead head, int requestNumber, Map<String, String> connectionNotes) {
        notes = new Notes(connectionNotes);
        this.connection = connection;
        this.head = head;
        this.requestNumber = requestNumber;
        path = head.normalPath();
        query = head.query();
    }

    ConnectionFacts connection() {
        return connection;
    }

    RequestHead head() {
        return head;
    }

    /** What is counted of the request; set once, before rules run. */
    void tracking(RequestTracking value) {
        tracking = value;
    }

    RequestTracking tracking() {
        return Objects.requireNonNull(tracking);
    }

    Notes notes() {
        return notes;
    }

    /** The phrase that a rule gave the answer's status; null where none did. */
    @Nullable
    String reason() {
        return reason;
    }

    void reason(@Nullable String value) {
        reason = value;
    }

    /** What expressions are made of; set once, before rules run. */
    void facts(HttpFacts value) {
        facts = value;
    }

    @Override
    public HttpFacts facts() {
        return Objects.requireNonNull(facts);
    }

    /** The target, as rules changed it. */
    String target() {
        return changedTarget == null ? head.target() : changedTarget;
    }

    /** What rules made of the target; null where they left it alone. */
    @Nullable
    String changedTarget() {
        return changedTarget;
    }

    void changeTarget(String value) {
        changedTarget = value;
    }

    /** The method, as rules changed it. */
    String method() {
        return changedMethod == null ? head.methodText() : changedMethod;
    }

    /** What rules made of the method; null where they left it alone. */
    @Nullable
    String changedMethod() {
        return changedMethod;
    }

    void changeMethod(String value) {
        changedMethod = value;
    }

    /** The servers it was sent to. */
    ServersTried servers() {
        return servers;
    }

    String path() {
        return path;
    }

    String query() {
        return query;
    }

    void target(String changedPath, String changedQuery) {
        path = changedPath;
        query = changedQuery;
    }

    String siteName() {
        return siteName;
    }

    void siteName(String value) {
        siteName = value;
    }

    /** @param isByTls whether servers are spoken to in TLS */
    void proxyHost(String value, boolean isByTls) {
        proxyHost = isByTls && value.endsWith(":443") ? value.substring(0, value.length() - 4) : value;
        isProxiedByTls = isByTls;
    }

    /** Whether the request says which host it is for. */
    boolean hasHost() {
        return head.hasHost();
    }

    String proxyHost() {
        return proxyHost;
    }

    /** The fields behind the server's answer that the client gets. */
    void sentTrailers(FieldBlock value) {
        sentTrailers = value;
    }

    void sent(int statusSent, FieldBlock fields) {
        status = statusSent;
        sentFields = fields;
    }

    /**
     * How the answer's body ends.
     *
     * @param saysOfConnection the field {@code Connection}
     * @param length of the body as the answer tells it; -1 where it does not
     */
    void framed(String saysOfConnection, boolean isChunked, long length) {
        connectionSaid = saysOfConnection;
        isSentChunked = isChunked;
        sentLength = length;
    }

    /**
     * The request could not be read.
     *
     * @param line its first line, as far as it came
     * @param isLine whether that line could be read
     */
    void unread(String line, boolean isLine) {
        unread = line;
        isLineUnread = !isLine;
    }

    /** An error page is got, whatever the request's method was. */
    void got() {
        isGot = true;
    }

    /** Nobody wanted the request's body. */
    void bodyDropped() {
        bodyBytes = Math.max(bodyBytes, 0);
    }

    /** How long the request's body was. */
    void bodyBytes(long value) {
        bodyBytes = value;
    }

    void status(int value) {
        status = value;
    }

    int status() {
        return status;
    }

    /** @param isDry whether a request beyond the limit is let in all the same */
    void limited(boolean isReached, boolean isDry) {
        limitStatus = !isReached ? "PASSED" : isDry ? "REJECTED_DRY_RUN" : "REJECTED";
    }

    /** What the limits of rate said, in nginx's words; null where none counted the request. */
    void rated(@Nullable String value) {
        rateStatus = value;
    }

    /** Where the request stands in its connection. */
    void connection(long sinceAcceptedMs, boolean wasPipelined) {
        connectionMs = sinceAcceptedMs;
        isPipelined = wasPipelined;
    }

    /** What the log line tells of the whole. */
    void ended(long received, long sent, long sentOfBody, long ms, boolean wasComplete) {
        requestBytes = received;
        sentBytes = sent;
        sentBodyBytes = sentOfBody;
        elapsedMs = ms;
        isComplete = wasComplete;
    }

    @Override
    public @Nullable String value(BuiltInVariable variable) {
        return switch (variable) {
            case STATUS -> String.format(Locale.ROOT, "%03d", status);
            case BYTES_SENT -> Long.toString(sentBytes);
            case BYTES_RECEIVED -> Long.toString(requestBytes);
            case SESSION_TIME -> seconds(elapsedMs);
            case UPSTREAM_ADDR -> servers.address();
            case UPSTREAM_CONNECT_TIME -> servers.connectTime();
            case UPSTREAM_FIRST_BYTE_TIME -> servers.headerTime();
            case UPSTREAM_SESSION_TIME -> servers.responseTime();
            case UPSTREAM_BYTES_SENT -> servers.bytesSent();
            case UPSTREAM_BYTES_RECEIVED -> servers.bytesReceived();
            default -> connection.value(variable);
        };
    }

    @Override
    public @Nullable String value(HttpVariable variable, String rest) {
        return switch (variable) {
            case ARGS, QUERY_STRING -> query.isEmpty() ? null : query;
            case ARG_ -> argument(rest);
            case BODY_BYTES_SENT -> Long.toString(sentBodyBytes);
            case CONNECTION_REQUESTS -> Integer.toString(requestNumber);
            case CONTENT_LENGTH -> contentLength();
            case CONTENT_TYPE -> FieldValues.first(head.fields(), FieldName.CONTENT_TYPE);
            case CONNECTION_TIME -> seconds(connectionMs);
            case COOKIE_ -> Cookies.find(head.fields(), rest);
            case DOCUMENT_URI, URI -> isLineUnread ? null : path;
            case HOST -> head.hasHost() ? head.host() : siteName;
            case HTTP_ -> FieldValues.all(head.fields(), rest);
            case HTTP2 -> head.version() != HttpVersion.HTTP_2 ? "" : connection.hasTls() ? "h2" : "h2c";
            case HTTPS -> connection.hasTls() ? "on" : "";
            case IS_ARGS -> query.isEmpty() ? "" : "?";
            case LIMIT_CONN_STATUS -> limitStatus;
            case LIMIT_REQ_STATUS -> rateStatus;
            case PIPE -> isPipelined ? "p" : ".";
            case PROXY_ADD_X_FORWARDED_FOR -> forwardedFor();
            case PROXY_HOST -> proxyHost.isEmpty() ? null : proxyHost;
            case PROXY_PORT -> proxyHost.isEmpty() ? null : port(proxyHost);
            case PROXY_PROTOCOL_TLV_ -> connection.toldField(rest);
            case REMOTE_USER -> BasicCredentials.user(head.fields());
            case REQUEST -> line();
            case REQUEST_COMPLETION -> isComplete ? "OK" : "";
            case REQUEST_ID -> id();
            case REQUEST_LENGTH -> Long.toString(requestBytes);
            case REQUEST_METHOD -> isLineUnread ? null : isGot ? "GET" : head.methodText();
            case REQUEST_TIME -> seconds(elapsedMs);
            case REQUEST_URI -> isLineUnread ? null : head.hasQuery() ? head.path() + "?" + head.query() : head.path();
            case SCHEME -> connection.hasTls() ? "https" : "http";
            case SENT_HTTP_ -> sent(rest);
            case SENT_TRAILER_ -> sentTrailers == null ? null : FieldValues.all(sentTrailers, rest);
            case UPSTREAM_TRAILER_ -> servers.trailer(rest);
            case SSL_ -> connection.tls(rest);
            // Nothing is cached.
            case UPSTREAM_CACHE_STATUS -> null;
            case SERVER_NAME -> siteName;
            case SERVER_PROTOCOL -> isLineUnread ? null : head.version().toString();
            case UPSTREAM_HEADER_TIME -> servers.headerTime();
            case UPSTREAM_QUEUE_TIME -> servers.queueTime();
            case UPSTREAM_HTTP_ -> servers.field(rest);
            case UPSTREAM_COOKIE_ -> servers.cookie(rest);
            case UPSTREAM_RESPONSE_LENGTH -> servers.responseLength();
            case UPSTREAM_RESPONSE_TIME -> servers.responseTime();
            case UPSTREAM_STATUS -> servers.statuses();
        };
    }

    private String line() {
        return unread != null ? unread : head.methodText() + " " + head.target() + " " + head.version();
    }

    /** The field, or how long the body was that came in chunks and was read. */
    private @Nullable String contentLength() {
        var told = FieldValues.first(head.fields(), FieldName.CONTENT_LENGTH);
        return told != null || bodyBytes < 0 ? told : Long.toString(bodyBytes);
    }

    /** A field of the answer that was sent, those about the connection and the body's length as well. */
    private @Nullable String sent(String name) {
        return switch (name) {
            case "connection" -> connectionSaid;
            case "transfer_encoding" -> isSentChunked ? "chunked" : null;
            case "content_length" -> sentLength < 0 ? null : Long.toString(sentLength);
            default -> sentFields == null ? null : FieldValues.all(sentFields, name);
        };
    }

    private String id() {
        if (id == null) {
            var random = ThreadLocalRandom.current();
            id = HexFormat.of().toHexDigits(random.nextLong()) + HexFormat.of().toHexDigits(random.nextLong());
        }
        return id;
    }

    private String forwardedFor() {
        var address = connection.value(BuiltInVariable.REMOTE_ADDR);
        var before = FieldValues.all(head.fields(), "x_forwarded_for");
        return before == null ? String.valueOf(address) : before + ", " + address;
    }

    private @Nullable String argument(String name) {
        int at = 0;
        while (at <= query.length()) {
            int end = query.indexOf('&', at);
            end = end < 0 ? query.length() : end;
            if (query.regionMatches(true, at, name, 0, name.length())
                    && at + name.length() < end
                    && query.charAt(at + name.length()) == '=') {
                return query.substring(at + name.length() + 1, end);
            }
            at = end + 1;
        }
        return null;
    }

    private String port(String host) {
        int colon = host.lastIndexOf(':');
        return colon < 0 || host.endsWith("]") ? (isProxiedByTls ? "443" : "80") : host.substring(colon + 1);
    }

    /** In seconds, with three digits behind the point. */
    static String seconds(long ms) {
        long fraction = ms % 1_000;
        return ms / 1_000 + (fraction < 10 ? ".00" : fraction < 100 ? ".0" : ".") + fraction;
    }
}
