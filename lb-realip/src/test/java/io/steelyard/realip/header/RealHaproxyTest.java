package io.steelyard.realip.header;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.proxy.Network;
import io.steelyard.realip.address.Endpoint;
import io.steelyard.tck.RealProgram;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real HAProxy and {@link ForwardForOption} add the same field, or none. */
@Timeout(120)
class RealHaproxyTest {
    private static final List<String> OPTIONS = List.of(
            "",
            "option forwardfor",
            "option forwardfor except 127.0.0.0/30",
            "option forwardfor except 127.0.0.2 header X-Client",
            "option forwardfor if-none",
            "option forwardfor header X-Client if-none");

    @TempDir
    private Path folder;

    private ServerSocket server;

    @BeforeEach
    void listen() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        server = RawHttp.echo();
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    private static Optional<ForwardForOption> option(int index) {
        return switch (index) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(ForwardForOption.DEFAULT);
            case 2 ->
                Optional.of(new ForwardForOption(Optional.of(Network.parse("127.0.0.0/30")), "X-Forwarded-For", false));
            case 3 -> Optional.of(new ForwardForOption(Optional.of(Network.parse("127.0.0.2")), "X-Client", false));
            case 4 -> Optional.of(new ForwardForOption(Optional.empty(), "X-Forwarded-For", true));
            default -> Optional.of(new ForwardForOption(Optional.empty(), "X-Client", true));
        };
    }

    private String configuration(List<Integer> ports) {
        var text = new StringBuilder("""
                defaults
                  mode http
                  timeout connect 10s
                  timeout client 30s
                  timeout server 30s
                """);
        for (int front = 0; front < OPTIONS.size(); front++) {
            for (int back = 0; back < OPTIONS.size(); back++) {
                text.append("frontend f")
                        .append(front)
                        .append(back)
                        .append("\n  ")
                        .append(OPTIONS.get(front));
                text.append("\n  bind 127.0.0.1:").append(ports.get(front * OPTIONS.size() + back));
                text.append("\n  default_backend b").append(front).append(back).append('\n');
                text.append("backend b")
                        .append(front)
                        .append(back)
                        .append("\n  ")
                        .append(OPTIONS.get(back));
                text.append("\n  server s 127.0.0.1:")
                        .append(server.getLocalPort())
                        .append('\n');
            }
        }
        return text.toString();
    }

    @Test
    void addsTheSameField() throws Exception {
        var count = OPTIONS.size();
        try (var haproxy = RealProgram.haproxy(folder, count * count, this::configuration)) {
            for (int pair = 0; pair < count * count; pair++) {
                for (var client : List.of("127.0.0.1", "127.0.0.2", "127.0.0.9")) {
                    try (var connection = RawHttp.connect(client, haproxy.port(pair))) {
                        for (var own : List.of("", "X-Forwarded-For: 1.1.1.1", "x-client: 1.1.1.1")) {
                            compare(connection, pair / count, pair % count, client, own);
                        }
                    }
                }
            }
        }
    }

    private static void compare(RawHttp connection, int front, int back, String client, String own) throws Exception {
        var lines = own.isEmpty() ? List.<String>of() : List.of(own);
        var received = connection.get(lines).lines().filter(line -> line.matches("(?i)x-(forwarded-for|client):.*"));
        var end = Endpoint.of(InetAddress.getByName(client), connection.localPort());
        var expected = new ArrayList<>(lines);
        ForwardForOption.line(
                        option(front),
                        option(back),
                        end,
                        name -> own.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .ifPresent(line -> expected.add(line.name() + ": " + line.value()));

        assertThat(received.map(String::toLowerCase).toList())
                .as(
                        "frontend '%s', backend '%s', client %s, field '%s'",
                        OPTIONS.get(front), OPTIONS.get(back), client, own)
                .isEqualTo(expected.stream().map(String::toLowerCase).toList());
    }
}
