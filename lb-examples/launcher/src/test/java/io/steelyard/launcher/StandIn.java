package io.steelyard.launcher;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** The launcher script, called by a link named like the program it stands in for. */
final class StandIn {
    private static final Path SCRIPT = Path.of("../../lb").toAbsolutePath().normalize();

    private final Path link;

    /** Makes the link. The first start on a machine may take a while: classes are prepared then. */
    StandIn(Path directory, String name) throws IOException {
        link = Files.createSymbolicLink(directory.resolve(name), SCRIPT);
    }

    LbProcess start(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    LbProcess start(Map<String, String> environment, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(link.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command);
        builder.environment().put("LB_NO_BUILD", "1");
        builder.environment().put("LB_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
        builder.environment().putAll(environment);
        return LbProcess.start(builder);
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Waits up to two minutes. */
    static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(condition);
    }

    /** A file's text once it has some. */
    static String awaitText(Path file) throws IOException {
        await(file + " has text", () -> Files.size(file) > 0);
        return Files.readString(file).strip();
    }

    /** The whole answer to a request on a connection of its own. */
    static String get(int port, String path) throws IOException {
        try (var socket = connect(port)) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    static Socket connect(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(60_000);
        return socket;
    }
}
