package io.steelyard.core.tls;

import io.netty.util.ReferenceCountUtil;
import io.steelyard.core.tcp.Transport;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.realip.greeting.ClientHello;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS over a socket. Owned by the socket's loop, on which its cryptography is done too: a private key is used once a handshake, for as long as
 * handing it to another thread and back takes.
 *
 * <pre>
 *   GREETING ──► HANDSHAKE ──► OPEN ──► ended in order by either side (close_notify)
 *    of a client     │           │
 *    that decides    └───────────┴────► BROKEN: refused, malformed, cut off without close_notify
 * </pre>
 *
 * <p>A connection at rest holds its engine and no buffer: what was received is decrypted in the loop's {@link TlsScratch}, and only a part of a
 * record, or what a slow peer does not take, is kept. A client's engine is made once its greeting is there.
 */
public final class TlsTransport implements Transport {
    /** Gives a client its certificate. */
    @FunctionalInterface
    public interface Choice {
        /** For the name a client asks for; empty where it asks for none. Null where the client is refused. */
        @Nullable
        TlsAcceptor acceptor(String serverName);
    }

    private final int fd;
    private final TlsScratch scratch;
    private final RecordInput input;
    private final RecordOutput output;
    private final Kept plain;
    private final TlsHandshake handshake;

    private String failure = "";
    private boolean isOpen;
    private boolean hasPeerEnded;

    /** Whether who reads knows that the peer has ended. */
    private boolean isEndTold;

    private boolean hasEnded;
    private boolean isCut;
    private int error;

    private TlsTransport(
            int fd, TlsScratch scratch, @Nullable Choice choice, @Nullable SSLEngine engine, String verifiedName) {
        this.fd = fd;
        this.scratch = scratch;
        input = new RecordInput(fd, scratch);
        output = new RecordOutput(fd, scratch);
        plain = new Kept(scratch.buffers());
        handshake = new TlsHandshake(scratch, input, output, plain, choice, engine, verifiedName);
    }

    /** With a client that has connected. */
    public static TlsTransport accepted(int fd, TlsScratch scratch, Choice choice) {
        return new TlsTransport(fd, scratch, choice, null, "");
    }

    /**
     * With a server that was connected to.
     *
     * @param server text that stands for it: sessions are taken up with the same one
     * @param serverName what it is told; empty for nothing
     * @param verifiedName whom its certificate must be for; empty for anybody
     */
    public static TlsTransport connected(
            int fd, TlsScratch scratch, TlsConnector connector, String server, String serverName, String verifiedName) {
        return new TlsTransport(fd, scratch, null, connector.open(server, serverName), verifiedName);
    }

    // ---- what was agreed

    /** What both sides agreed to speak (ALPN); empty where they did not, or not yet. */
    public String protocol() {
        var with = handshake.engine();
        return with == null || !isOpen ? "" : TlsLibrary.protocol(with);
    }

    /** The client's greeting; null before it came, and with servers. */
    public @Nullable ClientHello hello() {
        return handshake.hello();
    }

    /** What the client asked for by; empty where it named nothing. */
    public String serverName() {
        var hello = handshake.hello();
        return hello == null ? "" : hello.serverName();
    }

    /** What is said of the client's certificate. */
    public PeerVerdict verdict() {
        return handshake.verdict();
    }

    /** What the client was taken in by; null before it is. */
    public @Nullable TlsAcceptor acceptor() {
        return handshake.acceptor();
    }

    /** The peer's certificate and those it sent with it; none where it showed none. */
    public List<X509Certificate> peer() {
        return handshake.peer();
    }

    /** The engine, once there is one. */
    @Nullable
    SSLEngine engine() {
        return handshake.engine();
    }

    /** Whether the handshake is done. */
    boolean isOpen() {
        return isOpen;
    }

    /** Why it failed; empty where it did not, or the peer just left. */
    public String failure() {
        return failure.isEmpty() ? handshake.failure() : failure;
    }

