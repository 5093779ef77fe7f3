package io.steelyard.http.h2;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.octet.Octets;
import java.util.Arrays;

/**
 * Writes the header blocks of one connection (RFC 7541). Fields whose values come again are remembered in the dynamic table; those that
 * differ each time, or that nobody should be able to guess, are not. Owned by one loop.
 */
final class HpackEncoder {
    /** More of a table than this is not used, whatever the peer would keep. */
    static final int MOST_TABLE_BYTES = 4_096;

    private static final int LONGEST_REMEMBERED = 256;
    private static final int INDEXED = 0x80;
    private static final int REMEMBERED = 0x40;
    private static final int RESIZED = 0x20;
    private static final int NEVER_REMEMBERED = 0x10;
    private static final byte[] STATUS = Octets.bytes(":status");

    private final DynamicTable table = new DynamicTable(MOST_TABLE_BYTES);
    private byte[] name = new byte[64];
    private int wantedSize = MOST_TABLE_BYTES;
    private int leastSize = MOST_TABLE_BYTES;
    private byte[] out = new byte[0];
    private int length;

    DynamicTable table() {
        return table;
    }

    /** The peer keeps a table of so many bytes at most (SETTINGS_HEADER_TABLE_SIZE). */
    void peerTable(long mostBytes) {
        wantedSize = (int) Math.min(mostBytes, MOST_TABLE_BYTES);
        leastSize = Math.min(leastSize, wantedSize);
    }

    /** Begins a block, in memory that is used until the next one begins and may be replaced by a larger one. */
    void begin(byte[] memory) {
        out = memory;
        length = 0;
        if (leastSize < table.mostSize()) {
            table.resize(leastSize);
            integer(RESIZED, 5, leastSize);
        }
        if (wantedSize != table.mostSize()) {
            table.resize(wantedSize);
            integer(RESIZED, 5, wantedSize);
        }
        leastSize = wantedSize;
    }

    /** What was written since {@link #begin}, from index 0. */
    byte[] bytes() {
        return out;
    }

    int length() {
        return length;
    }

    void status(int status) {
        int index = StaticTable.indexOfStatus(status);
        if (index > 0) {
            integer(INDEXED, 7, index);
            return;
        }
        var value =
                new byte[] {(byte) ('0' + status / 100), (byte) ('0' + status / 10 % 10), (byte) ('0' + status % 10)};
        field(8, STATUS, STATUS.length, 0, value, 0, 3);
    }

    /** A field with a value of digits. */
    void number(FieldName wanted, long number) {
        var digits = Octets.bytes(Long.toString(number));
        int nameLength = lowerCase(wanted.toString());
        field(StaticTable.indexOf(wanted.id()), name, nameLength, wanted.id(), digits, 0, digits.length);
    }

    /** A field of a block; its name is written in lower case. */
    void field(FieldBlock fields, int index) {
        var bytes = fields.bytes();
        int nameStart = fields.nameStart(index);
        int nameLength = fields.nameEnd(index) - nameStart;
        if (name.length < nameLength) {
            name = new byte[nameLength];
        }
        for (int i = 0; i < nameLength; i++) {
            name[i] = (byte) Octets.lower(bytes[nameStart + i]);
        }
        int id = fields.nameId(index);
        field(StaticTable.indexOf(id), name, nameLength, id, bytes, fields.valueStart(index), fields.valueEnd(index));
    }

    private int lowerCase(String text) {
        for (int i = 0; i < text.length(); i++) {
            name[i] = (byte) Octets.lower(text.charAt(i));
        }
        return text.length();
    }

    private void field(int staticIndex, byte[] from, int nameLength, int id, byte[] value, int start, int end) {
        if (isSecret(id)) {
            literal(NEVER_REMEMBERED, 4, staticIndex, from, nameLength, value, start, end);
            return;
        }
        if (isDifferentEachTime(id) || end - start > LONGEST_REMEMBERED) {
            literal(0, 4, staticIndex, from, nameLength, value, start, end);
            return;
        }
        int nameIndex = staticIndex;
        for (int age = 0; age < table.count(); age++) {
            var known = table.bytes();
            int nameEnd = table.nameEnd(age);
            if (table.mark(age) == id && Arrays.equals(known, table.nameStart(age), nameEnd, from, 0, nameLength)) {
                if (Arrays.equals(known, nameEnd, table.valueEnd(age), value, start, end)) {
                    integer(INDEXED, 7, StaticTable.SIZE + 1 + age);
                    return;
                }
                nameIndex = nameIndex == 0 ? StaticTable.SIZE + 1 + age : nameIndex;
            }
        }
        literal(REMEMBERED, 6, nameIndex, from, nameLength, value, start, end);
        table.add(from, 0, nameLength, value, start, end, id);
    }

    /** What a page's script must not be able to guess by the length of what is sent (RFC 7541 section 7.1.3). */
    private static boolean isSecret(int id) {
        return id == FieldName.SET_COOKIE.id()
                || id == FieldName.AUTHORIZATION.id()
                || id == FieldName.PROXY_AUTHORIZATION.id()
                || id == FieldName.WWW_AUTHENTICATE.id()
                || id == FieldName.PROXY_AUTHENTICATE.id();
    }

    private static boolean isDifferentEachTime(int id) {
        return id == FieldName.DATE.id()
                || id == FieldName.CONTENT_LENGTH.id()
                || id == FieldName.CONTENT_RANGE.id()
                || id == FieldName.ETAG.id()
                || id == FieldName.LAST_MODIFIED.id()
                || id == FieldName.EXPIRES.id()
                || id == FieldName.AGE.id()
                || id == FieldName.LOCATION.id()
                || id == FieldName.X_REQUEST_ID.id();
    }

    private void literal(
            int kind, int prefixBits, int nameIndex, byte[] from, int nameLength, byte[] value, int start, int end) {
        integer(kind, prefixBits, nameIndex);
        if (nameIndex == 0) {
            string(from, 0, nameLength);
        }
        string(value, start, end);
    }

    private void string(byte[] text, int from, int to) {
        int plain = to - from;
        int coded = Huffman.encodedLength(text, from, to);
        if (coded < plain) {
            integer(0x80, 7, coded);
            ensure(coded);
            length = Huffman.encode(text, from, to, out, length);
        } else {
            integer(0, 7, plain);
            ensure(plain);
            System.arraycopy(text, from, out, length, plain);
            length += plain;
        }
    }

    private void integer(int kind, int prefixBits, int value) {
        ensure(6);
        int most = (1 << prefixBits) - 1;
        if (value < most) {
            out[length++] = (byte) (kind | value);
            return;
        }
        out[length++] = (byte) (kind | most);
        int left = value - most;
        while (left >= 0x80) {
            out[length++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        out[length++] = (byte) left;
    }

    private void ensure(int more) {
        if (length + more > out.length) {
            out = Arrays.copyOf(out, Math.max(length + more, out.length * 2));
        }
    }
}
