package io.steelyard.http.proxy;

import io.steelyard.http.h2.FrameOutput;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Puts one client's frames together in the loop's stage for them, and writes them at the next {@link #flush}, or when there are many. Owned by the
 * connection's loop.
 */
final class Http2Output implements FrameOutput {
    /** More than that is written when another client needs the stage; less is kept for the next flush. */
    private static final int MOST_HELD_BYTES = 16 << 10;

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
            write();
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

    /** Another client needs the stage. */
    void makeWay() {
        int length = stage.takeBack(this);
        if (length > MOST_HELD_BYTES) {
            write(length);
        } else if (error == 0) {
            output.hold(stage.memory(), 0, length);
        }
    }

    /** Whether frames were put together since the last flush. */
    boolean isStaged() {
        return stage.isLentTo(this);
    }

    /** Writes what was put together. @return 0, or a negative errno where the socket is broken, now or before */
    int flush() {
        write();
        if (error == 0 && !output.isEmpty()) {
            error = output.flush();
        }
        return error;
    }

    private void write() {
        write(stage.takeBack(this));
    }

    private void write(int length) {
        if (length > 0 && error == 0) {
            error = output.write(stage.memory(), 0, length);
        }
    }

    /** Forgets what was put together: there is nobody to send it to. */
    void close() {
        stage.takeBack(this);
    }
}
