package io.steelyard.http.h2;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.Violation;

/**
 * The header blocks of a session: requests, which open streams, and the fields behind their bodies (RFC 9113 sections 5.1.1, 6.2 and 8.1).
 * Owned by one loop.
 */
final class RequestStreams {
    private final Http2Session session;
    private final SessionUser user;
    private final SessionLimits limits;
    private final StreamTable streams;
    private final FrameSender sender;
    private final HpackDecoder decoder = new HpackDecoder(Http2Session.TABLE_BYTES);
    private final HeaderBlocks blocks;
    private final RequestAssembler requests;
    private final FieldAssembler trailers;
    private int last;

    RequestStreams(
            Http2Session session, SessionUser user, SessionLimits limits, StreamTable streams, FrameSender sender) {
        this.session = session;
        this.user = user;
        this.limits = limits;
        this.streams = streams;
        this.sender = sender;
        blocks = new HeaderBlocks(limits.heads().head() + limits.heads().requestLine());
        requests = new RequestAssembler(limits.heads(), limits.leniency());
        trailers = new FieldAssembler(limits.heads(), limits.leniency());
    }

    /** The number of the stream opened last. */
    int last() {
        return last;
    }

    /** Whether a header block waits for CONTINUATION. */
    boolean isInBlock() {
        return blocks.isOpen();
    }

    int blockStream() {
        return blocks.stream();
    }

    void headers(FrameReader frame) {
        int id = frame.stream();
        int start = frame.has(Frames.PADDED) ? 1 : 0;
        int fixed = start + (frame.has(Frames.HAS_PRIORITY) ? 5 : 0);
        if (frame.length() < fixed) {
            session.fail(ErrorCode.FRAME_SIZE_ERROR);
            return;
        }
        var payload = frame.payload();
        int end = frame.length() - (start == 1 ? payload[0] & 0xff : 0);
        if ((id & 1) == 0 || end < fixed) {
            session.fail(ErrorCode.PROTOCOL_ERROR);
            return;
        }
        boolean dependsOnItself = fixed > start && (Frames.int32(payload, start) & 0x7fff_ffff) == id;
        boolean isEnd = frame.has(Frames.END_STREAM);
        if (frame.has(Frames.END_HEADERS)) {
            complete(id, payload, fixed, end, isEnd, dependsOnItself);
        } else {
            blocks.begin(id, isEnd);
            collect(payload, fixed, end);
        }
    }

    void continuation(FrameReader frame) {
        if (!blocks.isOpen()) {
            session.fail(ErrorCode.PROTOCOL_ERROR);
            return;
        }
        collect(frame.payload(), 0, frame.length());
        if (frame.has(Frames.END_HEADERS) && !session.hasFailed()) {
            int id = blocks.stream();
            var bytes = blocks.bytes();
            int length = blocks.length();
            blocks.close();
            complete(id, bytes, 0, length, blocks.isEnd(), false);
        }
    }

    private void collect(byte[] payload, int start, int end) {
        if (!blocks.add(payload, start, end)) {
            blocks.close();
            session.count(Flood.CONTINUATION);
        }
    }

    /** Priorities are not heeded; that a stream cannot depend on itself is checked all the same (RFC 7540 section 5.3.1). */
    void priority(FrameReader frame) {
        int id = frame.stream();
        if (id == 0) {
            session.fail(ErrorCode.PROTOCOL_ERROR);
            return;
        }
        boolean isShort = frame.length() != 5;
        if (isShort || (Frames.int32(frame.payload(), 0) & 0x7fff_ffff) == id) {
            var code = isShort ? ErrorCode.FRAME_SIZE_ERROR : ErrorCode.PROTOCOL_ERROR;
            if (id > last) {
                session.fail(code);
            } else {
                session.streamFault(id, code);
            }
        } else {
            session.count(Flood.IDLE_FRAMES);
        }
    }

    private void complete(int id, byte[] block, int start, int end, boolean isEnd, boolean dependsOnItself) {
        var stream = streams.find(id);
        if (stream != null) {
            trailers(stream, block, start, end, isEnd);
        } else if (id <= last) {
            skip(block, start, end);
            if (!streams.wasReset(id)) {
                session.fail(ErrorCode.STREAM_CLOSED);
            }
        } else if (session.isFinal()) {
            // It was told that this would not be looked at.
            skip(block, start, end);
        } else {
            last = id;
            if (dependsOnItself) {
                skip(block, start, end);
                session.streamFault(id, ErrorCode.PROTOCOL_ERROR);
            } else if (streams.count() >= limits.mostStreams()) {
                skip(block, start, end);
                session.streamFault(id, ErrorCode.REFUSED_STREAM);
            } else {
                request(id, block, start, end, isEnd);
            }
        }
    }

    private void request(int id, byte[] block, int start, int end, boolean isEnd) {
        var stream = new Http2Stream(id);
        stream.sendWindow = sender.initialWindow();
        stream.receiveWindow = Http2Session.STREAM_WINDOW;
        stream.isRemoteEnded = isEnd;
        stream.received = end - start;
        streams.add(stream);
        var opened = user.open(stream);
        stream.user = opened;
        var head = opened.head();
        requests.begin(head);
        var result =
                decoder.decode(block, start, end, head.fields(), limits.heads().head(), requests);
        if (hasFailed(result)) {
            return;
        }
        requests.finish(result);
        var violation = requests.violation();
        if (requests.malformation() == null && violation == Violation.NONE) {
            violation = stream.framing().decideFramed(head, isEnd);
            stream.missing = stream.framing().length();
        }
        if (requests.malformation() != null || isEnd && violation == Violation.NONE && stream.missing > 0) {
            session.streamFault(id, ErrorCode.PROTOCOL_ERROR);
        } else {
            opened.onRequest(violation);
        }
    }

    private void trailers(Http2Stream stream, byte[] block, int start, int end, boolean isEnd) {
        var told = stream.user;
        if (stream.isRemoteEnded || !isEnd || told == null) {
            skip(block, start, end);
            if (!session.hasFailed()) {
                session.streamFault(
                        stream.id(), stream.isRemoteEnded ? ErrorCode.STREAM_CLOSED : ErrorCode.PROTOCOL_ERROR);
            }
            return;
        }
        var fields = told.trailerMemory();
        fields.clear();
        trailers.begin(fields);
        var result = decoder.decode(block, start, end, fields, limits.heads().trailers(), trailers);
        if (hasFailed(result)) {
            return;
        }
        boolean isRefused = trailers.malformation() != null
                || trailers.violation() != Violation.NONE
                || result == HpackDecoder.Result.TOO_LARGE
                || stream.missing > 0;
        if (isRefused) {
            session.streamFault(stream.id(), ErrorCode.PROTOCOL_ERROR);
        } else {
            session.remoteEnded(stream);
        }
    }

    /** Reads a block that nobody wants, since it may change what later ones mean. */
    private void skip(byte[] block, int start, int end) {
        hasFailed(decoder.decode(
                block, start, end, new FieldBlock(), limits.heads().head(), NOBODY));
    }

    private static final HpackDecoder.Sink NOBODY = (nameStart, nameEnd, valueStart, valueEnd, nameId) -> {};

    private boolean hasFailed(HpackDecoder.Result result) {
        switch (result) {
            case MALFORMED -> session.fail(ErrorCode.COMPRESSION_ERROR);
            case BOMB -> session.count(Flood.HEADER_BOMB);
            default -> {}
        }
        return session.hasFailed();
    }
}
