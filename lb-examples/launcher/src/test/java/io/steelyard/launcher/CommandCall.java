package io.steelyard.launcher;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Asks {@code stats socket}s of HAProxy, and ours. Stateless. */
final class CommandCall {
    private CommandCall() {}

    /** The whole answer of one of a pair to a line, by the socket {@code s} in its folder. */
    static String ask(HaproxyPair.Side side, String line) throws IOException {
        return ask(side.folder().resolve("s"), line);
    }

    /** The whole answer to a line. */
    static String ask(Path socket, String line) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            var request = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
            while (request.hasRemaining()) {
                channel.write(request);
            }
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
