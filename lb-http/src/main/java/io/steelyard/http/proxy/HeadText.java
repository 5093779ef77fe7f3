package io.steelyard.http.proxy;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.octet.Octets;
import java.nio.ByteBuffer;

/** Writes header fields in HTTP/1's form. */
final class HeadText {
    private HeadText() {}

    /** Every field, a line each. */
    static void put(ByteBuffer out, FieldBlock fields) {
        for (int i = 0; i < fields.count(); i++) {
            put(out, fields, i);
        }
    }

    /** Every field, a line each, names in lower case. */
    static void putLower(ByteBuffer out, FieldBlock fields) {
        for (int i = 0; i < fields.count(); i++) {
            int start = out.position();
            put(out, fields, i);
            int end = start + fields.nameEnd(i) - fields.nameStart(i);
            for (int at = start; at < end; at++) {
                out.put(at, (byte) Octets.lower(out.get(at)));
            }
        }
    }

    /** One field. */
    static void put(ByteBuffer out, FieldBlock fields, int index) {
        var bytes = fields.bytes();
        int name = fields.nameStart(index);
        int value = fields.valueStart(index);
        out.put(bytes, name, fields.nameEnd(index) - name)
                .put((byte) ':')
                .put((byte) ' ')
                .put(bytes, value, fields.valueEnd(index) - value)
                .put((byte) '\r')
                .put((byte) '\n');
    }
}
