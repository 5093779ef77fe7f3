package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.text.Template;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Fields behind a chunked body (RFC 9110 section 6.5, RFC 9112 section 7.1.2). */
@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD)
class TrailerTest {
    private static final String ASKS = "GET / HTTP/1.1\r\nHost: s\r\nTE: trailers\r\nConnection: TE\r\n\r\n";
    private static final String BEHIND =
            "3\r\nabc\r\n0\r\nX-Sum: 42\r\nContent-Length: 9\r\nX-Other: o\r\nHost: evil\r\n"
                    + "Transfer-Encoding: chunked\r\nAuthorization: a\r\nSet-Cookie: a=b\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n";

    @Test
    void allowedTrailersOfAnAnswerReachAClientThatAsksForThem() throws IOException {
        try (var server = behind();
                var proxy = passing(server, Set.of("x-sum"));
                var client = proxy.client()) {
            client.send(ASKS);
            assertThat(client.head()).contains("Transfer-Encoding: chunked\r\n");
            assertThat(client.text(24)).isEqualTo("3\r\nabc\r\n0\r\nX-Sum: 42\r\n\r\n");
            assertThat(server.requests().getFirst().field("TE")).isEqualTo("trailers");
            assertThat(server.requests().getFirst().field("Connection")).containsIgnoringCase("te");
        }
    }

    @Test
    void fieldsThatDecideFramingRoutingOrRightsNeverPassAsTrailers() throws IOException {
        try (var server = behind();
                var proxy = passing(server, Set.of("*"));
                var client = proxy.client()) {
            client.send(ASKS);
            client.head();
            var expected = "3\r\nabc\r\n0\r\nX-Sum: 42\r\nX-Other: o\r\n\r\n";
            assertThat(client.text(expected.length())).isEqualTo(expected);
            assertThat(client.get("/").status()).as("the connection goes on").isEqualTo(200);
        }
    }

    @Test
    void trailersAreKeptFromClientsThatDoNotAskForThem() throws IOException {
        try (var server = behind();
                var proxy = passing(server, Set.of("*"));
                var client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: s\r\n\r\n");
            client.head();
            assertThat(client.text(13)).isEqualTo("3\r\nabc\r\n0\r\n\r\n");
            assertThat(server.requests().getFirst().field("TE")).isEmpty();
        }
    }

    @Test
    void noTrailerPassesWhereNoneIsAllowed() throws IOException {
        try (var server = behind();
                var proxy = passing(server, Set.of());
                var client = proxy.client()) {
            client.send(ASKS);
            client.head();
            assertThat(client.text(13)).isEqualTo("3\r\nabc\r\n0\r\n\r\n");
            assertThat(server.requests().getFirst().field("TE")).isEmpty();
        }
    }

    @Test
    void allowedTrailersOfARequestReachTheServer() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> connection.reply(200, "read"));
                var proxy = passing(server, Set.of("x-sum", "content-length", "host"));
                var client = proxy.client()) {
            var answer = client.send("POST / HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\n\r\n" + BEHIND)
                    .answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(server.requests().getFirst().trailers()).isEqualTo("X-Sum: 42\r\n");
            assertThat(server.requests().getFirst().body()).asString().isEqualTo("abc");
        }
    }

    @Test
    void trailersAreVariablesOfTheLog(@TempDir Path folder) throws IOException {
        var log = folder.resolve("log");
        var lines = new AccessLog(
                log,
                Template.parse("$upstream_trailer_x_sum $upstream_trailer_x_other $sent_trailer_x_sum"
                        + " $sent_trailer_x_other $bytes_sent"),
                AccessLog.Escape.DEFAULT,
                Optional.empty(),
                0,
                Duration.ZERO);
        try (var server = behind();
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.accessLog(lines)
                                .content(HttpProxy.toPool("web")
                                        .passedTrailers(Set.of("x-sum"))
                                        .build()));
                var client = proxy.client()) {
            client.send(ASKS);
            var head = client.head();
            client.text(24);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> assertThat(log).content().isEqualTo("42 o 42 - " + (head.length() + 24) + "\n"));
        }
    }

    private static ScriptedServer behind() throws IOException {
        return new ScriptedServer((request, connection) -> {
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + BEHIND);
            return true;
        });
    }

    private static Fixture passing(ScriptedServer server, Set<String> names) throws IOException {
        return Fixture.start(
                configuration -> configuration.pool(Fixture.pool("web", server)),
                root -> root.content(
                        HttpProxy.toPool("web").passedTrailers(names).build()));
    }
}
