package io.steelyard.http.h2;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.octet.Octets;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection as its server sees it (RFC 9113): takes what the client sent, opens a {@link Http2Stream} for each request, and sends
 * what their users answer. Pure: octets go to a {@link FrameOutput}, and the time is told by the caller.
 *
 * <pre>
 *   PREFACE ──► SETTINGS ──► OPEN ──► FINISHING ──► (no streams left)
 *      └───────────┴───────────┴──────────┴────────► FAILED    GOAWAY was sent and nothing is understood any more
 * </pre>
 *
 * <p>What the peer may send is bounded: a window for each stream and one for all, which open only as far as users have consumed; header
 * blocks by bytes and frames; and what costs us more than the peer by {@link FloodGuard}. Owned by one loop.
 */
public final class Http2Session {
    /** What a client that speaks HTTP/2 sends first (RFC 9113 section 3.4). */
    public static final byte[] PREFACE = Octets.bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    /** What the peer may send on a stream beyond what was consumed, in octets. */
    static final int STREAM_WINDOW = 256 << 10;

    /** The same for all streams of the connection. */
    static final int CONNECTION_WINDOW = 1 << 20;

    static final int TABLE_BYTES = 4_096;
    private static final long FINISH_PING = 0x6c62_2d66_696e_6973L;

    private enum State {
        PREFACE,
        SETTINGS,
        OPEN,
        FAILED
    }

    private final SessionUser user;
    private final SessionLimits limits;
    private final FrameReader frames;
    private final FloodGuard guard;
    private final FrameSender sender;
    private final StreamTable streams = new StreamTable();
    private final RequestStreams requests;
    private final BodyFrames bodies;

    private State state = State.PREFACE;
    private int prefaceBytes;
    private long nowNs;
    private boolean isFinishing;
    private boolean isFinal;
    private boolean wasPinged;

    /** @param nowNs the time, on the clock of {@link #consume} */
    public Http2Session(SessionUser user, FrameOutput out, SessionLimits limits, SharedMemory memory, long nowNs) {
        this.user = user;
        this.limits = limits;
        this.nowNs = nowNs;
        frames = new FrameReader(memory.payload);
        guard = new FloodGuard(nowNs);
        sender = new FrameSender(out, memory, guard);
        requests = new RequestStreams(this, user, limits, streams, sender);
        bodies = new BodyFrames(this, streams, sender.out(), guard);
    }

    /** Sends what a server sends first. */
    public void begin() {
        var out = sender.out().room(64);
        Frames.header(out, 4 * 6, Frames.SETTINGS, 0, 0);
        Frames.setting(out, Frames.MAX_CONCURRENT_STREAMS, limits.mostStreams());
        Frames.setting(out, Frames.INITIAL_WINDOW_SIZE, STREAM_WINDOW);
        Frames.setting(out, Frames.MAX_HEADER_LIST_SIZE, limits.heads().head());
        Frames.setting(out, Frames.HEADER_TABLE_SIZE, TABLE_BYTES);
        Frames.windowUpdate(out, 0, CONNECTION_WINDOW - FrameSender.DEFAULT_WINDOW);
    }

    // ---- what its owner asks

    /** Whether it came to an end by a fault, and GOAWAY was sent. */
    public boolean hasFailed() {
        return state == State.FAILED;
    }

    /** Whether no request is under way. */
    public boolean isIdle() {
        return streams.count() == 0;
    }

    /** Whether a part of a frame or of a header block waits for the rest. */
    public boolean isInFrame() {
        return frames.isInFrame() || requests.isInBlock() || state == State.PREFACE && prefaceBytes > 0;
    }

    /** Whether the peer was told to begin no further request. */
    public boolean isFinishing() {
        return isFinishing;
    }

    /** Whether no further request will come and none is under way. */
    public boolean isDone() {
        return state == State.FAILED || isFinal && isIdle();
    }

