package io.steelyard.core.tls;

import io.steelyard.linux.Errno;
import io.steelyard.realip.greeting.ClientHello;
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
 * How two sides come to speak TLS, and what they agreed on. A client's engine is made once its greeting is there, by the name it asks for. Owned by
 * the socket's loop.
 */
final class TlsHandshake {
    private static final int MOST_GREETING_BYTES = 64 << 10;

    /** An alert that is sent before there is an engine: fatal, unrecognized_name (RFC 6066 section 3). */
    private static final byte[] UNRECOGNIZED_NAME = {21, 3, 3, 0, 2, 2, 112};

    /** The same: fatal, no_application_protocol (RFC 7301 section 3.2). */
    private static final byte[] NO_APPLICATION_PROTOCOL = {21, 3, 3, 0, 2, 2, 120};

    private final TlsScratch scratch;
    private final RecordInput input;
    private final RecordOutput output;
    private final Kept plain;
    private final TlsTransport.@Nullable Choice choice;
    private final String verifiedName;

    private @Nullable SSLEngine engine;
    private @Nullable TlsAcceptor acceptor;
    private @Nullable ClientHello hello;
    private PeerVerdict verdict = PeerVerdict.NONE;
    private List<X509Certificate> peer = List.of();
    private String failure = "";
    private boolean hasBegun;
    private boolean isPlainText;

    /**
     * Not begun.
     *
     * @param plain takes what a client says before the handshake is done
     * @param choice of a client's certificate; null towards a server
     * @param engine towards a server
     * @param verifiedName whom a server's certificate must be for; empty for anybody
     */
    TlsHandshake(
            TlsScratch scratch,
            RecordInput input,
            RecordOutput output,
            Kept plain,
            TlsTransport.@Nullable Choice choice,
            @Nullable SSLEngine engine,
            String verifiedName) {
        this.scratch = scratch;
        this.input = input;
        this.output = output;
        this.plain = plain;
        this.choice = choice;
        this.engine = engine;
        this.verifiedName = verifiedName;
    }

    // ---- what was agreed

    /** Null before it is known, and for a client that is refused. */
    @Nullable
    SSLEngine engine() {
        return engine;
    }

    @Nullable
    TlsAcceptor acceptor() {
        return acceptor;
    }

    @Nullable
    ClientHello hello() {
        return hello;
    }

    PeerVerdict verdict() {
        return verdict;
    }

    List<X509Certificate> peer() {
        return peer;
    }

    /** Why it failed; empty where it did not, or the peer just left. */
    String failure() {
        return failure;
    }

    /** Whether a client began with something else than TLS. */
    boolean isPlainText() {
        return isPlainText;
    }

    // ---- how it is agreed

    /** Goes on. @return 0 once it is done; -EAGAIN while the peer must send or take more; another negative errno where it failed */
    int advance() {
        var in = input.load();
        int result = -Errno.EPROTO;
        try {
            result = engine == null ? greet(in) : 0;
            if (result == 0) {
                result = engine == null ? -Errno.EPROTO : shake(engine, in);
            }
        } catch (SSLException refused) {
            result = -Errno.EPROTO;
            failure = String.valueOf(refused.getMessage());
            if (engine != null) {
                output.sendAlert(engine);
            }
        } finally {
            if (result == 0 || result == -Errno.EAGAIN || isPlainText) {
                input.save(in);
            }
        }
        return result;
    }

    /** Waits for the whole greeting of a client, then finds the engine for it. */
    private int greet(ByteBuffer in) {
        int received = input.receive(in, MOST_GREETING_BYTES);
        var bytes = new byte[in.remaining()];
        in.get(in.position(), bytes);
        return switch (ClientHello.parse(bytes, bytes.length)) {
            case ClientHello.Result.Found found -> accept(found.hello());
            case ClientHello.Result.NotTls other -> {
                isPlainText = true;
                failure = "the client does not speak TLS";
                yield -Errno.EPROTO;
            }
            default ->
                bytes.length >= MOST_GREETING_BYTES ? -Errno.EPROTO : received > 0 ? -Errno.EAGAIN : ended(received);
        };
    }

    private int accept(ClientHello greeting) {
        hello = greeting;
        var chosen = choice == null ? null : choice.acceptor(greeting.serverName());
        acceptor = chosen;
        if (chosen != null && chosen.refusesProtocols(greeting.protocols())) {
            failure = "the client speaks " + String.join(", ", greeting.protocols()) + " only";
            output.sendBytes(NO_APPLICATION_PROTOCOL);
            return -Errno.EPROTO;
        }
        engine = chosen == null ? null : chosen.open(greeting);
        if (engine == null) {
            failure = "no certificate for '" + greeting.serverName() + "'";
            output.sendBytes(UNRECOGNIZED_NAME);
            return -Errno.EPROTO;
        }
        return 0;
    }

    private int shake(SSLEngine with, ByteBuffer in) throws SSLException {
        if (!hasBegun) {
            hasBegun = true;
            with.beginHandshake();
        }
        while (true) {
            switch (with.getHandshakeStatus()) {
                case NEED_WRAP -> {
                    int result = wrap(with);
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
                            return -Errno.ECONNRESET;
                        }
                        case BUFFER_UNDERFLOW -> {
                            int received = input.receive(in, TlsScratch.RECORD_BYTES);
                            if (received <= 0) {
                                return ended(received);
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

    /** What a receive(2) that brought nothing means. */
    private static int ended(int received) {
        return received == 0 ? -Errno.ECONNRESET : received == -Errno.EINTR ? -Errno.EAGAIN : received;
    }

    /** @return 0 to go on, -EAGAIN where the socket has no room, or another error */
    private int wrap(SSLEngine with) throws SSLException {
        var result = output.wrap(with);
        int sent = output.send();
        if (sent < 0) {
            return sent;
        }
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            return -Errno.ECONNRESET;
        }
        return output.isPending() && with.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING ? -Errno.EAGAIN : 0;
    }

    /** Does what the library wants to have done elsewhere. */
    static void runTasks(SSLEngine with) {
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
                return -Errno.EPROTO;
            }
        } else if (!verifiedName.isEmpty() && (peer.isEmpty() || !TlsConnector.isFor(peer.getFirst(), verifiedName))) {
            failure = "the server's certificate is not for " + verifiedName;
            return -Errno.EPROTO;
        }
        // What the library has left to say, such as tickets.
        for (int i = 0; i < RecordOutput.MOST_WORDS && with.getHandshakeStatus() == HandshakeStatus.NEED_WRAP; i++) {
            int result = wrap(with);
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

    /** Takes the engine away: there is nothing to be said any more. */
    @Nullable
    SSLEngine takeEngine() {
        var taken = engine;
        engine = null;
        return taken;
    }
}
