package com.example.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.core.Steelyard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EmbedTest {
    @Test
    void connectionsAreSharedByWeight() throws IOException {
        var names = List.of("a", "b", "c");
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (var name : names) {
                sockets.add(server(name));
            }
            int port = freePort();
            var configuration = Embed.configuration(
                    "127.0.0.1:" + port, address(sockets.get(0)), address(sockets.get(1)), address(sockets.get(2)));
            try (var balancer = Steelyard.start(configuration)) {
                Map<String, Integer> served = new TreeMap<>();
                for (int i = 0; i < 60; i++) {
                    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                        served.merge(new String(socket.getInputStream().readAllBytes()), 1, Integer::sum);
                    }
                }
                assertThat(served).containsExactlyEntriesOf(new TreeMap<>(Map.of("a", 30, "b", 20, "c", 10)));
                assertThat(balancer.status().pools().getFirst().servers()).hasSize(3);
            }
        } finally {
            for (var socket : sockets) {
                socket.close();
            }
        }
    }

    /** Says its name to everyone and closes. */
    private static ServerSocket server(String name) throws IOException {
        var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (var socket = server.accept()) {
                    socket.getOutputStream().write(name.getBytes());
                } catch (IOException closed) {
                    // A health check that left, or the end of the test.
                }
            }
        });
        return server;
    }

    private static String address(ServerSocket server) {
        return "127.0.0.1:" + server.getLocalPort();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