    /**
     * Tells the peer to begin no further request. Those under way go on, and those it sent before it heard of it are served: which was the last
     * it is told when its answer to a PING shows that it knows (RFC 9113 section 6.8), or by {@link #finishNow}.
     */
    public void finish() {
        if (!isFinishing && state != State.FAILED) {
            isFinishing = true;
            var out = sender.out().room(64);
            Frames.goAway(out, Integer.MAX_VALUE, ErrorCode.NO_ERROR);
            Frames.ping(out, 0, FINISH_PING);
        }
    }

    /** Takes no further request. */
    public void finishNow() {
        if (!isFinal && state != State.FAILED) {
            isFinishing = true;
            isFinal = true;
            Frames.goAway(sender.out().room(64), requests.last(), ErrorCode.NO_ERROR);
        }
    }

    /** Ends the connection for a fault of the peer. The caller sends what there is and closes. */
    public void fail(ErrorCode code) {
        if (state != State.FAILED) {
            state = State.FAILED;
            Frames.goAway(sender.out().room(64), requests.last(), code);
            abandon();
        }
    }

    /** The connection is gone: so are all streams. */
    public void abandon() {
        state = State.FAILED;
        for (var stream : streams.all()) {
            forget(stream);
            tellReset(stream);
        }
    }

    /** The peer took some of what waited. */
    public void hasRoom() {
        if (state == State.OPEN) {
            sender.goOn();
        }
    }

    // ---- what a stream's user asks

    /**
     * Begins an answer.
     *
     * @param length of the body where the peer is to be told; -1 where not
     * @return how many octets it took
     */
    public int sendHead(Http2Stream stream, int status, FieldBlock fields, long length, boolean isEnd) {
        if (stream.isLocalEnded()) {
            return 0;
        }
        int octets = sender.head(stream, status, fields, length, isEnd);
        if (isEnd) {
            endLocal(stream);
        }
        return octets;
    }

    /** Sends an interim answer without fields. */
    public void sendInterim(Http2Stream stream, int status) {
        if (!stream.isLocalEnded()) {
            sender.interim(stream, status);
        }
    }

    /**
     * Sends a part of the answer's body.
     *
     * @param isLast whether the answer ends with it
     * @return how much was taken; {@link StreamUser#onRoom} is called when the rest is worth trying
     */
    public int sendData(Http2Stream stream, MemorySegment from, long offset, int length, boolean isLast) {
        if (stream.isLocalEnded()) {
            return length;
        }
        int taken = sender.data(stream, from, offset, length, isLast);
        if (isLast && taken == length) {
            endLocal(stream);
        }
        return taken;
    }

    /** Ends the answer with fields behind its body. @return how many octets they took */
    public int sendTrailers(Http2Stream stream, FieldBlock fields) {
        if (stream.isLocalEnded()) {
            return 0;
        }
        int octets = sender.trailers(stream, fields);
        endLocal(stream);
        return octets;
    }

    /** The user has room for as much again. */
    public void consumed(Http2Stream stream, int octets) {
        bodies.consumed(stream, octets);
    }

    /** Ends a stream from our side; its user is not told. */
    public void reset(Http2Stream stream, ErrorCode code) {
        if (!stream.isClosed) {
            streams.rememberReset(stream.id());
            Frames.reset(sender.out().room(64), stream.id(), code);
            forget(stream);
        }
    }

    private void endLocal(Http2Stream stream) {
        stream.isLocalEnded = true;
        if (stream.isRemoteEnded) {
            forget(stream);
        } else {
            // The answer is complete: the rest of the request is of no use (RFC 9113 section 8.1).
            reset(stream, ErrorCode.NO_ERROR);
        }
    }

    // ---- what its parts ask

    /** A stream's fault: the stream is reset, its user told, and the session ended where there are too many. */
    void streamFault(int id, ErrorCode code) {
        var stream = streams.find(id);
        if (stream != null) {
            reset(stream, code);
            tellReset(stream);
        } else {
            streams.rememberReset(id);
            Frames.reset(sender.out().room(64), id, code);
        }
        count(Flood.MADE_YOU_RESET);
    }

