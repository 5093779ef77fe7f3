package io.steelyard.health;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One TCP or UNIX connection of a probe. Blocks; an interrupt closes it. The message of every exception is a phrase for people. One thread.
 */
final class ProbeSocket implements AutoCloseable {
    private final SocketChannel channel;

    private ProbeSocket(SocketChannel channel) {
        this.channel = channel;
    }

    static ProbeSocket connect(SocketAddress address) throws IOException {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(address);
            return new ProbeSocket(channel);
        } catch (ClosedByInterruptException timeout) {
            throw new IOException("connect timed out", timeout);
        } catch (IOException | UnresolvedAddressException failed) {
            throw new IOException(connectPhrase(failed), failed);
        }
    }

    void send(byte[] bytes) throws IOException {
        try {
            for (var buffer = ByteBuffer.wrap(bytes); buffer.hasRemaining(); ) {
                channel.write(buffer);
            }
        } catch (ClosedByInterruptException timeout) {
            throw new IOException("send timed out", timeout);
        } catch (IOException failed) {
            throw new IOException("connection broken while sending: " + phrase(failed), failed);
        }
    }

    /**
     * Reads what is there, at least one byte.
     *
     * @return how many bytes; -1 at the end
     */
    int read(ByteBuffer into) throws IOException {
        try {
            return channel.read(into);
        } catch (ClosedByInterruptException timeout) {
            throw new IOException("no complete answer in time", timeout);
        } catch (IOException failed) {
            throw new IOException("connection broken while reading: " + phrase(failed), failed);
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
            case SocketTimeoutException timeout -> "connect timed out";
            case NoRouteToHostException unreachable -> "no route to host";
            case PortUnreachableException unreachable -> "port unreachable";
            case ConnectException refused -> refusal(refused.getMessage());
            default -> phrase(failed);
        };
    }

    private static String refusal(@Nullable String message) {
        if (message != null && message.contains("timed out")) {
            return "connect timed out";
        }
        return message == null || message.contains("refused") ? "connection refused" : message.toLowerCase(Locale.ROOT);
    }

    static String phrase(Exception failed) {
        var message = failed.getMessage();
        return message == null ? failed.getClass().getSimpleName() : message.toLowerCase(Locale.ROOT);
    }
}
