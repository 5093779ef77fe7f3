package io.steelyard.http.message;

import io.steelyard.http.octet.Octets;

/** A request method (RFC 9110 section 9, and those of WebDAV). Names are case-sensitive. */
public enum Method {
    GET(true, true),
    HEAD(true, true),
    POST(false, false),
    PUT(false, true),
    DELETE(false, true),
    OPTIONS(true, true),
    PATCH(false, false),
    CONNECT(false, false),
    TRACE(true, true),
    PROPFIND(true, true),
    PROPPATCH(false, true),
    MKCOL(false, true),
    COPY(false, true),
    MOVE(false, true),
    LOCK(false, false),
    UNLOCK(false, true),
    SEARCH(true, true),
    REPORT(true, true),
    PURGE(false, true),
    /** Any other; the head has its name. */
    OTHER(false, false);

    private static final Method[] ALL = values();

    private final byte[] bytes;
    private final boolean safe;
    private final boolean idempotent;

    Method(boolean safe, boolean idempotent) {
        this.bytes = Octets.bytes(name());
        this.safe = safe;
        this.idempotent = idempotent;
    }

    /** Whether a request changes nothing at the server (RFC 9110 section 9.2.1). */
    public boolean isSafe() {
        return safe;
    }

    /** Whether sending a request twice does what sending it once does (RFC 9110 section 9.2.2). */
    public boolean isIdempotent() {
        return idempotent;
    }

    /** The method named by [from, to); OTHER for one that is not listed. */
    public static Method of(byte[] bytes, int from, int to) {
        for (var method : ALL) {
            if (method != OTHER && equal(method.bytes, bytes, from, to)) {
                return method;
            }
        }
        return OTHER;
    }

    /** The method of this name; OTHER for one that is not listed. */
    public static Method named(String name) {
        var octets = Octets.bytes(name);
        return of(octets, 0, octets.length);
    }

    private static boolean equal(byte[] name, byte[] bytes, int from, int to) {
        if (to - from != name.length) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (bytes[from + i] != name[i]) {
                return false;
            }
        }
        return true;
    }
}
