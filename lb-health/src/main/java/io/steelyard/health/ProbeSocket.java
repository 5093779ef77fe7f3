package io.steelyard.health;

import io.steelyard.api.health.ProbeTarget;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.health.ProbeFailure.Layer;
import io.steelyard.realip.address.Endpoint;
import io.steelyard.realip.proxyprotocol.ProxyHeaderEncoder;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One TCP or UNIX connection of a probe. Blocks; an interrupt closes it. The message of every exception is a phrase for people. One thread.
 */
final class ProbeSocket implements AutoCloseable {
    private static final String CONNECT_TIMED_OUT = "connect timed out";

    private final SocketChannel channel;
    private @Nullable SSLSocket secured;

    private ProbeSocket(SocketChannel channel) {
        this.channel = channel;
    }

    /** Connects, sends the PROXY protocol header that the server wants of checks, and agrees on TLS. */
    static ProbeSocket connect(ProbeTarget target, ProbeTls tls) throws IOException {
        return connect(target.address(), target.server().checkProxyProtocol(), tls, Duration.ZERO);
    }

    /**
     * Connects, sends a PROXY protocol header, and agrees on TLS.
     *
     * @param limit how long the connection may take; zero for as long as the probe
     * @throws ProbeFailure where that comes to nothing
     */
    static ProbeSocket connect(SocketAddress address, ProxyProtocol header, ProbeTls tls, Duration limit)
            throws IOException {
        var socket = connect(address, limit);
        try {
            socket.sendHeader(header);
            if (tls.context() != null) {
                socket.secure(tls);
            }
            return socket;
        } catch (IOException failed) {
            socket.close();
            throw failed;
        }
    }

    private void secure(ProbeTls tls) throws IOException {
        try {
            secured = tls.open(channel.socket());
        } catch (UnsupportedOperationException unix) {
            throw new ProbeFailure(
                    Layer.SECURING,
                    false,
                    "TLS is not spoken over UNIX sockets",
                    new IOException(unix.getMessage(), unix));
        } catch (IOException failed) {
            throw broken(Layer.SECURING, "handshake of TLS failed: ", "no handshake of TLS in time", failed);
        }
    }

    private static IOException broken(Layer layer, String what, String whereTooLate, IOException failed) {
        boolean isTooLate = failed instanceof ClosedByInterruptException
                || Thread.currentThread().isInterrupted();
        return new ProbeFailure(layer, isTooLate, isTooLate ? whereTooLate : what + phrase(failed), failed);
    }

    /** As HAProxy: the connection's own two ends in version 1, nobody's connection in version 2. */
    private void sendHeader(ProxyProtocol version) throws IOException {
        if (version == ProxyProtocol.NONE) {
            return;
        }
        var header = ByteBuffer.allocate(ProxyHeaderEncoder.TEXT_BYTES);
        var encoder = new ProxyHeaderEncoder();
        if (version == ProxyProtocol.V2) {
            encoder.beginLocal(header).end();
        } else if (channel.getLocalAddress() instanceof InetSocketAddress local
                && channel.getRemoteAddress() instanceof InetSocketAddress remote) {
            var from = Endpoint.of(local.getAddress(), local.getPort());
            var to = Endpoint.of(remote.getAddress(), remote.getPort());
            encoder.text(header, from.high(), from.low(), from.port(), to.high(), to.low(), to.port());
        } else {
            encoder.textUnknown(header);
        }
        send(Arrays.copyOf(header.array(), header.position()));
    }

    private static ProbeSocket connect(SocketAddress address, Duration limit) throws IOException {
        try {
            if (limit.isZero() || !(address instanceof InetSocketAddress)) {
                return new ProbeSocket(SocketChannel.open(address));
            }
            var channel = SocketChannel.open();
            try {
                channel.socket().connect(address, (int) Math.max(1, Math.min(limit.toMillis(), Integer.MAX_VALUE)));
                return new ProbeSocket(channel);
            } catch (IOException failed) {
                channel.close();
                throw failed;
            }
        } catch (IOException failed) {
            var phrase = connectPhrase(failed);
            boolean isTooLate = failed instanceof ClosedByInterruptException
                    || phrase.equals(CONNECT_TIMED_OUT)
                    || Thread.currentThread().isInterrupted();
            throw new ProbeFailure(Layer.CONNECTING, isTooLate, isTooLate ? CONNECT_TIMED_OUT : phrase, failed);
        } catch (UnresolvedAddressException unknown) {
            throw new ProbeFailure(
                    Layer.CONNECTING,
                    false,
                    connectPhrase(unknown),
                    new IOException("host name has no address", unknown));
        }
    }

    void send(byte[] bytes) throws IOException {
        try {
            if (secured != null) {
                secured.getOutputStream().write(bytes);
                return;
            }
            for (var buffer = ByteBuffer.wrap(bytes); buffer.hasRemaining(); ) {
                channel.write(buffer);
            }
        } catch (IOException failed) {
            throw broken(Layer.TALKING, "connection broken while sending: ", "send timed out", failed);
        }
    }

    /**
     * Reads what is there, at least one byte, into a buffer on the heap.
     *
     * @return how many bytes; -1 at the end
     */
    int read(ByteBuffer into) throws IOException {
        try {
            return secured == null
                    ? channel.read(into)
                    : secured.getInputStream()
                            .read(into.array(), into.arrayOffset() + into.position(), into.remaining());
        } catch (IOException failed) {
            throw broken(Layer.TALKING, "connection broken while reading: ", "no complete answer in time", failed);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // Nothing depends on how a probe's connection ends.
        }
    }

    /** Why a server could not be connected to. */
    static String connectPhrase(Exception failed) {
        return switch (failed) {
            case UnresolvedAddressException unresolved -> "host name has no address";
            case SocketTimeoutException timeout -> CONNECT_TIMED_OUT;
            case NoRouteToHostException unreachable -> "no route to host";
            case PortUnreachableException unreachable -> "port unreachable";
            case ConnectException refused -> refusal(refused.getMessage());
            default -> phrase(failed);
        };
    }

    private static String refusal(@Nullable String message) {
        if (message != null && message.contains("timed out")) {
            return CONNECT_TIMED_OUT;
        }
        return message == null || message.contains("refused") ? "connection refused" : message.toLowerCase(Locale.ROOT);
    }

    static String phrase(Exception failed) {
        var message = failed.getMessage();
        return message == null ? failed.getClass().getSimpleName() : message.toLowerCase(Locale.ROOT);
    }
}
