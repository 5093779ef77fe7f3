package io.steelyard.core.tcp;

import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketOption;
import java.lang.foreign.MemorySegment;

/**
 * A connection's first bytes, looked at without being taken: they stay in the kernel, so that a client that is slow to send them holds no
 * memory of ours, and whatever is not taken reaches the server by the ordinary way. Owned by the connection's loop.
 *
 * <p>While more is wanted than has come, the socket's low-water mark (SO_RCVLOWAT) keeps it from being readable for what was seen already.
 */
public final class FirstBytes {
    /** The client has ended, or its connection is broken. */
    public static final int ENDED = -1;

    private static final int HUNG_UP = Linux.POLLERR | Linux.POLLHUP | 0x2000; // POLLRDHUP

    private final MemorySegment peekBuffer;
    private final int fd;
    private int seen;
    private int lowWaterMark = 1;

    /** @param peekBuffer where they are looked at; its content is nobody's after the event that read it */
    public FirstBytes(MemorySegment peekBuffer, int fd) {
        this.peekBuffer = peekBuffer;
        this.fd = fd;
    }

    /**
     * Copies what is there into the worker's {@code peekBuffer}.
     *
     * @param most at most the buffer's size
     * @return how many bytes; 0 where none has come yet; or {@link #ENDED} where what was asked for before will not come any more
     */
    public int look(int most) {
        int count = (int) Linux.recv(fd, peekBuffer, 0, most, Linux.MSG_PEEK);
        if (count == 0 || (count <= seen && (Linux.poll(fd, 0x2000, 0) & HUNG_UP) != 0)) {
            return ENDED;
        }
        seen = Math.max(seen, count);
        return Math.max(count, 0);
    }

    /** Lets the socket be readable only when more has come than was seen. */
    public void awaitMore() {
        mark(seen + 1);
    }

    /** Takes the first bytes away. */
    public void take(int count) {
        release();
        Linux.recv(fd, peekBuffer, 0, count);
        seen = 0;
    }

    /** Lets the socket be readable as any other. */
    public void release() {
        mark(1);
    }

    private void mark(int bytes) {
        if (bytes != lowWaterMark) {
            lowWaterMark = bytes;
            Linux.set(fd, SocketOption.SO_RCVLOWAT, bytes);
        }
    }
}
