package io.steelyard.http.affinity;

import io.steelyard.http.octet.Octets;
import java.util.Arrays;

/**
 * Goes over the pairs of one {@code Cookie} field, {@code a=1; b="2"}, without copying them. Owned by one thread.
 *
 * <pre>{@code
 * for (pairs.start(bytes, from, to); pairs.next(); ) { … }
 * }</pre>
 */
final class CookiePairs {
    private byte[] bytes = {};
    private int begin;
    private int end;
    private int at;

    /** Where the pair before the present one ended, at its semicolon; the beginning for the first. */
    private int previousEnd;

    private boolean hasEquals;
    private int nameStart;
    private int nameEnd;
    private int valueStart;
    private int valueEnd;
    private int pairEnd;

    void start(byte[] text, int from, int to) {
        bytes = text;
        begin = from;
        end = to;
        at = from;
        pairEnd = from;
    }

    /** Goes to the next pair. @return whether there is one */
    boolean next() {
        if (at >= end) {
            return false;
        }
        previousEnd = pairEnd;
        nameStart = skipBlanks(at);
        int equals = nameStart;
        while (equals < end && bytes[equals] != '=' && bytes[equals] != ';') {
            equals++;
        }
        nameEnd = trim(nameStart, equals);
        hasEquals = equals < end && bytes[equals] == '=';
        valueStart = hasEquals ? skipBlanks(equals + 1) : equals;
        pairEnd = endOfValue(valueStart);
        valueEnd = trim(valueStart, pairEnd);
        at = pairEnd + 1;
        return true;
    }

    int valueStart() {
        return valueStart;
    }

    int valueEnd() {
        return valueEnd;
    }

    /** Whether it is a cookie of this name; a name without an equals sign is none. */
    boolean isNamed(byte[] name, boolean ignoresCase) {
        if (!hasEquals) {
            return false;
        }
        return ignoresCase
                ? nameEnd - nameStart == name.length && equalsIgnoringCase(name)
                : Arrays.equals(bytes, nameStart, nameEnd, name, 0, name.length);
    }

    private boolean equalsIgnoringCase(byte[] name) {
        for (int i = 0; i < name.length; i++) {
            if (Octets.lower(bytes[nameStart + i]) != Octets.lower(name[i])) {
                return false;
            }
        }
        return true;
    }

    /** The field's text without the present pair, as HAProxy leaves it; empty where it was the only one. */
    String withoutThis() {
        var before = Octets.text(bytes, begin, trim(begin, previousEnd));
        var after = pairEnd < end ? Octets.text(bytes, skipBlanks(pairEnd + 1), end) : "";
        return before.isEmpty() || after.isEmpty() ? before + after : before + "; " + after;
    }

    /** The field's text without {@code count} bytes at the beginning of the present value. */
    String withoutPrefix(int count) {
        return Octets.text(bytes, begin, valueStart) + Octets.text(bytes, valueStart + count, end);
    }

    private int endOfValue(int from) {
        boolean isQuoted = false;
        for (int i = from; i < end; i++) {
            if (bytes[i] == '"') {
                isQuoted = !isQuoted;
            } else if (bytes[i] == '\\' && isQuoted) {
                i++;
            } else if (bytes[i] == ';' && !isQuoted) {
                return i;
            }
        }
        return end;
    }

    private int skipBlanks(int from) {
        int i = from;
        while (i < end && (bytes[i] == ' ' || bytes[i] == '\t')) {
            i++;
        }
        return i;
    }

    private int trim(int from, int to) {
        int i = to;
        while (i > from && (bytes[i - 1] == ' ' || bytes[i - 1] == '\t')) {
            i--;
        }
        return i;
    }
}
