package io.steelyard.http.proxy;

import io.steelyard.http.message.FieldBlock;
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
