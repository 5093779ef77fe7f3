package io.steelyard.core.tls;

import io.netty.util.ReferenceCountUtil;
import io.steelyard.core.tcp.Transport;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.realip.greeting.ClientHello;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
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
    private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(0);
    private static final int MOST_GREETING_BYTES = 64 << 10;
    private static final int ALERT_TRIES = 4;

    /** An alert that is sent before there is an engine: fatal, unrecognized_name (RFC 6066 section 3). */
    private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};

    /** The same: fatal, no_application_protocol (RFC 7301 section 3.2). */
    private static final byte[] NO_APPLICATION_PROTOCOL = {21, 3, 3, 0, 2, 2, 120};

    /** Gives a client its certificate. */
    @FunctionalInterface
    public interface Choice {
        /** For the name a client asks for; empty where it asks for none. Null where the client is refused. */
        @Nullable
        TlsAcceptor acceptor(String serverName);
    }

    private final int fd;
    private final TlsScratch scratch;
    private final @Nullable Choice choice;
    private final @Nullable TlsConnector connector;
    private final String verifiedName;
    private final Kept encrypted;
    private final Kept plain;
    private final Kept out;

    private @Nullable SSLEngine engine;
    private @Nullable TlsAcceptor acceptor;
    private @Nullable ClientHello hello;
    private PeerVerdict verdict = PeerVerdict.NONE;
    private List<X509Certificate> peer = List.of();
    private String failure = "";
    private boolean hasBegun;
    private boolean isPlainText;
    private boolean isOpen;
    private boolean hasPeerEnded;

    /** Whether who reads knows that the peer has ended. */
    private boolean isEndTold;

    private boolean hasEnded;
    private boolean shutsDown;
    private boolean isCut;
    private int error;

    private TlsTransport(
            int fd,
            TlsScratch scratch,
            @Nullable Choice choice,
            @Nullable TlsConnector connector,
            @Nullable SSLEngine engine,
            String verifiedName) {
        this.fd = fd;
        this.scratch = scratch;
        this.choice = choice;
        this.connector = connector;
        this.engine = engine;
        this.verifiedName = verifiedName;
        encrypted = new Kept(scratch.buffers());
        plain = new Kept(scratch.buffers());
        out = new Kept(scratch.buffers());
    }

    /** With a client that has connected. */
    public static TlsTransport accepted(int fd, TlsScratch scratch, Choice choice) {
        return new TlsTransport(fd, scratch, choice, null, null, "");
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
        return new TlsTransport(fd, scratch, null, connector, connector.open(server, serverName), verifiedName);
    }

    // ---- what was agreed

    /** What both sides agreed to speak (ALPN); empty where they did not, or not yet. */
    public String protocol() {
        return engine == null || !isOpen ? "" : TlsLibrary.protocol(engine);
    }

    /** The client's greeting; null before it came, and with servers. */
    public @Nullable ClientHello hello() {
        return hello;
    }

    /** What the client asked for by; empty where it named nothing. */
    public String serverName() {
        return hello == null ? "" : hello.serverName();
    }

    /** What is said of the client's certificate. */
    public PeerVerdict verdict() {
        return verdict;
    }

    /** What the client was taken in by; null before it is. */
    public @Nullable TlsAcceptor acceptor() {
        return acceptor;
    }

    /** The peer's certificate and those it sent with it; none where it showed none. */
    public List<X509Certificate> peer() {
        return peer;
    }

    /** The engine, once there is one. */
    @Nullable
    SSLEngine engine() {
        return engine;
    }

    /** Whether the handshake is done. */
    boolean isOpen() {
        return isOpen;
    }

    /** Why the handshake failed; empty where it did not, or the peer just left. */
    public String failure() {
        return failure;
    }

    /** Whether a client began with something else than TLS. What it sent can be read then, as it is, and it can be answered. */
    public boolean isPlainText() {
        return isPlainText;
    }

    // ---- the handshake

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
            return sent < 0 ? broken(sent) : -Errno.EAGAIN;
        }
        var in = load();
        try {
            if (engine == null) {
                int greeted = greet(in);
                if (greeted != 0) {
                    return greeted;
                }
            }
            return engine == null ? broken(-Errno.EPROTO) : shake(engine, in);
        } catch (SSLException refused) {
            failure = String.valueOf(refused.getMessage());
            sendAlert();
            return broken(-Errno.EPROTO);
        } finally {
            save(in);
        }
    }

    /** Waits for the whole greeting of a client, then finds the engine for it. */
    private int greet(ByteBuffer in) {
        int received = receive(in, MOST_GREETING_BYTES);
        boolean isMore = received > 0;
        var bytes = new byte[in.remaining()];
        in.get(in.position(), bytes);
        var result = ClientHello.parse(bytes, bytes.length);
        if (result instanceof ClientHello.Result.Found found) {
            hello = found.hello();
            var chosen = choice == null ? null : choice.acceptor(found.hello().serverName());
            acceptor = chosen;
            if (chosen != null && chosen.refusesProtocols(found.hello().protocols())) {
                failure = "the client speaks " + String.join(", ", found.hello().protocols()) + " only";
                sendBytes(NO_APPLICATION_PROTOCOL);
                return broken(-Errno.EPROTO);
            }
            engine = chosen == null ? null : chosen.open(found.hello());
            if (engine == null) {
                failure = "no certificate for '" + found.hello().serverName() + "'";
                sendBytes(UNRECOGNIZED_NAME);
                return broken(-Errno.EPROTO);
            }
            return 0;
        }
        if (result instanceof ClientHello.Result.NotTls) {
            isPlainText = true;
            failure = "the client does not speak TLS";
            return broken(-Errno.EPROTO);
        }
        if (bytes.length >= MOST_GREETING_BYTES) {
            return broken(-Errno.EPROTO);
        }
        return isMore ? -Errno.EAGAIN : received == 0 ? broken(-Errno.ECONNRESET) : stopped(received);
    }

    private int shake(SSLEngine with, ByteBuffer in) throws SSLException {
        if (!hasBegun) {
            hasBegun = true;
            with.beginHandshake();
        }
        while (true) {
            switch (with.getHandshakeStatus()) {
                case NEED_WRAP -> {
                    int result = wrapHandshake(with);
                    if (result != 0) {
                        return result;
                    }
                }
                case NEED_TASK -> runTasks(with);
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    var result = with.unwrap(in, scratch.plainBytes().clear());
                    if (result.bytesProduced() > 0) {
                        plain.keep(scratch.plain(), 0, result.bytesProduced());
                    }
                    if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
                        return finish(with);
                    }
                    switch (result.getStatus()) {
                        case CLOSED -> {
                            return broken(-Errno.ECONNRESET);
                        }
                        case BUFFER_UNDERFLOW -> {
                            int received = receive(in, TlsScratch.RECORD_BYTES);
                            if (received <= 0) {
                                return received == 0 ? broken(-Errno.ECONNRESET) : stopped(received);
                            }
                        }
                        default -> {}
                    }
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    return finish(with);
                }
            }
        }
    }

    /** @return 0 to go on, -EAGAIN where the socket has no room, or another error */
    private int wrapHandshake(SSLEngine with) throws SSLException {
        var result = wrapNothing(with);
        int sent = sendOut();
        if (sent < 0) {
            return broken(sent);
        }
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            return broken(-Errno.ECONNRESET);
        }
        return isPending() && with.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING ? -Errno.EAGAIN : 0;
    }

    /** What the library has to say. Where it fails, its last words are sent. */
    private SSLEngineResult wrapNothing(SSLEngine with) throws SSLException {
        var target = scratch.out().clear();
        try {
            return with.wrap(NOTHING, target);
        } catch (SSLException failed) {
            sendOut();
            throw failed;
        }
    }

    private static void runTasks(SSLEngine with) {
        for (var task = with.getDelegatedTask(); task != null; task = with.getDelegatedTask()) {
            task.run();
        }
    }

    private int finish(SSLEngine with) throws SSLException {
        peer = peerOf(with);
        if (acceptor != null) {
            verdict = acceptor.verdict(peer);
            if (!verdict.isGood() && acceptor.configured().clientCertificates().refusesInHandshake()) {
                failure = "the client's certificate is refused: " + verdict.text();
                return broken(-Errno.EPROTO);
            }
        } else if (!verifiedName.isEmpty() && (peer.isEmpty() || !TlsConnector.isFor(peer.getFirst(), verifiedName))) {
            failure = "the server's certificate is not for " + verifiedName;
            return broken(-Errno.EPROTO);
        }
        isOpen = true;
        // What the library has left to say, such as tickets.
        for (int i = 0; i < ALERT_TRIES && with.getHandshakeStatus() == HandshakeStatus.NEED_WRAP; i++) {
            int result = wrapHandshake(with);
            if (result < 0) {
                return result == -Errno.EAGAIN ? 0 : result;
            }
        }
        return 0;
    }

    private static List<X509Certificate> peerOf(SSLEngine with) {
        try {
            var chain = new ArrayList<X509Certificate>();
            for (var certificate : with.getSession().getPeerCertificates()) {
                if (certificate instanceof X509Certificate x509) {
                    chain.add(x509);
                }
            }
            return chain;
        } catch (SSLPeerUnverifiedException none) {
            return List.of();
        }
    }

    /** Tells the peer why, where the library has words for it. */
    private void sendAlert() {
        var with = engine;
        if (with == null) {
            return;
        }
        try {
            for (int i = 0; i < ALERT_TRIES && with.getHandshakeStatus() == HandshakeStatus.NEED_WRAP; i++) {
                var result = wrapNothing(with);
                if (result.bytesProduced() == 0 || sendOut() < 0) {
                    return;
                }
            }
        } catch (SSLException said) {
            // It says again why it failed, after its alert.
        }
    }

    // ---- reading

    @Override
    public long read(MemorySegment into, long offset, long length) {
        if (!plain.isEmpty()) {
            return plain.take(into, offset, length);
        }
        if (isPlainText) {
            return encrypted.isEmpty() ? Linux.recv(fd, into, offset, length) : encrypted.take(into, offset, length);
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
        var with = engine;
        if (with == null) {
            return -Errno.EPROTO;
        }
        var in = load();
        try {
            unwrap(with, in, target);
            if (target.position() == 0 && !hasPeerEnded && error == 0) {
                int received = receive(in, target.capacity() - TlsLibrary.SPARE_BYTES);
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
            sendAlert();
            broken(-Errno.EPROTO);
        } finally {
            save(in);
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
        for (int i = 0; i < ALERT_TRIES; i++) {
            switch (next) {
                case NEED_TASK -> {
                    runTasks(with);
                    next = with.getHandshakeStatus();
                }
                case NEED_WRAP -> {
                    boolean isRefused = isRenegotiation(with);
                    if (!isRefused && isPending()) {
                        return;
                    }
                    next = wrapNothing(with).getHandshakeStatus();
                    int sent = sendOut();
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
        return acceptor != null
                && !with.isOutboundDone()
                && !with.isInboundDone()
                && with.getSession().getProtocol().equals("TLSv1.2");
    }

    @Override
    public boolean hasInput() {
        return !plain.isEmpty()
                || isPlainText && !encrypted.isEmpty()
                || hasPeerEnded && !isEndTold
                || isOpen && !hasPeerEnded && error == 0 && isRecordKept();
    }

    private boolean isRecordKept() {
        return encrypted.size() > 5 && encrypted.size() >= 5 + (encrypted.at(3) << 8 | encrypted.at(4));
    }

    /** What is kept, in the loop's memory; {@link #save} must follow. */
    private ByteBuffer load() {
        int count =
                encrypted.take(scratch.encryptedIn(), 0, scratch.encryptedIn().byteSize());
        return scratch.in().clear().limit(count);
    }

    private void save(ByteBuffer in) {
        if (error == 0 && !hasPeerEnded || isPlainText) {
            encrypted.keep(scratch.encryptedIn(), in.position(), in.remaining());
        }
    }

    /** Receives behind what is there. @return as recv(2) */
    private int receive(ByteBuffer in, int most) {
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
        if (isPlainText) {
            return Linux.send(fd, from, offset, length);
        }
        if (error != 0 || hasEnded) {
            return error != 0 ? error : -Errno.EPIPE;
        }
        int sent = flush();
        if (sent < 0) {
            return sent;
        }
        var with = engine;
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
                runTasks(with);
                break;
            }
        }
        int sent = sendOut();
        if (sent < 0) {
            broken(sent);
        }
        return source.position() > before;
    }

    /** Sends what stands in the loop's memory behind what is pending; keeps what the socket does not take. */
    private int sendOut() {
        var bytes = scratch.out();
        int length = bytes.position();
        if (!out.isEmpty()) {
            return append(length);
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
    private int append(int length) {
        var joined = scratch.buffers().take(out.size() + Math.max(length, 1));
        int before = out.take(joined, 0, out.size());
        MemorySegment.copy(scratch.encryptedOut(), 0, joined, before, length);
        out.keep(joined, 0, before + length);
        scratch.buffers().giveBack(joined);
        return 0;
    }

    private void sendBytes(byte[] bytes) {
        MemorySegment.copy(bytes, 0, scratch.encryptedOut(), ValueLayout.JAVA_BYTE, 0, bytes.length);
        Linux.send(fd, scratch.encryptedOut(), 0, bytes.length);
    }

    @Override
    public boolean isPending() {
        return !out.isEmpty();
    }

    @Override
    public int pendingBytes() {
        return out.size();
    }

    @Override
    public int flush() {
        while (!out.isEmpty()) {
            int sent = (int) Linux.send(fd, out.memory(), out.start(), out.size());
            if (sent < 0) {
                if (sent == -Errno.EINTR) {
                    continue;
                }
                return sent == -Errno.EAGAIN ? 0 : broken(sent);
            }
            out.taken(sent);
        }
        if (shutsDown) {
            shutsDown = false;
            Linux.shutdownWrite(fd);
        }
        return 0;
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
        shutsDown = true;
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

    private void tellEnd() {
        hasEnded = true;
        var with = engine;
        if (!isOpen || error != 0 || isCut || with == null) {
            return;
        }
        try {
            with.closeOutbound();
            with.wrap(NOTHING, scratch.out().clear());
            sendOut();
        } catch (SSLException closed) {
            // There is nothing to say any more.
        }
    }

    @Override
    public void close() {
        if (!hasEnded && out.isEmpty()) {
            tellEnd();
        }
        hasEnded = true;
        encrypted.drop();
        plain.drop();
        out.drop();
        if (engine != null) {
            ReferenceCountUtil.release(engine);
            engine = null;
        }
        if (error == 0) {
            error = -Errno.EPIPE;
        }
    }
}
