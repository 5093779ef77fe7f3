package io.steelyard.core.tls;

import io.steelyard.linux.Linux;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The way of TLS records from a socket: they are received in the loop's {@link TlsScratch#in}, and only a part of one that has come so far is kept
 * until the next event. Owned by the socket's loop.
 */
final class RecordInput {
    private static final int HEADER_BYTES = 5;

    private final int fd;
    private final TlsScratch scratch;
    private final Kept encrypted;

    RecordInput(int fd, TlsScratch scratch) {
        this.fd = fd;
        this.scratch = scratch;
        encrypted = new Kept(scratch.buffers());
    }

    /** What is kept, in the loop's memory; {@link #save} must follow where the connection goes on. */
    ByteBuffer load() {
        int count =
                encrypted.take(scratch.encryptedIn(), 0, scratch.encryptedIn().byteSize());
        return scratch.in().clear().limit(count);
    }

    /** Keeps what is left. */
    void save(ByteBuffer in) {
        encrypted.keep(scratch.encryptedIn(), in.position(), in.remaining());
    }

    /** Receives behind what is there. @return as recv(2) */
    int receive(ByteBuffer in, int most) {
        if (in.position() > 0) {
            in.compact().flip();
        }
        int end = in.limit();
        int count = (int) Linux.recv(fd, scratch.encryptedIn(), end, Math.min(most, in.capacity() - end));
        if (count > 0) {
            in.limit(end + count);
        }
        return count;
    }

    boolean isEmpty() {
        return encrypted.isEmpty();
    }

    /** Whether a whole record is kept. */
    boolean isRecordKept() {
        return encrypted.size() > HEADER_BYTES
                && encrypted.size() >= HEADER_BYTES + (encrypted.at(3) << 8 | encrypted.at(4));
    }

    /** Reads what came as it is. @return as recv(2) */
    long read(MemorySegment into, long offset, long length) {
        return encrypted.isEmpty() ? Linux.recv(fd, into, offset, length) : encrypted.take(into, offset, length);
    }

    void drop() {
        encrypted.drop();
    }
}
