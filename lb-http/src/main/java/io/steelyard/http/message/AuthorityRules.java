package io.steelyard.http.message;

import io.steelyard.http.octet.Octets;

/**
 * What a host with an optional port may be: a name of letters, digits, {@code -}, {@code .}, {@code _} and {@code ~} without empty labels
 * (stricter than RFC 3986, which also allows marks and percent-encodings that no name in the DNS has), or an IPv6 address in brackets. Used
 * for Host, for absolute targets and for {@code :authority}. Without state.
 */
public final class AuthorityRules {
    private static final int INVALID = -2;

    private AuthorityRules() {}

    /** Takes the authority in a range of the head's bytes and sets host and port. */
    public static Violation apply(RequestHead head, int start, int end, Leniency leniency) {
        var bytes = head.fields().bytes();
        int from = start;
        for (int i = start; i < end; i++) {
            if (bytes[i] == '@') {
                if (!leniency.allows(Relaxation.USER_INFORMATION_IN_HOST)) {
                    return Violation.USER_INFORMATION_IN_HOST;
                }
                from = i + 1;
            }
        }
        if (from == end) {
            return Violation.HOST_INVALID;
        }
        return bytes[from] == '[' ? address(head, from, end) : name(head, from, end);
    }

    private static Violation name(RequestHead head, int start, int end) {
        var bytes = head.fields().bytes();
        boolean capitals = false;
        int i = start;
        for (; i < end && bytes[i] != ':'; i++) {
            int octet = bytes[i];
            if (!Octets.isUnreserved(octet)) {
                return Violation.HOST_INVALID;
            }
            if (octet == '.' && (i == start || bytes[i - 1] == '.')) {
                return Violation.HOST_INVALID;
            }
            capitals |= octet >= 'A' && octet <= 'Z';
        }
        int port = port(bytes, i, end);
        int hostEnd = i > start && bytes[i - 1] == '.' ? i - 1 : i;
        if (port == INVALID || hostEnd == start) {
            return Violation.HOST_INVALID;
        }
        set(head, start, hostEnd, port, capitals);
        return Violation.NONE;
    }

    private static Violation address(RequestHead head, int start, int end) {
        var bytes = head.fields().bytes();
        int close = start + 1;
        boolean capitals = false;
        while (close < end && bytes[close] != ']') {
            capitals |= bytes[close] >= 'A' && bytes[close] <= 'Z';
            close++;
        }
        if (close == end || !Ipv6Syntax.isAddress(bytes, start + 1, close)) {
            return Violation.HOST_INVALID;
        }
        int port = port(bytes, close + 1, end);
        if (port == INVALID) {
            return Violation.HOST_INVALID;
        }
        set(head, start, close + 1, port, capitals);
        return Violation.NONE;
    }

    private static void set(RequestHead head, int start, int end, int port, boolean capitals) {
        if (!capitals) {
            head.host(start, end, port);
            return;
        }
        var fields = head.fields();
        var bytes = fields.reserve(end - start);
        int copy = fields.usedBytes();
        for (int i = start; i < end; i++) {
            bytes[copy + i - start] = (byte) Octets.lower(bytes[i]);
        }
        fields.use(copy + end - start);
        head.host(copy, copy + end - start, port);
    }

    /** The port behind a colon at {@code colon}; -1 if there is none or it is empty; INVALID if it is no port. */
    private static int port(byte[] bytes, int colon, int end) {
        if (colon == end || (bytes[colon] == ':' && colon + 1 == end)) {
            return -1;
        }
        if (bytes[colon] != ':' || end - colon > 6) {
            return INVALID;
        }
        int port = 0;
        for (int i = colon + 1; i < end; i++) {
            if (!Octets.isDigit(bytes[i])) {
                return INVALID;
            }
            port = port * 10 + bytes[i] - '0';
        }
        return port > 65_535 ? INVALID : port;
    }
}
