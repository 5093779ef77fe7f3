package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketOption;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code source … usesrc} in mode http: where servers see requests come from. HAProxy and ours on one file. */
@Timeout(300)
class HaproxySourceIT {
    private static final List<String> SOURCES =
            List.of("clientip", "client", "hdr_ip(x-from)", "hdr_ip(x-from,1)", "hdr_ip(x-from,-2)", "127.0.0.99");

    /** None has fewer values than are asked for: HAProxy fails then, and we let the system choose. */
    private static final List<String> FIELDS = List.of(
            "X-From: 127.0.0.20, 127.0.0.23\r\n", "X-From: 127.0.0.21, 127.0.0.22\r\n", "X-From: nobody, no-one\r\n");

    @TempDir
    private Path folder;

    @Test
    void serversSeeTheSameAddressesAndNoClientGetsAnothersConnection() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        assumeTrue(maySpeakForOthers(), "needs the capability CAP_NET_ADMIN");
        try (var pair = HaproxyPair.start(folder, SOURCES.size() + 1, (ports, own) -> configuration(ports))) {
            var ours = answers(pair.ours());
            assertThat(ours).isEqualTo(answers(pair.theirs()));
            assertThat(ours)
                    .contains("clientip 127.0.0.5 X-From: nobody, no-one: 127.0.0.5")
                    .contains("clientip 127.0.0.6 X-From: nobody, no-one: 127.0.0.6")
                    .contains("client 127.0.0.5 X-From: nobody, no-one: 127.0.0.5 and the client's port")
                    .contains("hdr_ip(x-from,1) 127.0.0.6 X-From: 127.0.0.21, 127.0.0.22: 127.0.0.21")
                    .contains("hdr_ip(x-from) 127.0.0.6 X-From: 127.0.0.21, 127.0.0.22: 127.0.0.22")
                    .contains("127.0.0.99 127.0.0.6 X-From: nobody, no-one: 127.0.0.99");
        }
    }

    private static boolean maySpeakForOthers() {
        int fd = Linux.tcpSocket(false);
        boolean may = Linux.set(fd, SocketOption.IP_TRANSPARENT, 1) >= 0;
        Linux.close(fd);
        return may;
    }

    private static String configuration(List<Integer> ports) {
        var text = new StringBuilder("""
                global
                  nbthread 1
                defaults
                  mode http
                  http-reuse always
                  timeout client 1m
                  timeout connect 5s
                  timeout server 1m
                frontend tells
                  bind 127.0.0.1:%d
                  http-request return status 200 content-type text/plain lf-string "%%[src] %%[src_port]"
                """.formatted(ports.getLast()));
        for (int i = 0; i < SOURCES.size(); i++) {
            text.append("listen l").append(i).append("\n  bind 127.0.0.1:").append(ports.get(i));
            text.append("\n  source 0.0.0.0 usesrc ").append(SOURCES.get(i));
            text.append("\n  server tells 127.0.0.1:").append(ports.getLast()).append('\n');
        }
        return text.toString();
    }

    /** Two clients take turns, each on one connection. */
    private static List<String> answers(Side side) throws IOException {
        var found = new ArrayList<String>();
        for (int i = 0; i < SOURCES.size(); i++) {
            try (var one = connect("127.0.0.5", side.ports().get(i));
                    var other = connect("127.0.0.6", side.ports().get(i))) {
                for (var field : FIELDS) {
                    for (var client : List.of(one, other)) {
                        var host = client.getLocalAddress().getHostAddress();
                        found.add((SOURCES.get(i) + " " + host + " " + field).trim() + ": " + ask(client, field));
                    }
                }
            }
        }
        return found;
    }

    /** A socket whose address and port others of this machine may have too. */
    private static Socket connect(String from, int port) throws IOException {
        var socket = new Socket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        return socket;
    }

    private static String ask(Socket client, String field) throws IOException {
        var request = "GET / HTTP/1.1\r\nHost: a.example\r\n" + field + "\r\n";
        client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        var input = client.getInputStream();
        var text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = input.read();
            if (next < 0) {
                return "closed after " + text;
            }
            text.append((char) next);
        }
        var length = text.toString().toLowerCase(Locale.ROOT).replaceAll("(?s).*content-length: (\\d+).*", "$1");
        var body = new String(input.readNBytes(Integer.parseInt(length)), StandardCharsets.US_ASCII).split(" ");
        boolean isOwnPort = body.length == 2 && Integer.parseInt(body[1]) == client.getLocalPort();
        return body[0] + (isOwnPort ? " and the client's port" : "");
    }
}
