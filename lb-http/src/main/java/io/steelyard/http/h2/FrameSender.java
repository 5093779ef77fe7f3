package io.steelyard.http.h2;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.NameSet;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/**
 * The sending half of a session: header blocks, and data as far as the peer's windows and its reading allow (RFC 9113 section 5.2). Streams
 * that have more to send than that take turns, one frame each. Owned by one loop.
 */
final class FrameSender {
    /** While more waits for the peer to read, no data is put behind it. */
    static final int MOST_WAITING_BYTES = 128 << 10;

    /** Less than that in a frame, where there is more to send, is what a peer asks for that wants us to work. */
    private static final int LEAST_USEFUL_BYTES = 256;

    static final int DEFAULT_WINDOW = 65_535;
    static final long LARGEST_WINDOW = 0x7fff_ffff;
    private static final NameSet OF_THE_CONNECTION = NameSet.of(
            FieldName.CONNECTION,
            FieldName.KEEP_ALIVE,
            FieldName.PROXY_CONNECTION,
            FieldName.TRANSFER_ENCODING,
            FieldName.UPGRADE,
            FieldName.CONTENT_LENGTH);

    private final FrameOutput out;
    private final SharedMemory memory;
    private final FloodGuard guard;
    private final HpackEncoder encoder = new HpackEncoder();
    private final ArrayDeque<Http2Stream> waiting = new ArrayDeque<>(4);
    private long window = DEFAULT_WINDOW;
    private int initialWindow = DEFAULT_WINDOW;
    private boolean takesTurns;

    FrameSender(FrameOutput out, SharedMemory memory, FloodGuard guard) {
        this.out = out;
        this.memory = memory;
        this.guard = guard;
    }

    FrameOutput out() {
        return out;
    }

    HpackEncoder encoder() {
        return encoder;
    }

    int initialWindow() {
        return initialWindow;
    }

    void initialWindow(int value) {
        initialWindow = value;
    }

    /** The peer takes more on the connection; false where that passes the largest window. */
    boolean widen(int octets) {
        window += octets;
        return window <= LARGEST_WINDOW;
    }

    /** The peer takes more on a stream, or less; false where that passes the largest window. */
    boolean widen(Http2Stream stream, long octets) {
        stream.sendWindow += octets;
        if (stream.sendWindow > 0 && stream.user != null && octets > 0) {
            await(stream);
        }
        return stream.sendWindow <= LARGEST_WINDOW;
    }

    /** Sends the head of an answer and returns how many octets that took. @param length of the body as Content-Length tells it; -1 where it does not */
    int head(Http2Stream stream, int status, FieldBlock fields, long length, boolean isEnd) {
        encoder.begin(memory.block);
        encoder.status(status);
        fields(fields);
        if (length >= 0) {
            encoder.number(FieldName.CONTENT_LENGTH, length);
        }
        return block(stream, isEnd);
    }

    /** Sends an interim answer without fields. */
    void interim(Http2Stream stream, int status) {
        encoder.begin(memory.block);
        encoder.status(status);
        block(stream, false);
    }

    int trailers(Http2Stream stream, FieldBlock fields) {
        encoder.begin(memory.block);
        fields(fields);
        return block(stream, true);
    }

    private void fields(FieldBlock fields) {
        for (int i = 0; i < fields.count(); i++) {
            if (!OF_THE_CONNECTION.containsNameOf(fields, i)) {
                encoder.field(fields, i);
            }
        }
    }

    private int block(Http2Stream stream, boolean isEnd) {
        int length = encoder.length();
        int type = Frames.HEADERS;
        int flags = isEnd ? Frames.END_STREAM : 0;
        int at = 0;
        int octets = 0;
        do {
            int piece = Math.min(length - at, Frames.MOST_PAYLOAD);
            boolean isLast = at + piece == length;
            var to = out.room(Frames.HEADER + piece);
            Frames.header(to, piece, type, flags | (isLast ? Frames.END_HEADERS : 0), stream.id());
            to.put(encoder.bytes(), at, piece);
            at += piece;
            octets += Frames.HEADER + piece;
            type = Frames.CONTINUATION;
            flags = 0;
        } while (at < length);
        return octets;
    }

    /**
     * Sends data.
     *
     * @param isLast whether the stream ends with it
     * @return how much was taken; the stream's user is told when more may be
     */
    int data(Http2Stream stream, MemorySegment from, long offset, int length, boolean isLast) {
        if (length == 0) {
            if (isLast) {
                Frames.header(out.room(Frames.HEADER), 0, Frames.DATA, Frames.END_STREAM, stream.id());
            }
            return 0;
        }
        int taken = 0;
        while (taken < length) {
            int piece = room(stream, length - taken);
            if (piece == 0) {
                break;
            }
            boolean ends = isLast && taken + piece == length;
            Frames.header(out.room(Frames.HEADER), piece, Frames.DATA, ends ? Frames.END_STREAM : 0, stream.id());
            out.put(from, offset + taken, piece);
            taken += piece;
            window -= piece;
            stream.sendWindow -= piece;
            // A window of a few octets is no use that a frame of the peer's would be allowed for (CVE-2019-9511).
            if (piece >= LEAST_USEFUL_BYTES || taken == length) {
                guard.onData();
            }
            if (takesTurns) {
                break;
            }
        }
        if (taken < length && stream.sendWindow > 0) {
            await(stream);
        }
        return taken;
    }

    private int room(Http2Stream stream, int wanted) {
        boolean isOthersTurn = !takesTurns && !waiting.isEmpty();
        if (isOthersTurn || out.waitingBytes() >= MOST_WAITING_BYTES) {
            return 0;
        }
        long most = Math.min(Math.min(window, stream.sendWindow), Math.min(wanted, Frames.MOST_PAYLOAD));
        return (int) Math.max(most, 0);
    }

    private void await(Http2Stream stream) {
        if (!stream.isWaiting) {
            stream.isWaiting = true;
            waiting.addLast(stream);
        }
    }

    /** Lets streams that wait send, in turn, as far as there is room. */
    void goOn() {
        while (window > 0 && out.waitingBytes() < MOST_WAITING_BYTES) {
            var stream = waiting.pollFirst();
            if (stream == null) {
                return;
            }
            stream.isWaiting = false;
            var user = stream.user;
            if (user != null && !stream.isClosed && !stream.isLocalEnded) {
                takesTurns = true;
                try {
                    user.onRoom();
                } finally {
                    takesTurns = false;
                }
            }
        }
    }
}
