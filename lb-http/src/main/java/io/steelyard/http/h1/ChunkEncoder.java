package io.steelyard.http.h1;

import io.steelyard.http.message.FieldBlock;
import java.nio.ByteBuffer;

/** Writes what stands around the data of a chunked body (RFC 9112 section 7.1). Without state. */
public final class ChunkEncoder {
    /** The most bytes that {@link #begin} writes. */
    public static final int MOST_BEGIN_BYTES = 18;

    /** How many bytes {@link #end} writes. */
    public static final int END_BYTES = 2;

    private ChunkEncoder() {}

    /** How many bytes {@link #begin} writes before a chunk of a length. */
    public static int beginBytes(long length) {
        return Math.max(1, 16 - Long.numberOfLeadingZeros(length) / 4) + 2;
    }

    /**
     * Writes what stands before a chunk's data.
     *
     * @param length of the data, 1 or more bytes
     * @throws IllegalArgumentException if the length is not positive: a chunk of 0 bytes would end the body
     * @throws java.nio.BufferOverflowException if there is no room
     */
    public static void begin(ByteBuffer out, long length) {
        if (length < 1) {
            throw new IllegalArgumentException("a chunk has 1 byte or more, not " + length);
        }
        for (int shift = 4 * (15 - Long.numberOfLeadingZeros(length) / 4); shift >= 0; shift -= 4) {
            int digit = (int) (length >>> shift) & 15;
            out.put((byte) (digit < 10 ? '0' + digit : 'a' + digit - 10));
        }
        end(out);
    }

    /** Writes what stands behind a chunk's data. */
    public static void end(ByteBuffer out) {
        out.put((byte) '\r').put((byte) '\n');
    }

    /** How many bytes {@link #last} writes. */
    public static int lastBytes(FieldBlock trailers) {
        int length = 5;
        for (int i = 0; i < trailers.count(); i++) {
            length += trailers.nameEnd(i) - trailers.nameStart(i) + trailers.valueEnd(i) - trailers.valueStart(i) + 4;
        }
        return length;
    }

    /** Writes the last chunk, the trailer fields and the end of the body. The fields are written as they are. */
    public static void last(ByteBuffer out, FieldBlock trailers) {
        out.put((byte) '0');
        end(out);
        var bytes = trailers.bytes();
        for (int i = 0; i < trailers.count(); i++) {
            out.put(bytes, trailers.nameStart(i), trailers.nameEnd(i) - trailers.nameStart(i));
            out.put((byte) ':').put((byte) ' ');
            out.put(bytes, trailers.valueStart(i), trailers.valueEnd(i) - trailers.valueStart(i));
            end(out);
        }
        end(out);
    }

    /** Writes the last chunk without trailers: 5 bytes. */
    public static void last(ByteBuffer out) {
        out.put((byte) '0');
        end(out);
        end(out);
    }
}
