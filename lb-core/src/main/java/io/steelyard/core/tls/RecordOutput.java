package io.steelyard.core.tls;

import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * The way of TLS records to a socket: they are made in the loop's {@link TlsScratch#out}, sent at once, and what the socket does not take is kept.
 * Owned by the socket's loop.
 */
final class RecordOutput {
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);

    /** How often the library is asked what it has to say yet: an alert, tickets. */
    static final int MOST_WORDS = 4;

    private final int fd;
    private final TlsScratch scratch;
    private final Kept out;
    private boolean shutsDown;

    RecordOutput(int fd, TlsScratch scratch) {
        this.fd = fd;
        this.scratch = scratch;
        out = new Kept(scratch.buffers());
    }

    /** Whether some waits for room. */
    boolean isPending() {
        return !out.isEmpty();
    }

    int pendingBytes() {
        return out.size();
    }

    /** Has the library say what it has to; {@link #send} must follow. Where it fails, its last words are sent. */
    SSLEngineResult wrap(SSLEngine with) throws SSLException {
        var target = scratch.out().clear();
        try {
            return with.wrap(NOTHING, target);
        } catch (SSLException failed) {
            send();
            throw failed;
        }
    }

    /** Tells the peer why it failed, where the library has words for it. */
    void sendAlert(SSLEngine with) {
        try {
            for (int i = 0; i < MOST_WORDS && with.getHandshakeStatus() == HandshakeStatus.NEED_WRAP; i++) {
                var result = wrap(with);
                if (result.bytesProduced() == 0 || send() < 0) {
                    return;
                }
            }
        } catch (SSLException said) {
            // It says again why it failed, after its alert.
        }
    }

    /**
     * Sends what stands in the loop's memory behind what is pending; keeps what the socket does not take.
     *
     * @return 0, or a negative errno where the connection is broken
     */
    int send() {
        int length = scratch.out().position();
        if (!out.isEmpty()) {
            append(length);
            return 0;
        }
        int at = 0;
        while (at < length) {
            int sent = (int) Linux.send(fd, scratch.encryptedOut(), at, length - at);
            if (sent < 0) {
                if (sent == -Errno.EINTR) {
                    continue;
                }
                if (sent != -Errno.EAGAIN) {
                    return sent;
                }
                out.keep(scratch.encryptedOut(), at, length - at);
                return 0;
            }
            at += sent;
        }
        return 0;
    }

    /** Puts the loop's memory behind what is kept. */
    private void append(int length) {
        var joined = scratch.buffers().take(out.size() + Math.max(length, 1));
        int before = out.take(joined, 0, out.size());
        MemorySegment.copy(scratch.encryptedOut(), 0, joined, before, length);
        out.keep(joined, 0, before + length);
        scratch.buffers().giveBack(joined);
    }

    /** Sends a few bytes to a connection on which nothing was sent yet. */
    void sendBytes(byte[] bytes) {
        MemorySegment.copy(bytes, 0, scratch.encryptedOut(), ValueLayout.JAVA_BYTE, 0, bytes.length);
        Linux.send(fd, scratch.encryptedOut(), 0, bytes.length);
    }

    /** Sends what is pending. @return 0 also where some is left; a negative errno where the connection is broken */
    int flush() {
        while (!out.isEmpty()) {
            int sent = (int) Linux.send(fd, out.memory(), out.start(), out.size());
            if (sent < 0) {
                if (sent == -Errno.EINTR) {
                    continue;
                }
                return sent == -Errno.EAGAIN ? 0 : sent;
            }
            out.taken(sent);
        }
        if (shutsDown) {
            shutsDown = false;
            Linux.shutdownWrite(fd);
        }
        return 0;
    }

    /** The socket is shut down for writing once all is sent. */
    void end() {
        shutsDown = true;
    }

    /** Forgets what is pending. */
    void drop() {
        out.drop();
    }
}
