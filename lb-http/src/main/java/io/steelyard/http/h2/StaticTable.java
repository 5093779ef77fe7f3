package io.steelyard.http.h2;

import io.steelyard.http.message.FieldName;
import io.steelyard.http.octet.Octets;

/** The fields that every header compression knows (RFC 7541 appendix A), by index from 1. Never changed. */
final class StaticTable {
    /** How many there are; indexes behind it are of the dynamic table. */
    static final int SIZE = 61;

    private static final String[] FIELDS = {
        ":authority",
        ":method GET",
        ":method POST",
        ":path /",
        ":path /index.html",
        ":scheme http",
        ":scheme https",
        ":status 200",
        ":status 204",
        ":status 206",
        ":status 304",
        ":status 400",
        ":status 404",
        ":status 500",
        "accept-charset",
        "accept-encoding gzip, deflate",
        "accept-language",
        "accept-ranges",
        "accept",
        "access-control-allow-origin",
        "age",
        "allow",
        "authorization",
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-length",
        "content-location",
        "content-range",
        "content-type",
        "cookie",
        "date",
        "etag",
        "expect",
        "expires",
        "from",
        "host",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "last-modified",
        "link",
        "location",
        "max-forwards",
        "proxy-authenticate",
        "proxy-authorization",
        "range",
        "referer",
        "refresh",
        "retry-after",
        "server",
        "set-cookie",
        "strict-transport-security",
        "transfer-encoding",
        "user-agent",
        "vary",
        "via",
        "www-authenticate"
    };

    private static final byte[][] NAMES = new byte[SIZE + 1][];
    private static final byte[][] VALUES = new byte[SIZE + 1][];
    private static final int[] NAME_IDS = new int[SIZE + 1];
    private static final byte[] INDEX_OF_ID = new byte[128];

    static {
        for (int index = 1; index <= SIZE; index++) {
            var field = FIELDS[index - 1];
            int space = field.indexOf(' ');
            var name = space < 0 ? field : field.substring(0, space);
            NAMES[index] = Octets.bytes(name);
            VALUES[index] = Octets.bytes(space < 0 ? "" : field.substring(space + 1));
            int id = name.startsWith(":")
                    ? FieldName.UNKNOWN
                    : FieldName.of(name).id();
            NAME_IDS[index] = id;
            if (id != FieldName.UNKNOWN) {
                INDEX_OF_ID[id] = (byte) index;
            }
        }
    }

    private StaticTable() {}

    static byte[] name(int index) {
        return NAMES[index];
    }

    static byte[] value(int index) {
        return VALUES[index];
    }

    /** The number of the name as {@link FieldName} has it. */
    static int nameId(int index) {
        return NAME_IDS[index];
    }

    /** The index of a field with a known name; 0 where there is none. */
    static int indexOf(int nameId) {
        return nameId == FieldName.UNKNOWN ? 0 : INDEX_OF_ID[nameId];
    }

    /** The index of the whole field {@code :status}; 0 for a status that is not listed. */
    static int indexOfStatus(int status) {
        return switch (status) {
            case 200 -> 8;
            case 204 -> 9;
            case 206 -> 10;
            case 304 -> 11;
            case 400 -> 12;
            case 404 -> 13;
            case 500 -> 14;
            default -> 0;
        };
    }
}
