package io.steelyard.http.proxy;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.octet.Octets;

/**
 * The field {@code Keep-Alive} of an answer, in which many servers say how long they let a connection be idle, such as
 * {@code timeout=5, max=100} (RFC 2068 section 19.7.1.1; no later text defines it). Without state.
 */
final class KeepAlive {
    private static final byte[] TIMEOUT = Octets.bytes("timeout=");
    private static final long MOST_SECONDS = 86_400;

    private KeepAlive() {}

    /** How long the server lets the connection be idle, at most a day; -1 where it does not say. */
    static long timeoutNs(FieldBlock fields) {
        int index = fields.find(FieldName.KEEP_ALIVE);
        if (index < 0) {
            return -1;
        }
        var bytes = fields.bytes();
        int end = fields.valueEnd(index);
        for (int at = fields.valueStart(index); at < end; at++) {
            if (isTimeout(bytes, at, end) && isBegin(bytes, at, fields.valueStart(index))) {
                return seconds(bytes, at + TIMEOUT.length, end);
            }
        }
        return -1;
    }

    private static boolean isBegin(byte[] bytes, int at, int start) {
        return at == start || bytes[at - 1] == ',' || bytes[at - 1] == ' ' || bytes[at - 1] == '\t';
    }

    private static boolean isTimeout(byte[] bytes, int at, int end) {
        if (end - at <= TIMEOUT.length) {
            return false;
        }
        for (int i = 0; i < TIMEOUT.length; i++) {
            if (Octets.lower(bytes[at + i]) != TIMEOUT[i]) {
                return false;
            }
        }
        return true;
    }

    private static long seconds(byte[] bytes, int from, int end) {
        long seconds = -1;
        for (int at = from; at < end && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
            seconds = Math.min(Math.max(seconds, 0) * 10 + bytes[at] - '0', MOST_SECONDS);
        }
        return seconds < 0 ? -1 : seconds * 1_000_000_000L;
    }
}
