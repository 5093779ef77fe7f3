package io.steelyard.core.tls;

import io.steelyard.core.tcp.PendingBuffers;
import io.steelyard.core.tcp.TcpLoop;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Memory in which the TLS connections of one loop encrypt and decrypt, one at a time: its content is nobody's between two events. Owned by the
 * loop.
 */
public final class TlsScratch {
    /** The longest record: header, 2^14 bytes, 2048 more with TLS 1.2 (RFC 5246 section 6.2.3). */
    static final int RECORD_BYTES = 5 + (1 << 14) + 2_048;

    /** Received at once, and what was left of a record before it. */
    private static final int IN_BYTES = (64 << 10) + RECORD_BYTES;

    /** Four whole records to send. */
    private static final int OUT_BYTES = 4 * RECORD_BYTES;

    private final PendingBuffers buffers;
    private final MemorySegment encryptedIn;
    private final MemorySegment encryptedOut;
    private final MemorySegment plain;
    private final ByteBuffer in;
    private final ByteBuffer out;
    private final ByteBuffer plainBytes;

    public TlsScratch(TcpLoop loop) {
        buffers = loop.buffers();
        encryptedIn = loop.arena().allocate(IN_BYTES);
        encryptedOut = loop.arena().allocate(OUT_BYTES);
        plain = loop.arena().allocate(64 << 10);
        in = encryptedIn.asByteBuffer();
        out = encryptedOut.asByteBuffer();
        plainBytes = plain.asByteBuffer();
    }

    /** Where what must be kept is kept. */
    PendingBuffers buffers() {
        return buffers;
    }

    /** The memory of {@link #in}. */
    MemorySegment encryptedIn() {
        return encryptedIn;
    }

    /** What is received. */
    ByteBuffer in() {
        return in;
    }

    /** The memory of {@link #out}. */
    MemorySegment encryptedOut() {
        return encryptedOut;
    }

    /** What is to be sent. */
    ByteBuffer out() {
        return out;
    }

    /** The memory of {@link #plainBytes}: who reads to it, or writes from it, spares a copy. */
    public MemorySegment plain() {
        return plain;
    }

    /** What was decrypted for a reader with little room. */
    ByteBuffer plainBytes() {
        return plainBytes;
    }
}
