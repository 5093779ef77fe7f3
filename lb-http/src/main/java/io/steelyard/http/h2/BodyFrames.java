package io.steelyard.http.h2;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The DATA frames of a session (RFC 9113 section 6.1) and the windows for them: what users have not consumed is what the peer cannot send
 * again. Owned by one loop.
 */
final class BodyFrames {
    private final Http2Session session;
    private final StreamTable streams;
    private final FrameOutput out;
    private final FloodGuard guard;

    /** The frame under way; null where its data is of no use. */
    private @Nullable Http2Stream stream;

    private boolean isInFrame;
    private boolean isEnd;
    private boolean hasPadLength;
    private int data;
    private int padding;

    /** What the peer may send on the connection, and what it was not told of yet. */
    private int window = Http2Session.CONNECTION_WINDOW;

    private int credit;

    BodyFrames(Http2Session session, StreamTable streams, FrameOutput out, FloodGuard guard) {
        this.session = session;
        this.streams = streams;
        this.out = out;
        this.guard = guard;
    }

    /** Whether a frame has begun and not ended. */
    boolean isInFrame() {
        return isInFrame;
    }

    /** A frame's header came. */
    void begin(FrameReader frame, int lastStream) {
        int id = frame.stream();
        int length = frame.length();
        boolean isPadded = frame.has(Frames.PADDED);
        if (id == 0 || id > lastStream || (id & 1) == 0 || isPadded && length == 0) {
            session.fail(id == 0 || !isPadded || length > 0 ? ErrorCode.PROTOCOL_ERROR : ErrorCode.FRAME_SIZE_ERROR);
            return;
        }
        if (length > window) {
            session.fail(ErrorCode.FLOW_CONTROL_ERROR);
            return;
        }
        window -= length;
        stream = streams.find(id);
        isInFrame = true;
        isEnd = frame.has(Frames.END_STREAM);
        hasPadLength = isPadded;
        data = length;
        padding = 0;
        var current = stream;
        if (current == null) {
            if (!streams.wasReset(id)) {
                session.fail(ErrorCode.STREAM_CLOSED);
            }
        } else if (current.isRemoteEnded) {
            refuse(id, ErrorCode.STREAM_CLOSED);
        } else if (length > current.receiveWindow) {
            refuse(id, ErrorCode.FLOW_CONTROL_ERROR);
        } else {
            current.receiveWindow -= length;
            current.received += length;
            if (!isPadded) {
                checkLength();
            }
        }
        if (length == 0) {
            if (!isEnd) {
                session.count(Flood.EMPTY_DATA);
            }
            ended();
        }
    }

    /** Nothing is given of a frame that is more than was declared (RFC 9113 section 8.1.1). */
    private void checkLength() {
        var current = stream;
        if (current != null && current.missing >= 0) {
            current.missing -= data;
            if (current.missing < 0) {
                refuse(current.id(), ErrorCode.PROTOCOL_ERROR);
            }
        }
    }

    private void refuse(int id, ErrorCode code) {
        stream = null;
        session.streamFault(id, code);
    }

    /** Takes what there is of the frame under way. */
    void consume(ByteBuffer in, MemorySegment memory) {
        if (hasPadLength) {
            hasPadLength = false;
            padding = in.get() & 0xff;
            data--;
            if (padding > data) {
                session.fail(ErrorCode.PROTOCOL_ERROR);
                return;
            }
            data -= padding;
            unused(1 + padding);
            checkLength();
            if (data == 0 && !isEnd) {
                session.count(Flood.EMPTY_DATA);
            }
        }
        int count = Math.min(data, in.remaining());
        if (count > 0) {
            int start = in.position();
            in.position(start + count);
            data -= count;
            deliver(memory, start, count);
        }
        int skipped = data > 0 ? 0 : Math.min(padding, in.remaining());
        in.position(in.position() + skipped);
        padding -= skipped;
        if (data == 0 && padding == 0) {
            ended();
        }
    }

    private void deliver(MemorySegment memory, int start, int count) {
        var current = stream;
        var user = current == null || current.isClosed ? null : current.user;
        if (current == null || user == null) {
            give(count);
            return;
        }
        guard.onData();
        current.unconsumed += count;
        user.onData(memory, start, count);
    }

    private void ended() {
        isInFrame = false;
        var current = stream;
        stream = null;
        if (!isEnd || current == null || current.isClosed) {
            return;
        }
        if (current.missing > 0) {
            session.streamFault(current.id(), ErrorCode.PROTOCOL_ERROR);
        } else {
            session.remoteEnded(current);
        }
    }

    /** Octets that are no data count against the windows, and are consumed at once. */
    private void unused(int octets) {
        give(octets);
        var current = stream;
        if (current != null && !current.isClosed) {
            giveTo(current, octets);
        }
    }

    void consumed(Http2Stream of, int octets) {
        if (octets > 0 && !of.isClosed) {
            of.unconsumed -= octets;
            give(octets);
            giveTo(of, octets);
        }
    }

    /** A stream is no more: what its user has not consumed is nobody's. */
    void forget(Http2Stream of) {
        give(of.unconsumed);
        of.unconsumed = 0;
    }

    private void giveTo(Http2Stream of, int octets) {
        of.credit += octets;
        if (of.credit >= Http2Session.STREAM_WINDOW / 2 && !of.isRemoteEnded) {
            of.receiveWindow += of.credit;
            Frames.windowUpdate(out.room(64), of.id(), of.credit);
            of.credit = 0;
        }
    }

    private void give(int octets) {
        credit += octets;
        if (credit >= Http2Session.CONNECTION_WINDOW / 2 && !session.hasFailed()) {
            window += credit;
            Frames.windowUpdate(out.room(64), 0, credit);
            credit = 0;
        }
    }
}
