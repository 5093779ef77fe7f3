package io.steelyard.http.h2;

import java.nio.ByteBuffer;

/**
 * Takes frames out of what is received in any pieces. The payload of DATA is left in the buffer; that of any other frame is collected.
 * Payloads that come at once are collected in memory that all connections of a loop share, so that a connection holds some only while a
 * frame is cut. Owned by one loop.
 */
final class FrameReader {
    /** What was found. */
    enum Step {
        NEED_MORE,
        /** A frame other than DATA, with its payload. */
        FRAME,
        /** The header of a DATA frame. */
        DATA,
        /** A frame that is longer than it may be. */
        TOO_LONG
    }

    private static final int KEPT_BYTES = 64;

    private final byte[] shared;
    private final byte[] header = new byte[Frames.HEADER];
    private int headerBytes;
    private byte[] own = new byte[0];
    private int collected;
    private boolean isShared;
    private int length;
    private int type;
    private int flags;
    private int stream;

    /** @param shared at least {@link Frames#MOST_PAYLOAD} bytes that others may use between calls of {@link #next} */
    FrameReader(byte[] shared) {
        this.shared = shared;
    }

    /** Bytes of the payload. */
    int length() {
        return length;
    }

    int type() {
        return type;
    }

    int flags() {
        return flags;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    int stream() {
        return stream;
    }

    /** The payload of the frame found last, from index 0; valid until the next call of {@link #next}. */
    byte[] payload() {
        return isShared ? shared : own;
    }

    /** Whether a part of a frame waits for the rest. */
    boolean isInFrame() {
        return headerBytes > 0;
    }

    Step next(ByteBuffer in) {
        if (headerBytes < Frames.HEADER) {
            int count = Math.min(Frames.HEADER - headerBytes, in.remaining());
            in.get(header, headerBytes, count);
            headerBytes += count;
            if (headerBytes < Frames.HEADER) {
                return Step.NEED_MORE;
            }
            int first = Frames.int32(header, 0);
            length = first >>> 8;
            type = first & 0xff;
            flags = header[4] & 0xff;
            stream = Frames.int32(header, 5) & 0x7fff_ffff;
            collected = 0;
            if (length > Frames.MOST_PAYLOAD) {
                return Step.TOO_LONG;
            }
            if (own.length > KEPT_BYTES) {
                own = new byte[0];
            }
        }
        if (type == Frames.DATA) {
            headerBytes = 0;
            return Step.DATA;
        }
        isShared = collected == 0 && in.remaining() >= length;
        if (isShared) {
            in.get(shared, 0, length);
        } else {
            collect(in);
            if (collected < length) {
                return Step.NEED_MORE;
            }
        }
        headerBytes = 0;
        return Step.FRAME;
    }

    private void collect(ByteBuffer in) {
        if (own.length < length) {
            own = new byte[Math.max(length, KEPT_BYTES)];
        }
        int count = Math.min(length - collected, in.remaining());
        in.get(own, collected, count);
        collected += count;
    }
}