    void remoteEnded(Http2Stream stream) {
        stream.isRemoteEnded = true;
        var told = stream.user;
        if (told != null) {
            told.onEnd();
        }
    }

    /** Counts what may be a flood; ends the session where it is. */
    void count(Flood what) {
        if (state != State.FAILED && guard.isTooMuch(what, nowNs)) {
            user.flooded(what);
            fail(ErrorCode.ENHANCE_YOUR_CALM);
        }
    }

    boolean isFinal() {
        return isFinal;
    }

    private void forget(Http2Stream stream) {
        stream.isClosed = true;
        streams.remove(stream);
        bodies.forget(stream);
    }

    private static void tellReset(Http2Stream stream) {
        var told = stream.user;
        stream.user = null;
        if (told != null) {
            told.onReset();
        }
    }

    // ---- input

    /**
     * Understands what came. All of the buffer is taken.
     *
     * @param memory whose bytes the buffer has, from the same index on
     */
    public void consume(ByteBuffer in, MemorySegment memory, long now) {
        nowNs = now;
        if (state == State.PREFACE) {
            preface(in);
        }
        while (in.hasRemaining() && state != State.FAILED) {
            if (bodies.isInFrame()) {
                bodies.consume(in, memory);
                continue;
            }
            switch (frames.next(in)) {
                case TOO_LONG -> fail(ErrorCode.FRAME_SIZE_ERROR);
                case DATA -> onData();
                case FRAME -> onFrame();
                case NEED_MORE -> {}
            }
        }
        if (state == State.FAILED) {
            in.position(in.limit());
        } else {
            sender.goOn();
        }
    }

    private void preface(ByteBuffer in) {
        while (in.hasRemaining() && prefaceBytes < PREFACE.length) {
            if (in.get() != PREFACE[prefaceBytes++]) {
                fail(ErrorCode.PROTOCOL_ERROR);
                return;
            }
        }
        if (prefaceBytes == PREFACE.length) {
            state = State.SETTINGS;
        }
    }

    private void onData() {
        if (requests.isInBlock() || state == State.SETTINGS) {
            fail(ErrorCode.PROTOCOL_ERROR);
        } else {
            bodies.begin(frames, requests.last());
        }
    }

    private void onFrame() {
        int type = frames.type();
        boolean isRefused = state == State.SETTINGS && (type != Frames.SETTINGS || frames.has(Frames.ACK))
                || requests.isInBlock() && (type != Frames.CONTINUATION || frames.stream() != requests.blockStream());
        if (isRefused) {
            fail(ErrorCode.PROTOCOL_ERROR);
            return;
        }
        switch (type) {
            case Frames.HEADERS -> requests.headers(frames);
            case Frames.CONTINUATION -> requests.continuation(frames);
            case Frames.PRIORITY -> requests.priority(frames);
            case Frames.RST_STREAM -> onReset();
            case Frames.SETTINGS -> onSettings();
            case Frames.PING -> onPing();
            case Frames.GOAWAY -> onGoAway();
            case Frames.WINDOW_UPDATE -> onWindowUpdate();
            case Frames.PUSH_PROMISE -> fail(ErrorCode.PROTOCOL_ERROR);
            default -> count(Flood.IDLE_FRAMES);
        }
    }

    private void onReset() {
        int id = frames.stream();
        if (frames.length() != 4) {
            fail(ErrorCode.FRAME_SIZE_ERROR);
        } else if (id == 0 || id > requests.last()) {
            fail(ErrorCode.PROTOCOL_ERROR);
        } else {
            var stream = streams.find(id);
            if (stream != null) {
                forget(stream);
                tellReset(stream);
            }
            count(stream != null ? Flood.RAPID_RESET : Flood.IDLE_FRAMES);
        }
    }

