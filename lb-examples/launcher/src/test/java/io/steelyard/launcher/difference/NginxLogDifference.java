package io.steelyard.launcher.difference;

import io.steelyard.launcher.difference.RequestMaker.Request;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where a value of our access log is another than nginx's, and why. docs/migrating.md tells users. */
enum NginxLogDifference {
    /** Pages of our own, reason phrases and the name in {@code Server} are others, and so are their lengths. */
    OWN_LENGTH,
    /** The values of a field that came twice are joined, as by nginx 1.23 and later. */
    JOINED,
    /** Trailers are told, as by nginx 1.27 and later. */
    TRAILER,
    /** Servers are not sent {@code Proxy-Connection}, or are sent chunks where the body was not read as a whole. */
    SENT_TO_SERVER,
    /**
     * Fields are told as they were sent. nginx has forgotten {@code Connection} when it writes the line, and always says {@code close}; of a
     * status that was changed it does not tell {@code Last-Modified}, which it sends.
     */
    AS_SENT,
    /** A server's chunks are passed on as they come, and not joined. */
    CHUNKS,
    /** Of a request that is refused because of its fields, nginx knows those before the wrong one only, and counts no bytes behind it. */
    REFUSED_HEAD,
    /** A field that is too long is refused with 431 (RFC 6585). */
    LONG_FIELD,
    /** An answer that breaks off is not said to be complete. */
    BROKEN_OFF,
    /** How much is read of a body that nobody wants is a matter of time, and nginx miscounts it. */
    DROPPED_BODY,
    /** A page for an error that a server is asked for is got without the request's body; nginx sends that along. */
    PAGE_WITHOUT_BODY;

    /** {@code Server} says {@code nginx} or {@code steelyard}. */
    private static final int LONGER_NAME = 4;

    private static final Map<String, Integer> LONGER_REASONS = Map.of("413", -7, "405", 7, "302", -12, "503", -12);

    private static final Set<String> BYTES = Set.of("bytes_sent", "body_bytes_sent", "sent_http_content_length");

    /** What is the same even of a request that is refused. */
    private static final Set<String> OF_REFUSED = Set.of(
            "request",
            "status",
            "server_name",
            "remote_addr",
            "scheme",
            "request_completion",
            "connection_requests",
            "pipe",
            "upstream_addr",
            "upstream_status",
            "proxy_host");

    static Optional<NginxLogDifference> of(String name, Request request, LogLine theirs, LogLine ours) {
        var text = request.text();
        if (name.equals("bytes_sent") && isLongerHead(theirs, head(ours) - head(theirs))
                || BYTES.contains(name) && isOwnPage(theirs) && isOwnPage(ours)) {
            return Optional.of(OWN_LENGTH);
        }
        boolean isForgotten = name.equals("sent_http_connection")
                        && theirs.value(name).equals("close")
                || name.equals("sent_http_last_modified") && theirs.value(name).equals("-");
        if (isForgotten) {
            return Optional.of(AS_SENT);
        }
        if (name.endsWith("bytes_sent")
                && theirs.value("sent_http_transfer_encoding").equals("chunked")
                && ours.value("sent_http_transfer_encoding").equals("chunked")
                && request.reply().contains("chunked")) {
            return Optional.of(CHUNKS);
        }
        if (name.equals("request_completion") && request.reply().contains("short")) {
            return Optional.of(BROKEN_OFF);
        }
        if (name.equals("request_length")
                && text.contains("Transfer-Encoding: chunked")
                && theirs.value("upstream_addr").equals("-")) {
            return Optional.of(DROPPED_BODY);
        }
        if (theirs.value("status").equals("413")
                && (name.equals("request_length") || name.equals("content_length") || name.startsWith("upstream_"))) {
            return Optional.of(DROPPED_BODY);
        }
        if (request.place().equals("/fallback/") && name.equals("upstream_bytes_sent")) {
            return Optional.of(PAGE_WITHOUT_BODY);
        }
        if (name.equals("kind") && text.split("X-Kind: ").length > 2) {
            return Optional.of(JOINED);
        }
        if (request.fault() == ClientFault.LONG_FIELD && name.equals("status")) {
            return Optional.of(LONG_FIELD);
        }
        if (request.fault() != ClientFault.NONE && !OF_REFUSED.contains(name)) {
            return Optional.of(REFUSED_HEAD);
        }
        if ((name.endsWith("_x_a") || name.startsWith("http_") || name.equals("proxy_add_x_forwarded_for"))
                && ours.value(name).startsWith(theirs.value(name) + ", ")) {
            return Optional.of(JOINED);
        }
        if (name.contains("_trailer_") && theirs.value(name).equals("-")) {
            return Optional.of(TRAILER);
        }
        if (name.equals("upstream_bytes_sent")
                && (text.contains("Proxy-Connection: ") || text.contains("Transfer-Encoding: chunked"))) {
            return Optional.of(SENT_TO_SERVER);
        }
        return Optional.empty();
    }

    private static long head(LogLine line) {
        return number(line, "bytes_sent") - number(line, "body_bytes_sent");
    }

    private static boolean isLongerHead(LogLine line, long difference) {
        return difference == LONGER_NAME
                || difference == LONGER_NAME + LONGER_REASONS.getOrDefault(line.value("status"), 0);
    }

    /** Whether the answer is a page that the program has for a status. */
    private static boolean isOwnPage(LogLine line) {
        return line.value("sent_http_content_type").equals("text/html")
                        && !line.value("upstream_http_content_type").equals("text/html")
                || line.value("status").equals("404")
                        && line.value("sent_http_content_type").equals("text/html");
    }

    private static long number(LogLine line, String name) {
        return Long.parseLong(line.value(name));
    }
}
