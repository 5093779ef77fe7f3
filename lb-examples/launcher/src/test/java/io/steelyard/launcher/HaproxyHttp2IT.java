package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.tck.RealProgram;
import io.steelyard.tck.TestCertificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 without TLS, and what {@code proto} says: HAProxy and ours on one file. */
@Timeout(300)
class HaproxyHttp2IT {
    private final HaproxyStreamPeers peers = new HaproxyStreamPeers();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() throws Exception {
        peers.close();
    }

    @Test
    void clientsBeginWithHttp2WhereTheyMay() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        int server = peers.server(client -> {
            client.getInputStream().read(new byte[4_096]);
            client.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".getBytes(StandardCharsets.US_ASCII));
        });
        try (var pair = HaproxyPair.start(
                folder, 2, (ports, own) -> """
                global
                  nbthread 1
                defaults
                  mode http
                  timeout http-request 1s
                  timeout client 1m
                  timeout connect 5s
                  timeout server 1m
                listen both
                  bind 127.0.0.1:%d
                  server s 127.0.0.1:%d
                listen one
                  bind 127.0.0.1:%d
                  option disable-h2-upgrade
                  server s 127.0.0.1:%d
                """.formatted(ports.get(0), server, ports.get(1), server))) {
            var theirs = answers(pair.theirs());
            assertThat(answers(pair.ours())).isEqualTo(theirs);
            assertThat(theirs.getFirst()).contains("200 2");
            assertThat(theirs.get(1)).contains("200 1.1");
            assertThat(theirs.get(2)).doesNotContain("200");
        }
    }

    /** What clients get that speak HTTP/2, HTTP/1, HTTP/2 where that is not spoken, the beginning of its preface, and nothing. */
    private List<String> answers(Side side) throws IOException {
        int both = side.ports().getFirst();
        var found = new ArrayList<String>();
        found.add(CurlCall.text(folder, both, "--http2-prior-knowledge http://a.example/"));
        found.add(CurlCall.text(folder, both, "--http1.1 http://a.example/"));
        found.add(CurlCall.text(folder, side.ports().get(1), "--http2-prior-knowledge http://a.example/"));
        found.add(first(HaproxyStreamPeers.ask(both, "PRI * HT")));
        found.add(first(HaproxyStreamPeers.ask(both, "P")));
        found.add(first(HaproxyStreamPeers.ask(both, "")));
        return found;
    }

    /** {@code proto} on {@code bind}: one version alone, whatever the client begins with and whatever ALPN says. */
    @Test
    void listenersSpeakOneVersion() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        assumeTrue(TestCertificates.isPossible(), "openssl is not installed");
        var made = new TestCertificates(folder).ec("one", "one.example");
        var certificate = Files.writeString(
                folder.resolve("both.pem"),
                Files.readString(Path.of(made.path("one.pem"))) + Files.readString(Path.of(made.path("one.key"))));
        try (var pair = HaproxyPair.start(
                folder, 6, (ports, own) -> """
                global
                  nbthread 1
                defaults
                  mode http
                  timeout http-request 1s
                  timeout client 1m
                  timeout connect 5s
                  timeout server 1m
                frontend f
                  bind 127.0.0.1:%d proto h2
                  bind 127.0.0.1:%d proto h1
                  bind 127.0.0.1:%d ssl crt CRT alpn h2,http/1.1 proto h2
                  bind 127.0.0.1:%d ssl crt CRT alpn http/1.1 proto h2
                  bind 127.0.0.1:%d ssl crt CRT alpn h2,http/1.1 proto h1
                  bind 127.0.0.1:%d ssl crt CRT alpn h2 proto h1
                  option disable-h2-upgrade
                  http-request return status 200 content-type text/plain lf-string "%%HV %%[ssl_fc_alpn]"
                """.formatted(ports.toArray()).replace("CRT", certificate.toString()))) {
            var theirs = oneVersion(pair.theirs());
            assertThat(oneVersion(pair.ours())).isEqualTo(theirs);
            assertThat(theirs.get(0)).contains("HTTP/2.0").contains("200 2");
            assertThat(theirs.get(1)).doesNotContain("200");
        }
    }

    private List<String> oneVersion(Side side) throws IOException {
        var found = new ArrayList<String>();
        for (int i = 0; i < 2; i++) {
            int port = side.ports().get(i);
            found.add(CurlCall.text(folder, port, "--http2-prior-knowledge http://a.example/"));
            found.add(CurlCall.text(folder, port, "--http1.1 http://a.example/"));
            for (var beginning : List.of("PRI * HT", "P", "GET / HTTP/1.0\r\n\r\n", "\r\n")) {
                found.add(first(HaproxyStreamPeers.ask(port, beginning)));
            }
        }
        for (int port : side.ports().subList(2, 6)) {
            for (var call : List.of("--http2", "--http1.1", "--no-alpn --http1.1")) {
                found.add(CurlCall.text(folder, port, call + " https://one.example/"));
            }
        }
        return found;
    }

    private static String first(String answer) {
        return answer.lines().findFirst().orElse("");
    }
}
