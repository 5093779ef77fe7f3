package io.steelyard.core.stream;

import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketOption;

/**
 * A connection's first bytes, looked at without being taken: they stay in the kernel, so that a client that is slow to send them holds no
 * memory of ours, and whatever is not taken reaches the server by the ordinary way. Owned by the connection's loop.
 *
 * <p>While more is wanted than has come, the socket's low-water mark (SO_RCVLOWAT) keeps it from being readable for what was seen already.
 */
final class FirstBytes {
    /** The client has ended, or its connection is broken. */
    static final int ENDED = -1;

    private static final int HUNG_UP = Linux.POLLERR | Linux.POLLHUP | 0x2000; // POLLRDHUP

    private final StreamWorker worker;
    private final int fd;
    private int seen;
    private int lowWaterMark = 1;

    FirstBytes(StreamWorker worker, int fd) {
        this.worker = worker;
        this.fd = fd;
    }

    /**
     * Copies what is there into the worker's {@link StreamWorker#peekBuffer}.
     *
     * @param most at most the buffer's size
     * @return how many bytes; 0 where none has come yet; or {@link #ENDED} where what was asked for before will not come any more
     */
    int look(int most) {
        int count = (int) Linux.recv(fd, worker.peekBuffer(), 0, most, Linux.MSG_PEEK);
        if (count == 0 || (count <= seen && (Linux.poll(fd, 0x2000, 0) & HUNG_UP) != 0)) {
            return ENDED;
        }
        seen = Math.max(seen, count);
        return Math.max(count, 0);
    }

    /** Lets the socket be readable only when more has come than was seen. */
    void awaitMore() {
        mark(seen + 1);
    }

    /** Takes the first bytes away. */
    void take(int count) {
        release();
        Linux.recv(fd, worker.peekBuffer(), 0, count);
        seen = 0;
    }

    /** Lets the socket be readable as any other. */
    void release() {
        mark(1);
    }

    private void mark(int bytes) {
        if (bytes != lowWaterMark) {
            lowWaterMark = bytes;
            Linux.set(fd, SocketOption.SO_RCVLOWAT, bytes);
        }
    }
}