    /** Whether a client began with something else than TLS. What it sent can be read then, as it is, and it can be answered. */
    public boolean isPlainText() {
        return handshake.isPlainText();
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public int handshake() {
        if (isOpen) {
            return 0;
        }
        if (error != 0) {
            return error;
        }
        int sent = flush();
        if (sent < 0 || isPending()) {
            return sent < 0 ? sent : -Errno.EAGAIN;
        }
        int result = handshake.advance();
        isOpen = result == 0;
        return isOpen || result == -Errno.EAGAIN ? result : broken(result);
    }

    // ---- reading

    @Override
    public long read(MemorySegment into, long offset, long length) {
        if (!plain.isEmpty()) {
            return plain.take(into, offset, length);
        }
        if (isPlainText()) {
            return input.read(into, offset, length);
        }
        if (!isOpen) {
            int result = handshake();
            if (result != 0) {
                return result;
            }
            if (!plain.isEmpty()) {
                return plain.take(into, offset, length);
            }
        }
        if (hasPeerEnded) {
            return reportEnd();
        }
        if (error != 0) {
            return error;
        }
        boolean isDirect = into.isNative() && length >= 3L * TlsScratch.RECORD_BYTES;
        boolean isScratch = isScratch(into) && offset == 0 && length == into.byteSize();
        var target = !isDirect || isScratch
                ? scratch.plainBytes().clear()
                : into.asSlice(offset, length).asByteBuffer();
        long result = decrypt(target);
        if (isDirect || result <= 0) {
            return result;
        }
        int taken = (int) Math.min(result, length);
        MemorySegment.copy(scratch.plain(), 0, into, offset, taken);
        plain.keep(scratch.plain(), taken, (int) result - taken);
        return taken;
    }

    /** Whether memory is the loop's own, of which there is a buffer already. */
    private boolean isScratch(MemorySegment memory) {
        return memory.isNative() && memory.address() == scratch.plain().address();
    }

    /** Decrypts what is kept, or else what is received now. @return as {@link #read} */
    private long decrypt(ByteBuffer target) {
        var with = handshake.engine();
        if (with == null) {
            return -Errno.EPROTO;
        }
        var in = input.load();
        try {
            unwrap(with, in, target);
            if (target.position() == 0 && !hasPeerEnded && error == 0) {
                int received = input.receive(in, target.capacity() - TlsLibrary.SPARE_BYTES);
                if (received == 0) {
                    failure = "the peer ended the connection without close_notify";
                    return broken(-Errno.ECONNRESET);
                }
                if (received < 0) {
                    return stopped(received);
                }
                unwrap(with, in, target);
            }
        } catch (SSLException malformed) {
            failure = String.valueOf(malformed.getMessage());
            output.sendAlert(with);
            broken(-Errno.EPROTO);
        } finally {
            if (error == 0 && !hasPeerEnded) {
                input.save(in);
            }
        }
        if (target.position() > 0) {
            return target.position();
        }
        return hasPeerEnded ? reportEnd() : error != 0 ? error : -Errno.EAGAIN;
    }

    private int reportEnd() {
        isEndTold = true;
        return 0;
    }

    /** Decrypts every whole record; what was received at once always has room. */
    private void unwrap(SSLEngine with, ByteBuffer in, ByteBuffer target) throws SSLException {
        while (in.hasRemaining()) {
            var result = with.unwrap(in, target);
            switch (result.getStatus()) {
                case CLOSED -> {
                    // The library says so too of data that comes after our own end.
                    if (!hasEnded || with.isInboundDone()) {
                        hasPeerEnded = true;
                        return;
                    }
                }
                case BUFFER_UNDERFLOW, BUFFER_OVERFLOW -> {
                    return;
                }
                case OK -> {}
            }
            afterwards(with, result.getHandshakeStatus());
            if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
                return;
            }
        }
    }

    /**
     * Does what a record asked for that was no data: another key, a ticket, an alert.
     *
     * @param status what reading the record has said; the library itself has forgotten it where it has refused the record
     */
    private void afterwards(SSLEngine with, HandshakeStatus status) throws SSLException {
        var next = status;
        for (int i = 0; i < RecordOutput.MOST_WORDS; i++) {
            switch (next) {
                case NEED_TASK -> {
                    TlsHandshake.runTasks(with);
                    next = with.getHandshakeStatus();
                }
                case NEED_WRAP -> {
                    boolean isRefused = isRenegotiation(with);
                    if (!isRefused && isPending()) {
                        return;
                    }
                    next = output.wrap(with).getHandshakeStatus();
                    int sent = output.send();
                    if (isRefused) {
                        throw new SSLException("the client wants to renegotiate");
                    }
                    if (sent < 0) {
                        broken(sent);
                        return;
                    }
                }
                default -> {
                    return;
                }
            }
        }
    }

