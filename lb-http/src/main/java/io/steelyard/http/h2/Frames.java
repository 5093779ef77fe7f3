package io.steelyard.http.h2;

import java.nio.ByteBuffer;

/**
 * The frames of HTTP/2 as they lie on the wire (RFC 9113 section 4.1), all numbers with their highest octet first.
 *
 * <pre>
 *   | length (24) | type (8) | flags (8) | reserved (1), stream (31) | payload …
 * </pre>
 */
final class Frames {
    /** Octets of a frame before its payload. */
    static final int HEADER = 9;

    /** The largest payload that is sent and taken: what every peer must take, and what one is told of us. */
    static final int MOST_PAYLOAD = 16_384;

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int ACK = 0x1;
    static final int END_STREAM = 0x1;
    static final int END_HEADERS = 0x4;
    static final int PADDED = 0x8;
    static final int HAS_PRIORITY = 0x20;

    static final int HEADER_TABLE_SIZE = 1;
    static final int ENABLE_PUSH = 2;
    static final int MAX_CONCURRENT_STREAMS = 3;
    static final int INITIAL_WINDOW_SIZE = 4;
    static final int MAX_FRAME_SIZE = 5;
    static final int MAX_HEADER_LIST_SIZE = 6;

    private Frames() {}

    /** Puts the header of a frame. */
    static void header(ByteBuffer out, int length, int type, int flags, int stream) {
        out.putInt(length << 8 | type).put((byte) flags).putInt(stream);
    }

    static void reset(ByteBuffer out, int stream, ErrorCode code) {
        header(out, 4, RST_STREAM, 0, stream);
        out.putInt(code.ordinal());
    }

    static void windowUpdate(ByteBuffer out, int stream, int octets) {
        header(out, 4, WINDOW_UPDATE, 0, stream);
        out.putInt(octets);
    }

    static void ping(ByteBuffer out, int flags, long data) {
        header(out, 8, PING, flags, 0);
        out.putLong(data);
    }

    static void goAway(ByteBuffer out, int lastStream, ErrorCode code) {
        header(out, 8, GOAWAY, 0, 0);
        out.putInt(lastStream).putInt(code.ordinal());
    }

    static void settingsAck(ByteBuffer out) {
        header(out, 0, SETTINGS, ACK, 0);
    }

    static void setting(ByteBuffer out, int name, int value) {
        out.putShort((short) name).putInt(value);
    }

    static int int32(byte[] bytes, int at) {
        return bytes[at] << 24 | (bytes[at + 1] & 0xff) << 16 | (bytes[at + 2] & 0xff) << 8 | bytes[at + 3] & 0xff;
    }

    static long int64(byte[] bytes, int at) {
        return (long) int32(bytes, at) << 32 | int32(bytes, at + 4) & 0xffff_ffffL;
    }
}
