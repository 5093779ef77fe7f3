package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What log lines say of cookies, errors with texts of expressions, and how long tunnels are kept: HAProxy and ours on one file. */
@Timeout(300)
class HaproxyCookieLogIT {
    @TempDir
    private Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private DatagramSocket theirLog;
    private DatagramSocket ourLog;
    private HaproxyPair pair;

    private <T extends AutoCloseable> T keep(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    @BeforeEach
    void start() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        theirLog = log();
        ourLog = log();
        var server = keep(new EchoServer("a"));
        // Bound and never listening: connections are refused, and nobody else gets the port.
        var refusing = keep(new Socket());
        refusing.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        var switching = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().start(() -> switchProtocols(switching));
        pair = HaproxyPair.start(folder, 5, (ports, own) -> """
                global
                  nbthread 1
                  log 127.0.0.1:%1$d local0 info
                defaults
                  mode http
                  log global
                  option redispatch
                  retries 1
                  log-format "%%tsc %%b/%%s %%ST"
                  timeout client 10m
                  timeout connect 60s
                  timeout server 10m
                listen insert
                  bind 127.0.0.1:%2$d
                  cookie SRV insert indirect nocache
                  server s1 127.0.0.1:%7$d cookie one
                  server gone 127.0.0.1:%8$d cookie gone
                listen prefix
                  bind 127.0.0.1:%3$d
                  cookie SID prefix
                  server s1 127.0.0.1:%7$d cookie one
                listen dated
                  bind 127.0.0.1:%4$d
                  cookie SRV insert indirect maxidle 1h maxlife 2h
                  server s1 127.0.0.1:%7$d cookie one
                listen errors
                  bind 127.0.0.1:%5$d
                  http-error status 403 content-type text/plain hdr X-Path %%[path] lf-string "no %%[path] for you: %%ST"
                  http-error status 404 content-type text/plain string "%%[path] as it is"
                  http-request deny deny_status 404 if { path /none }
                  http-request deny
                listen tunnel
                  bind 127.0.0.1:%6$d
                  timeout tunnel 700ms
                  server s1 127.0.0.1:%9$d
                """.formatted(
                        (own.endsWith("theirs") ? theirLog : ourLog).getLocalPort(),
                        ports.get(0),
                        ports.get(1),
                        ports.get(2),
                        ports.get(3),
                        ports.get(4),
                        server.port(),
                        refusing.getLocalPort(),
                        switching.getLocalPort()));
    }

    private DatagramSocket log() throws IOException {
        var socket = keep(new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        socket.setSoTimeout(60_000);
        return socket;
    }

    /** Switches, and says nothing any more. */
    private void switchProtocols(ServerSocket listening) {
        while (!listening.isClosed()) {
            try {
                var socket = keep(listening.accept());
                var in = socket.getInputStream();
                for (int ends = 0; ends < 2; ) {
                    int c = in.read();
                    ends = c == '\n' ? ends + 1 : c == '\r' ? ends : 0;
                }
                socket.getOutputStream()
                        .write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
            } catch (IOException closed) {
                return;
            }
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (pair != null) {
            pair.close();
        }
        for (var one : opened) {
            one.close();
        }
    }

    private static String ask(Side side, int port, String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", side.ports().get(port))) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(all(socket.getInputStream()), StandardCharsets.ISO_8859_1);
        }
    }

    private static byte[] all(InputStream in) throws IOException {
        return in.readAllBytes();
    }

    private String logged(Side side, int port, String field) throws IOException {
        ask(side, port, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + field + "\r\n");
        var log = side == pair.theirs() ? theirLog : ourLog;
        var packet = new DatagramPacket(new byte[4_096], 4_096);
        while (true) {
            log.receive(packet);
            var line = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1).strip();
            // What programs say about themselves is no request.
            if (line.matches(".*: \\S{4} \\S+/\\S+ \\d{3}")) {
                return line.replaceFirst("^.*: ", "");
            }
        }
    }

    @Test
    void logsTellWhatBecameOfCookies() throws IOException {
        for (var side : List.of(pair.theirs(), pair.ours())) {
            assertThat(logged(side, 0, "Cookie: SRV=one\r\n")).as(side.name()).isEqualTo("--VN insert/s1 200");
        }
        record Case(int port, String field) {}
        var cases = List.of(
                new Case(0, "Cookie: SRV=unknown\r\n"),
                new Case(0, "Cookie: SRV=gone\r\n"),
                new Case(0, "Cookie: other=x\r\n"),
                new Case(1, ""),
                new Case(1, "Cookie: SID=one~abc\r\n"),
                new Case(1, "Cookie: SID=abc\r\n"),
                new Case(2, ""),
                new Case(2, "Cookie: SRV=one|AAAAA|AAAAA\r\n"),
                new Case(2, "Cookie: SRV=one\r\n"));
        for (var one : cases) {
            assertThat(logged(pair.ours(), one.port(), one.field()))
                    .as(one.toString())
                    .isEqualTo(logged(pair.theirs(), one.port(), one.field()));
        }
    }

    @Test
    void errorsAreMadeOfExpressions() throws IOException {
        for (var path : List.of("/a", "/none")) {
            var request = "GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
            var theirs = ask(pair.theirs(), 3, request);
            var ours = ask(pair.ours(), 3, request);
            assertThat(ours.lines().sorted().toList())
                    .isEqualTo(theirs.lines().sorted().toList());
        }
    }

    @Test
    void aSilentTunnelEndsByItsOwnTimeout() throws IOException {
        var request = "GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";
        for (var side : List.of(pair.theirs(), pair.ours())) {
            // The end is read well before the ten minutes of the other timeouts.
            assertThat(ask(side, 4, request)).as(side.name()).startsWith("HTTP/1.1 101 ");
        }
    }
}
