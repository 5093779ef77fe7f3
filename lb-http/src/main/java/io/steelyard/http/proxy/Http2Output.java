package io.steelyard.http.proxy;

import io.steelyard.http.h2.FrameOutput;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Puts one client's frames together in the loop's stage for them, and writes them at the next {@link #flush}: at the latest when the event at
 * hand has been dealt with, or another client needs the stage. Owned by the connection's loop.
 */
final class Http2Output implements FrameOutput {
    private final Output output;
    private final Http2Stage stage;
    private int error;

    Http2Output(Output output, Http2Stage stage) {
        this.output = output;
        this.stage = stage;
    }

    @Override
    public ByteBuffer room(int octets) {
        var bytes = stage.lendTo(this);
        if (bytes.remaining() < octets) {
            flush();
            bytes = stage.lendTo(this);
        }
        return bytes;
    }

    @Override
    public void put(MemorySegment from, long offset, int length) {
        var bytes = room(length);
        MemorySegment.copy(from, offset, stage.memory(), bytes.position(), length);
        bytes.position(bytes.position() + length);
    }

    @Override
    public int waitingBytes() {
        return output.pendingBytes();
    }

    /** Writes what was put together. @return 0, or a negative errno where the socket is broken, now or before */
    int flush() {
        int length = stage.takeBack(this);
        if (length > 0 && error == 0) {
            error = output.write(stage.memory(), 0, length);
        }
        return error;
    }

    /** Forgets what was put together: there is nobody to send it to. */
    void close() {
        stage.takeBack(this);
    }
}
