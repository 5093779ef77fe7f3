package io.steelyard.http.proxy;

import io.steelyard.core.tcp.PendingBuffers;
import io.steelyard.core.tcp.Transport;
import io.steelyard.linux.Errno;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** What is written to a connection: sent at once where it can be, else kept until there is room. Owned by the connection's loop. */
final class Output {
    private static final int LEAST_BUFFER_BYTES = 4 << 10;

    private final PendingBuffers buffers;
    private final Transport transport;
    private @Nullable MemorySegment pending;
    private int start;
    private int end;

    /** Whether what waits was never tried to be sent. */
    private boolean isHeld;

    private long sentBytes;

    Output(PendingBuffers buffers, Transport transport) {
        this.buffers = buffers;
        this.transport = transport;
    }

    /** Bytes waiting for room. */
    int pendingBytes() {
        return end - start + transport.pendingBytes();
    }

    /** Whether the socket had no room for what waits. */
    boolean lacksRoom() {
        return !isHeld && !isEmpty();
    }

    boolean isEmpty() {
        return end == start && !transport.isPending();
    }

    /** Bytes the transport has taken. */
    long sentBytes() {
        return sentBytes;
    }

    /**
     * Takes bytes; what the transport does not take is copied.
     *
     * @return 0, or a negative errno where the socket is broken
     */
    int write(MemorySegment from, long offset, long length) {
        long at = offset;
        long left = length;
        if (end == start) {
            while (left > 0) {
                long sent = transport.write(from, at, left);
                if (sent < 0) {
                    if (sent == -Errno.EINTR) {
                        continue;
                    }
                    if (sent != -Errno.EAGAIN) {
                        return (int) sent;
                    }
                    break;
                }
                sentBytes += sent;
                at += sent;
                left -= sent;
            }
        }
        if (left > 0) {
            keep(from, at, left);
        }
        return 0;
    }

    /** Takes bytes without trying to send them: more is about to follow, and {@link #flush} sends all of it. */
    void hold(MemorySegment from, long offset, long length) {
        isHeld |= isEmpty();
        keep(from, offset, length);
    }

    /**
     * Sends what waits.
     *
     * @return 0, or a negative errno where the socket is broken
     */
    int flush() {
        isHeld = false;
        while (pending != null && start < end) {
            long sent = transport.write(pending, start, end - start);
            if (sent < 0) {
                if (sent == -Errno.EINTR) {
                    continue;
                }
                return sent == -Errno.EAGAIN ? transport.flush() : (int) sent;
            }
            sentBytes += sent;
            start += (int) sent;
        }
        close();
        return transport.flush();
    }

    /** Gives the buffer back; what waited is lost. */
    void close() {
        if (pending != null) {
            buffers.giveBack(pending);
            pending = null;
        }
        start = 0;
        end = 0;
    }

    private void keep(MemorySegment from, long offset, long length) {
        int needed = Math.toIntExact(end - start + length);
        var target = pending;
        if (target == null || target.byteSize() < needed) {
            var larger = buffers.take(Math.max(needed, LEAST_BUFFER_BYTES));
            if (target != null) {
                MemorySegment.copy(target, start, larger, 0, end - start);
                buffers.giveBack(target);
            }
            end -= start;
            start = 0;
            target = larger;
        } else if (target.byteSize() - end < length) {
            MemorySegment.copy(target, start, target, 0, end - start);
            end -= start;
            start = 0;
        }
        MemorySegment.copy(from, offset, target, end, length);
        end += (int) length;
        pending = target;
    }
}
