package io.steelyard.http.proxy;

import io.steelyard.http.h1.BodyFraming;
import io.steelyard.http.h1.ChunkDecoder;
import io.steelyard.http.message.FieldBlock;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Finds the data of one message's body in what is received, however it is framed. Owned by one loop. */
final class BodyReader {
    private BodyFraming.Kind kind = BodyFraming.Kind.NONE;
    private long left;
    private boolean hasEnded = true;
    private boolean isRejected;
    private boolean isUntouched;
    private @Nullable ChunkDecoder chunks;
    private @Nullable FieldBlock trailers;

    void begin(BodyFraming framing) {
        kind = framing.kind();
        left = Math.max(framing.length(), 0);
        isRejected = false;
        isUntouched = true;
        hasEnded = !framing.hasBody();
        if (kind == BodyFraming.Kind.CHUNKED) {
            chunks = chunks == null ? new ChunkDecoder() : chunks;
            trailers = trailers == null ? new FieldBlock(256, 64 << 10) : trailers;
            trailers.clear();
            chunks.begin(trailers);
        }
    }

    /** There is no body. */
    void none() {
        kind = BodyFraming.Kind.NONE;
        hasEnded = true;
        isRejected = false;
    }

    /** Whether there is one, and nothing of it was found yet. */
    boolean isUntouched() {
        return !hasEnded && isUntouched;
    }

    /** Whether all of it was found. */
    boolean hasEnded() {
        return hasEnded;
    }

    /** Whether its framing is malformed, so that nothing that follows can be understood. */
    boolean isRejected() {
        return isRejected;
    }

    /** The fields behind a chunked body that was read to its end; null for any other. */
    @Nullable
    FieldBlock trailers() {
        return kind == BodyFraming.Kind.CHUNKED && hasEnded ? trailers : null;
    }

    /**
     * Looks for data; takes framing out of the buffer.
     *
     * @return how many bytes from the buffer's position are data, which the caller takes out; 0 where there are none, and then the buffer is
     *     empty, or the body has ended or is malformed
     */
    int next(ByteBuffer in) {
        isUntouched = false;
        return switch (kind) {
            case NONE -> 0;
            case UNTIL_CLOSE, TUNNEL -> in.remaining();
            case LENGTH -> {
                int count = (int) Math.min(left, in.remaining());
                left -= count;
                hasEnded = left == 0;
                yield count;
            }
            case CHUNKED -> nextChunk(in);
        };
    }

    private int nextChunk(ByteBuffer in) {
        var decoder = chunks;
        if (decoder == null || hasEnded) {
            return 0;
        }
        switch (decoder.next(in)) {
            case DATA -> {
                in.position(decoder.dataStart());
                return decoder.dataEnd() - decoder.dataStart();
            }
            case COMPLETE -> hasEnded = true;
            case REJECTED -> isRejected = true;
            case NEED_MORE -> {}
        }
        return 0;
    }
}
