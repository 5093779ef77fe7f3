package io.steelyard.http.proxy;

import io.steelyard.http.h1.BodyFraming;
import io.steelyard.http.h1.ChunkEncoder;
import io.steelyard.http.message.FieldBlock;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes answers to one client in HTTP/1. What is small is put together in the loop's stage and sent at once by {@link #flush}, which must be
 * called before anybody else uses the stage: at the latest when the event at hand has been dealt with. Owned by the connection's loop.
 */
final class AnswerWriter {
    private static final int MOST_COPIED_BYTES = 16 << 10;
    private static final byte[] KEEP = ascii("Connection: keep-alive\r\n");
    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] UPGRADE = ascii("Connection: upgrade\r\n");
    private static final byte[] LOWER_KEEP = ascii("connection: keep-alive\r\n");
    private static final byte[] LOWER_CLOSE = ascii("connection: close\r\n");
    private static final byte[] LOWER_UPGRADE = ascii("connection: upgrade\r\n");
    private static final int LAST_BYTES = 5;
    private static final byte[] LINE_END = ascii("\r\n");

    private final HttpWorker worker;
    private final Output output;
    private boolean isStaged;
    private boolean hasBegun;
    private boolean hasBody;
    private boolean isChunked;
    private boolean hasLength;
    private boolean isHaproxy;
    private long headBytes;
    private long bodyBytes;
    private int error;

    AnswerWriter(HttpWorker worker, Output output) {
        this.worker = worker;
        this.output = output;
    }

    /** Whether anything of the answer was written. */
    boolean hasBegun() {
        return hasBegun;
    }

    /** Bytes of the answer's head. */
    long headBytes() {
        return headBytes;
    }

    /** Bytes of the answer's body with its chunks' framing, and of the fields behind it. */
    long bodyBytes() {
        return bodyBytes;
    }

    /** Whether a client that has not got all of the answer can tell. */
    boolean tellsItsEnd() {
        return isChunked || hasLength;
    }

    /** What an answer says of its connection. */
    enum Ending {
        KEPT,
        CLOSED,
        /** Nothing: it is kept, as HTTP/1.1 has it where nothing is said. */
        UNSAID
    }

    /** Whether answers look like HAProxy's: names in lower case. */
    void looksLikeHaproxy(boolean value) {
        isHaproxy = value;
    }

    /** Another answer. */
    void reset() {
        hasBegun = false;
        headBytes = 0;
        bodyBytes = 0;
    }

    void begin(
            int status,
            String reason,
            FieldBlock fields,
            long length,
            boolean withBody,
            boolean chunked,
            Ending ending) {
        hasBegun = true;
        hasBody = withBody;
        isChunked = chunked;
        hasLength = length >= 0;
        headBytes = 0;
        bodyBytes = 0;
        var kind = chunked
                ? BodyFraming.Kind.CHUNKED
                : length >= 0 && status != 204 ? BodyFraming.Kind.LENGTH : BodyFraming.Kind.NONE;
        var out = head(status, reason, fields, kind, length);
        switch (ending) {
            case KEPT -> out.put(isHaproxy ? LOWER_KEEP : KEEP);
            case CLOSED -> out.put(isHaproxy ? LOWER_CLOSE : CLOSE);
            case UNSAID -> {}
        }
        out.put(LINE_END);
        headBytes = out.position();
    }

    void beginTunnel(String reason, FieldBlock fields) {
        hasBegun = true;
        hasBody = true;
        isChunked = false;
        hasLength = false;
        bodyBytes = 0;
        var out = head(101, reason, fields, BodyFraming.Kind.NONE, -1);
        out.put(isHaproxy ? LOWER_UPGRADE : UPGRADE).put(LINE_END);
        headBytes = out.position();
    }

    private ByteBuffer head(int status, String reason, FieldBlock fields, BodyFraming.Kind kind, long length) {
        var out = worker.stageBytes().clear();
        isStaged = true;
        var heads = isHaproxy ? worker.answerHeadsInLowerCase() : worker.answerHeads();
        heads.answer(status, reason, fields, kind, length);
        heads.drainTo(out);
        return out;
    }

    void body(MemorySegment from, long offset, long length) {
        if (!hasBody || length == 0) {
            return;
        }
        bodyBytes += length;
        var out = stage();
        if (isChunked) {
            ChunkEncoder.begin(out, length);
            bodyBytes += ChunkEncoder.beginBytes(length) + ChunkEncoder.END_BYTES;
        }
        if (isChunked || !from.isNative() || length <= MOST_COPIED_BYTES && length <= out.remaining()) {
            copy(out, from, offset, length);
            if (isChunked) {
                ChunkEncoder.end(out);
            }
        } else {
            flushStage();
            write(from, offset, length);
        }
    }

    /** The body is complete. @return 0, or a negative errno */
    int end() {
        if (isChunked && hasBody) {
            ChunkEncoder.last(stage());
            bodyBytes += LAST_BYTES;
        }
        return flush();
    }

    /** Whether fields may stand behind the body. */
    boolean takesTrailers() {
        return isChunked && hasBody;
    }

    /** Ends the body with fields behind it. */
    void trailers(FieldBlock fields) {
        int length = ChunkEncoder.lastBytes(fields);
        if (stage().remaining() < length) {
            flushStage();
        }
        ChunkEncoder.last(stage(), fields);
        bodyBytes += length;
        isChunked = false;
    }

    /** Sends what was put together. @return 0, or a negative errno where the socket is broken, now or before */
    int flush() {
        flushStage();
        int result = error;
        error = 0;
        return result;
    }

    private void copy(ByteBuffer out, MemorySegment from, long offset, long length) {
        long at = offset;
        long left = length;
        while (left > 0) {
            if (!out.hasRemaining()) {
                flushStage();
                stage();
            }
            int count = (int) Math.min(left, out.remaining());
            MemorySegment.copy(from, at, worker.stage(), out.position(), count);
            out.position(out.position() + count);
            at += count;
            left -= count;
        }
        if (out.remaining() < ChunkEncoder.END_BYTES) {
            flushStage();
            stage();
        }
    }

    private ByteBuffer stage() {
        var out = worker.stageBytes();
        if (!isStaged) {
            out.clear();
            isStaged = true;
        }
        if (out.remaining() < 64) {
            flushStage();
            out.clear();
            isStaged = true;
        }
        return out;
    }

    private void flushStage() {
        if (isStaged) {
            isStaged = false;
            write(worker.stage(), 0, worker.stageBytes().position());
        }
    }

    private void write(MemorySegment from, long offset, long length) {
        if (error == 0 && length > 0) {
            error = output.write(from, offset, length);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
