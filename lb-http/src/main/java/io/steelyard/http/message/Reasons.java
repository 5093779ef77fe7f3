package io.steelyard.http.message;

import io.steelyard.http.octet.Octets;

/** The reason phrases that RFC 9110 section 15 and its extensions give to statuses. */
public final class Reasons {
    private static final byte[][] REASONS = new byte[1000][];
    private static final byte[] NONE = {};

    static {
        put(100, "Continue", "Switching Protocols", "Processing", "Early Hints");
        put(200, "OK", "Created", "Accepted", "Non-Authoritative Information", "No Content", "Reset Content");
        put(206, "Partial Content", "Multi-Status", "Already Reported");
        put(300, "Multiple Choices", "Moved Permanently", "Found", "See Other", "Not Modified", "Use Proxy");
        put(307, "Temporary Redirect", "Permanent Redirect");
        put(400, "Bad Request", "Unauthorized", "Payment Required", "Forbidden", "Not Found", "Method Not Allowed");
        put(406, "Not Acceptable", "Proxy Authentication Required", "Request Timeout", "Conflict", "Gone");
        put(411, "Length Required", "Precondition Failed", "Content Too Large", "URI Too Long");
        put(415, "Unsupported Media Type", "Range Not Satisfiable", "Expectation Failed", "I'm a teapot");
        put(421, "Misdirected Request", "Unprocessable Content", "Locked", "Failed Dependency", "Too Early");
        put(426, "Upgrade Required");
        put(428, "Precondition Required", "Too Many Requests");
        put(431, "Request Header Fields Too Large");
        put(451, "Unavailable For Legal Reasons");
        put(500, "Internal Server Error", "Not Implemented", "Bad Gateway", "Service Unavailable", "Gateway Timeout");
        put(505, "HTTP Version Not Supported", "Variant Also Negotiates", "Insufficient Storage", "Loop Detected");
        put(511, "Network Authentication Required");
    }

    private Reasons() {}

    private static void put(int first, String... reasons) {
        for (int i = 0; i < reasons.length; i++) {
            REASONS[first + i] = Octets.bytes(reasons[i]);
        }
    }

    /** The reason of a status (0 to 999), empty if it has none. Not to be written to. */
    public static byte[] bytes(int status) {
        var reason = REASONS[status];
        return reason == null ? NONE : reason;
    }

    /** The reason of a status (0 to 999), empty if it has none. */
    public static String text(int status) {
        return Octets.text(bytes(status), 0, bytes(status).length);
    }
}