    /** TLS 1.2 only: a handshake within a connection is refused, as nginx and HAProxy do. */
    private boolean isRenegotiation(SSLEngine with) {
        return handshake.acceptor() != null
                && !with.isOutboundDone()
                && !with.isInboundDone()
                && with.getSession().getProtocol().equals("TLSv1.2");
    }

    @Override
    public boolean hasInput() {
        return !plain.isEmpty()
                || isPlainText() && !input.isEmpty()
                || hasPeerEnded && !isEndTold
                || isOpen && !hasPeerEnded && error == 0 && input.isRecordKept();
    }

    private int stopped(int result) {
        return result == -Errno.EAGAIN || result == -Errno.EINTR ? -Errno.EAGAIN : broken(result);
    }

    private int broken(int why) {
        error = why;
        return why;
    }

    // ---- writing

    @Override
    public long write(MemorySegment from, long offset, long length) {
        if (isPlainText()) {
            return Linux.send(fd, from, offset, length);
        }
        if (error != 0 || hasEnded) {
            return error != 0 ? error : -Errno.EPIPE;
        }
        int sent = flush();
        if (sent < 0) {
            return sent;
        }
        var with = handshake.engine();
        if (!isOpen || isPending() || with == null) {
            return -Errno.EAGAIN;
        }
        boolean isScratch = isScratch(from);
        int start = isScratch ? (int) offset : 0;
        var source = isScratch
                ? scratch.plainBytes().limit((int) (offset + length)).position(start)
                : from.asSlice(offset, length).asByteBuffer();
        try {
            while (source.hasRemaining() && !isPending() && error == 0 && encrypt(with, source)) {
                // As much as the loop's memory has room for, each time.
            }
            return error != 0 ? error : source.position() - start;
        } catch (SSLException failed) {
            failure = String.valueOf(failed.getMessage());
            return broken(-Errno.EPROTO);
        }
    }

    /** Encrypts as much as the loop's memory has room for, and sends it. @return whether anything was taken */
    private boolean encrypt(SSLEngine with, ByteBuffer source) throws SSLException {
        var target = scratch.out().clear();
        int before = source.position();
        while (source.hasRemaining() && target.remaining() >= TlsScratch.RECORD_BYTES) {
            var result = with.wrap(source, target);
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                broken(-Errno.EPIPE);
                return false;
            }
            if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
                TlsHandshake.runTasks(with);
                break;
            }
        }
        int sent = output.send();
        if (sent < 0) {
            broken(sent);
        }
        return source.position() > before;
    }

    @Override
    public boolean isPending() {
        return output.isPending();
    }

    @Override
    public int pendingBytes() {
        return output.pendingBytes();
    }

    @Override
    public int flush() {
        int sent = output.flush();
        return sent < 0 ? broken(sent) : 0;
    }

    // ---- the end

    @Override
    public boolean isQuiet(MemorySegment into) {
        return plain.isEmpty() && read(into, 0, into.byteSize()) == -Errno.EAGAIN;
    }

    @Override
    public void end() {
        if (hasEnded) {
            return;
        }
        tellEnd();
        output.end();
        flush();
    }

    /** By the library: BoringSSL as Netty has it takes the end of one direction for that of both. */
    @Override
    public boolean keepsHalfOpen() {
        return false;
    }

    @Override
    public void cut() {
        isCut = true;
        Linux.resetOnClose(fd);
    }

    @Override
    public void vanish() {
        isCut = true;
        Linux.vanishOnClose(fd);
    }

    private void tellEnd() {
        hasEnded = true;
        var with = handshake.engine();
        if (!isOpen || error != 0 || isCut || with == null) {
            return;
        }
        try {
            with.closeOutbound();
            output.wrap(with);
            output.send();
        } catch (SSLException closed) {
            // There is nothing to say any more.
        }
    }

    @Override
    public void close() {
        if (!hasEnded && !output.isPending()) {
            tellEnd();
        }
        hasEnded = true;
        input.drop();
        plain.drop();
        output.drop();
        var taken = handshake.takeEngine();
        if (taken != null) {
            ReferenceCountUtil.release(taken);
        }
        if (error == 0) {
            error = -Errno.EPIPE;
        }
    }
}
