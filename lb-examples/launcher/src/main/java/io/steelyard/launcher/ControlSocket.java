package io.steelyard.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Where {@code lb run} takes the commands of {@code lb vrrp}: a UNIX socket that only its owner may use. */
public final class ControlSocket {
    /** Where it is unless the command line says otherwise. */
    public static final String DEFAULT = "/run/lb.sock";

    private static final String OWNER_ONLY = "600";

    private ControlSocket() {}

    /**
     * Listens.
     *
     * @throws IOException where it cannot, or where another program listens there
     */
    static CommandSocket open(Path path, UnaryOperator<String> commands) throws IOException {
        if (Files.exists(path) && isAnswered(path)) {
            throw new IOException(
                    "another program listens on the control socket " + path + "; choose another with --control");
        }
        return CommandSocket.open(path.toAbsolutePath().toString(), Optional.of(OWNER_ONLY), commands);
    }

    private static boolean isAnswered(Path path) {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException nobody) {
            return false;
        }
    }

    /**
     * Asks a program that runs.
     *
     * @param line without its end
     * @return its whole answer
     * @throws IOException where nobody answers
     */
    public static String ask(Path path, String line) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(path));
            var question = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
            while (question.hasRemaining()) {
                channel.write(question);
            }
            var answer = new ByteArrayOutputStream();
            var buffer = ByteBuffer.allocate(8_192);
            while (channel.read(buffer) >= 0) {
                answer.write(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
            return answer.toString(StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new IOException(
                    "nobody answers on the control socket " + path + " (" + failed.getMessage()
                            + "); start 'lb run' with virtual routers, or name its socket with --control",
                    failed);
        }
    }
}
