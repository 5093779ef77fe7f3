package io.steelyard.http.proxy;

import io.steelyard.api.Personality;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.SchedulerSpec;
import io.steelyard.api.pool.ServerPool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;

/** A server that answers 403 as soon as it has a request's head, whatever body follows. */
final class EarlyServer implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());

    EarlyServer() throws IOException {
        Thread.ofVirtual().start(() -> {
            try (var socket = listener.accept()) {
                Wire.head(socket.getInputStream());
                socket.getOutputStream()
                        .write("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno".getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
                socket.getInputStream().readAllBytes();
            } catch (IOException closed) {
                // The test is over.
            }
        });
    }

    ServerPool.Builder pool() {
        return ServerPool.builder("web")
                .personality(Personality.NGINX)
                .scheduler(SchedulerSpec.of("nginx.round_robin"))
                .server(RealServer.of("127.0.0.1:" + listener.getLocalPort()));
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
