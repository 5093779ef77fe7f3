package io.steelyard.launcher.difference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.LoadBalancer;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.config.ConfigurationFiles;
import io.steelyard.core.Steelyard;
import io.steelyard.launcher.difference.RequestMaker.Request;
import io.steelyard.tck.FreePort;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers that break as soon as they have accepted, or in the middle of a request, before nginx and before us. Where the time at which a reset
 * arrives decides whether the request counts as sent, either outcome is right, and a client that hears nothing is always wrong.
 */
@Timeout(300)
class NginxBreakingServerIT {
    private static final int ROUNDS = 10;
    private static final String BODY = "0123456789";

    @TempDir
    private Path folder;

    /** What a server does with each connection. */
    private enum Break {
        /** Resets it at once. */
        RESETS,
        /** Closes it at once. */
        CLOSES,
        /** Reads what begins the request, then resets. */
        RESETS_LATER,
        /** Reads what begins the request, then closes. */
        CLOSES_LATER
    }

    /** A server whose every connection breaks. */
    private record BreakingServer(ServerSocket socket, Break kind) implements AutoCloseable {
        static BreakingServer start(Break kind) throws IOException {
            var server = new BreakingServer(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), kind);
            Thread.ofVirtual().start(server::run);
            return server;
        }

        private void run() {
            while (!socket.isClosed()) {
                try (var client = socket.accept()) {
                    if (kind == Break.RESETS_LATER || kind == Break.CLOSES_LATER) {
                        assertThat(client.getInputStream().read()).isPositive();
                    }
                    if (kind == Break.RESETS || kind == Break.RESETS_LATER) {
                        client.setSoLinger(true, 0);
                    }
                } catch (IOException ignored) {
                    // The other side was first, or the test is over.
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static String http(int port, int breaking, int good) {
        return """
            http {
              access_log off;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              upstream pair { server 127.0.0.1:BREAKING max_fails=0; server 127.0.0.1:GOOD max_fails=0 backup; }
              server {
                listen 127.0.0.1:LISTEN;
                location /next/ { proxy_pass http://pair; }
                location /alone/ { proxy_pass http://127.0.0.1:BREAKING; }
                location /off/ { proxy_pass http://pair; proxy_next_upstream off; }
                location /any/ { proxy_pass http://pair; proxy_next_upstream error non_idempotent; }
                location /unbuffered/ { proxy_pass http://pair; proxy_request_buffering off; }
              }
            }
            """.replace("LISTEN", Integer.toString(port))
                .replace("BREAKING", Integer.toString(breaking))
                .replace("GOOD", Integer.toString(good));
    }

    /** @param isSlow whether the second half of a body is sent when the first has been read */
    private static Request request(String number, String method, String place, boolean isSlow) {
        boolean hasBody = !method.equals("GET") && !method.equals("HEAD");
        var head = method + " " + place + " HTTP/1.1\r\nHost: site\r\nConnection: close\r\nX-Case: " + number + "\r\n"
                + (hasBody ? "Content-Length: " + BODY.length() + "\r\n\r\n" : "\r\n");
        var pieces = !hasBody
                ? List.of(head)
                : isSlow ? List.of(head + BODY.substring(0, 5), BODY.substring(5)) : List.of(head + BODY);
        return new Request(number, method, place, "", pieces, true, ClientFault.NONE);
    }

    /** Requests of all kinds, each with what it is called. */
    private static List<Request> requests() {
        var requests = new ArrayList<Request>();
        for (int round = 0; round < ROUNDS; round++) {
            for (var place : List.of("/next/", "/alone/", "/off/", "/any/", "/unbuffered/")) {
                for (var method : List.of("GET", "HEAD", "PUT", "POST")) {
                    requests.add(request(requests.size() + "", method, place, false));
                    if (method.startsWith("P")) {
                        requests.add(request(requests.size() + "", method, place, true));
                    }
                }
            }
        }
        return requests;
    }

    /** The status, how often the good server was asked, and with how much of a body. */
    private static String outcome(int port, Request request, RecordingServer good) {
        var outcome = Outcome.of(port, List.of(request), good).getFirst();
        var status = outcome.status().replaceFirst("HTTP/1.1 (\\d+).*", "$1");
        return status + " "
                + outcome.received().stream()
                        .map(text -> text.substring(text.indexOf("\n\n") + 2))
                        .toList();
    }

    /** A request that counts as sent where its bytes went before the reset came is not repeated: which of both came first is chance. */
    private static boolean mayBeEither(Request request, Break kind) {
        boolean isOnce = request.method().equals("POST") && request.place().equals("/next/")
                || request.method().startsWith("P") && request.place().equals("/unbuffered/");
        return isOnce && (kind == Break.RESETS || kind == Break.CLOSES);
    }

    /** A body that is not buffered, but came with its head as a whole, nginx still has; we have passed it on. */
    private static boolean isRepeatedByNginxAlone(Request request) {
        return request.method().equals("PUT") && request.place().equals("/unbuffered/") && !request.isSlow();
    }

    @Test
    void serversThatBreakAreGoneRoundAsNginxDoes() throws Exception {
        assumeTrue(RealProgram.hasNginx(), "nginx is not installed");
        for (var kind : Break.values()) {
            try (var broken = BreakingServer.start(kind)) {
                compare(broken.socket().getLocalPort(), kind);
            }
        }
    }

    @Test
    void bodyGoesWholeToTheNextServerWhereOneRefuses() throws Exception {
        assumeTrue(RealProgram.hasNginx(), "nginx is not installed");
        try (var refusing = new Socket()) {
            refusing.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            compare(refusing.getLocalPort(), null);
        }
    }

    /** @param kind null where the broken server refuses, so that nothing is left to chance */
    private void compare(int broken, @Nullable Break kind) throws IOException {
        int port = FreePort.tcp();
        var softly = new SoftAssertions();
        try (var good = new RecordingServer("");
                var nginx = RealProgram.nginx(folder, 1, given -> http(given.getFirst(), broken, good.port("")));
                var ignored = start(http(port, broken, good.port("")))) {
            for (var request : requests()) {
                var what = kind + " " + request.method() + " " + request.place() + " in "
                        + request.pieces().size();
                var theirs = outcome(nginx.port(0), request, good);
                var ours = outcome(port, request, good);
                if (kind != null && mayBeEither(request, kind)) {
                    var either = List.of("200 [" + BODY + "]", "502 []");
                    softly.assertThat(theirs).as("nginx " + what).isIn(either);
                    softly.assertThat(ours).as(what).isIn(either);
                } else if (kind != null && isRepeatedByNginxAlone(request)) {
                    softly.assertThat(theirs).as("nginx " + what).isEqualTo("200 [" + BODY + "]");
                    softly.assertThat(ours).as(what).isEqualTo("502 []");
                } else {
                    softly.assertThat(ours).as(what).isEqualTo(theirs);
                }
            }
        }
        softly.assertAll();
    }

    private LoadBalancer start(String text) throws IOException {
        var file = Files.writeString(folder.resolve("ours.conf"), "worker_processes 1;\nevents {}\n" + text);
        var read = ConfigurationFiles.of(Plugins.installed()).read(List.of(file), Optional.of("nginx"));
        assertThat(read.problems()).noneMatch(problem -> problem.isError());
        return Steelyard.start(read.configuration().orElseThrow());
    }
}
