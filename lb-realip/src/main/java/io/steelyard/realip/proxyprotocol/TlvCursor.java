package io.steelyard.realip.proxyprotocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A view of type-length-value fields, one at a time. Holds no data: valid as long as the bytes it was put on. Reusable; one thread at a time.
 *
 * <pre>
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
 * +---------------+-------------------------------+---------
 * |     type      |            length             |  value …
 * +---------------+-------------------------------+---------
 * </pre>
 */
public final class TlvCursor {
    private static final int PREFIX_BYTES = 3;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer bytes = NOTHING;
    private int next;
    private int end;
    private int valueStart;
    private int valueEnd;
    private int type;

    /** Stands before the first field of those from {@code from} to {@code to}, absolute positions. */
    public TlvCursor wrap(ByteBuffer buffer, int from, int to) {
        bytes = buffer;
        next = from;
        end = to;
        return this;
    }

    /** Goes to the next field. @return false at the end, and where the rest is no whole field, which {@link #isAtEnd} tells apart */
    public boolean next() {
        if (end - next < PREFIX_BYTES) {
            return false;
        }
        int length = Short.toUnsignedInt(bytes.getShort(next + 1));
        if (end - next - PREFIX_BYTES < length) {
            return false;
        }
        type = Byte.toUnsignedInt(bytes.get(next));
        valueStart = next + PREFIX_BYTES;
        valueEnd = valueStart + length;
        next = valueEnd;
        return true;
    }

    /** Goes to the next field of a type. */
    public boolean next(int wanted) {
        while (next()) {
            if (type == wanted) {
                return true;
            }
        }
        return false;
    }

    /** Whether there is nothing more, not even a broken field. */
    public boolean isAtEnd() {
        return next == end;
    }

    /** Of the current field: 0 to 255, see {@link TlvType}. */
    public int type() {
        return type;
    }

    /** Where the value of the current field begins: an absolute position. */
    public int valueStart() {
        return valueStart;
    }

    /** Length of the value in bytes, 0 to 65535. */
    public int length() {
        return valueEnd - valueStart;
    }

    /** The value. Allocates. */
    public byte[] value() {
        var copy = new byte[length()];
        bytes.get(valueStart, copy);
        return copy;
    }

    /** The value as UTF-8. Allocates. */
    public String text() {
        return new String(value(), StandardCharsets.UTF_8);
    }

    // ---- within a field of type SSL

    /** Flags such as {@link TlvType#CLIENT_SSL}. */
    public int sslClientFlags() {
        return Byte.toUnsignedInt(bytes.get(valueStart));
    }

    /** 0 where the client's certificate was verified. */
    public int sslVerifyResult() {
        return bytes.getInt(valueStart + 1);
    }

    /** Puts another cursor before the first field within this one. */
    public TlvCursor sslFields(TlvCursor into) {
        return into.wrap(bytes, valueStart + TlvType.SSL_PREFIX_BYTES, valueEnd);
    }
}