    private void onSettings() {
        if (frames.stream() != 0) {
            fail(ErrorCode.PROTOCOL_ERROR);
            return;
        }
        boolean isAck = frames.has(Frames.ACK);
        if (isAck ? frames.length() != 0 : frames.length() % 6 != 0) {
            fail(ErrorCode.FRAME_SIZE_ERROR);
            return;
        }
        if (isAck) {
            return;
        }
        state = State.OPEN;
        var payload = frames.payload();
        for (int at = 0; at < frames.length() && state != State.FAILED; at += 6) {
            int name = (payload[at] & 0xff) << 8 | payload[at + 1] & 0xff;
            var fault = setting(name, Frames.int32(payload, at + 2) & 0xffff_ffffL);
            if (fault != null) {
                fail(fault);
            }
        }
        count(Flood.SETTINGS);
        if (state != State.FAILED) {
            Frames.settingsAck(sender.out().room(Frames.HEADER));
        }
    }

    /** Takes a setting of the peer's; returns what is wrong with it, or null. How large header lists may be is advice, and not taken. */
    private @Nullable ErrorCode setting(int name, long value) {
        switch (name) {
            case Frames.HEADER_TABLE_SIZE -> sender.encoder().peerTable(value);
            case Frames.ENABLE_PUSH -> {
                return value > 1 ? ErrorCode.PROTOCOL_ERROR : null;
            }
            case Frames.INITIAL_WINDOW_SIZE -> {
                return initialWindow(value);
            }
            case Frames.MAX_FRAME_SIZE -> {
                return value < Frames.MOST_PAYLOAD || value > 0xff_ffff ? ErrorCode.PROTOCOL_ERROR : null;
            }
            default -> {}
        }
        return null;
    }

    private @Nullable ErrorCode initialWindow(long value) {
        if (value > FrameSender.LARGEST_WINDOW) {
            return ErrorCode.FLOW_CONTROL_ERROR;
        }
        long change = value - sender.initialWindow();
        sender.initialWindow((int) value);
        for (var stream : streams.all()) {
            if (!sender.widen(stream, change)) {
                return ErrorCode.FLOW_CONTROL_ERROR;
            }
        }
        return null;
    }

    private void onPing() {
        if (frames.length() != 8) {
            fail(ErrorCode.FRAME_SIZE_ERROR);
        } else if (frames.stream() != 0) {
            fail(ErrorCode.PROTOCOL_ERROR);
        } else {
            long data = Frames.int64(frames.payload(), 0);
            if (!frames.has(Frames.ACK)) {
                count(Flood.PING);
                if (state != State.FAILED) {
                    Frames.ping(sender.out().room(64), Frames.ACK, data);
                }
            } else if (data == FINISH_PING && isFinishing && !wasPinged) {
                wasPinged = true;
                finishNow();
            }
        }
    }

    private void onGoAway() {
        if (frames.stream() != 0) {
            fail(ErrorCode.PROTOCOL_ERROR);
        } else if (frames.length() < 8) {
            fail(ErrorCode.FRAME_SIZE_ERROR);
        } else {
            // It begins no further request; nothing is to be said to that.
            isFinishing = true;
            isFinal = true;
        }
    }

    private void onWindowUpdate() {
        if (frames.length() != 4) {
            fail(ErrorCode.FRAME_SIZE_ERROR);
            return;
        }
        int id = frames.stream();
        int octets = Frames.int32(frames.payload(), 0) & 0x7fff_ffff;
        count(Flood.IDLE_FRAMES);
        if (state == State.FAILED) {
            return;
        }
        if (id == 0) {
            if (octets == 0) {
                fail(ErrorCode.PROTOCOL_ERROR);
            } else if (!sender.widen(octets)) {
                fail(ErrorCode.FLOW_CONTROL_ERROR);
            }
            return;
        }
        if (id > requests.last()) {
            fail(ErrorCode.PROTOCOL_ERROR);
            return;
        }
        var stream = streams.find(id);
        if (octets == 0) {
            streamFault(id, ErrorCode.PROTOCOL_ERROR);
        } else if (stream != null && !sender.widen(stream, octets)) {
            streamFault(id, ErrorCode.FLOW_CONTROL_ERROR);
        }
    }
}
