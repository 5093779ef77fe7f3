package io.steelyard.core.tcp;

import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import java.lang.foreign.MemorySegment;

/**
 * How the bytes of one connection get to its socket and from it: as they are, or in records of TLS. Owned by the socket's loop. It does not own
 * the descriptor: whoever registered that closes it, after {@link #close}.
 *
 * <p>Results are those of the system calls: a count, or a negative errno; -EAGAIN where the socket must become ready first. A transport asks
 * for readiness by {@link #isPending}: while it is true, the socket is to be watched for room, whatever its user has to write.
 */
public interface Transport {
    /** Bytes go as they are. One system call a read or write. */
    static Transport plain(int fd) {
        return new Plain(fd);
    }

    /** The socket. */
    int fd();

    /**
     * Goes on with what must be agreed before bytes can flow.
     *
     * @return 0 once it is done, and from then on; -EAGAIN while the peer must send or take more; another negative errno where it failed
     */
    int handshake();

    /**
     * Reads as recv(2): once, what is there now.
     *
     * @return a count; 0 where the peer ended its side in order; -EAGAIN where nothing is there; another negative errno where the connection is
     *     broken or was cut off
     */
    long read(MemorySegment into, long offset, long length);

    /** Whether something can be read although the socket may not be readable. */
    boolean hasInput();

    /**
     * Writes as send(2).
     *
     * @return how many bytes were taken; -EAGAIN where there is no room; another negative errno where the connection is broken
     */
    long write(MemorySegment from, long offset, long length);

    /** Whether bytes that were taken have not reached the socket. */
    boolean isPending();

    /** How many bytes that were taken have not reached the socket. */
    int pendingBytes();

    /** Sends what is pending. @return 0 also where some is left; a negative errno where the connection is broken */
    int flush();

    /** Whether the peer has sent nothing and not ended, for a connection on which nothing is expected. Takes nothing that a user would read. */
    boolean isQuiet(MemorySegment scratch);

    /** Tells the peer that nothing more follows what was written; it may still send, where {@link #keepsHalfOpen}. */
    void end();

    /** Whether one direction may end and the other go on. */
    boolean keepsHalfOpen();

    /** Has {@link #close} and the closing of the descriptor end both directions at once, so that the peer takes nothing for the whole. */
    void cut();

    /** Has {@link #close} and the closing of the descriptor tell the peer nothing ({@link Linux#vanishOnClose}). */
    void vanish();

    /** Tells the peer where that can be done at once, and gives back what it was lent. The descriptor stays open. */
    void close();

    /** The socket's own bytes. */
    record Plain(int fd) implements Transport {
        @Override
        public int handshake() {
            return 0;
        }

        @Override
        public long read(MemorySegment into, long offset, long length) {
            return Linux.recv(fd, into, offset, length);
        }

        @Override
        public boolean hasInput() {
            return false;
        }

        @Override
        public long write(MemorySegment from, long offset, long length) {
            return Linux.send(fd, from, offset, length);
        }

        @Override
        public boolean isPending() {
            return false;
        }

        @Override
        public int pendingBytes() {
            return 0;
        }

        @Override
        public int flush() {
            return 0;
        }

        @Override
        public boolean isQuiet(MemorySegment scratch) {
            return Linux.recv(fd, scratch, 0, 1, Linux.MSG_PEEK | Linux.MSG_DONTWAIT) == -Errno.EAGAIN;
        }

        @Override
        public void end() {
            Linux.shutdownWrite(fd);
        }

        @Override
        public boolean keepsHalfOpen() {
            return true;
        }

        @Override
        public void cut() {
            Linux.resetOnClose(fd);
        }

        @Override
        public void vanish() {
            Linux.vanishOnClose(fd);
        }

        @Override
        public void close() {}
    }
}
