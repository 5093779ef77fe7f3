package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.http.ErrorPage;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.PathMatch;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.text.Template;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a request's body where a server is asked for the page of an error instead. */
@Timeout(120)
class ErrorPageBodyTest {
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: s\r\n\r\n";

    private static ErrorPage page(int status, String place) {
        return new ErrorPage(Set.of(status), Template.parse(place), OptionalInt.empty(), false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bodyOfARefusedRequestIsNeverTakenForTheNextOne(boolean isChunked) throws IOException {
        try (var server = new ScriptedServer((request, connection) -> connection.reply(200, request.line()));
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.content(HttpProxy.toPool("web").build())
                                .route(HttpRoute.builder("/denied")
                                        .match(new PathMatch.Prefix("/denied", false))
                                        .errorPage(page(404, "/page"))
                                        .build()));
                var client = proxy.client()) {
            var body = isChunked
                    ? "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(SMUGGLED.length()) + "\r\n" + SMUGGLED
                            + "\r\n0\r\n\r\n"
                    : "Content-Length: " + SMUGGLED.length() + "\r\n\r\n" + SMUGGLED;
            // A kept connection takes at once what is given to it.
            assertThat(client.get("/first").text()).isEqualTo("GET /first HTTP/1.1");
            client.send("POST /denied HTTP/1.1\r\nHost: s\r\n" + body);

            assertThat(client.answer().text()).isEqualTo("GET /page HTTP/1.1");
            assertThat(client.get("/next").text()).isEqualTo("GET /next HTTP/1.1");
            assertThat(server.requests())
                    .extracting(ScriptedServer.Request::line)
                    .containsExactly("GET /first HTTP/1.1", "GET /page HTTP/1.1", "GET /next HTTP/1.1");
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void whatIsLeftOfABodyIsNoRequestForAnotherServer() throws Exception {
        try (var broken = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                var pages = ScriptedServer.named("page")) {
            Thread.ofVirtual().start(() -> {
                try (var socket = broken.accept()) {
                    Wire.head(socket.getInputStream());
                    socket.getInputStream().readNBytes(3);
                    socket.setSoLinger(true, 0);
                } catch (IOException gone) {
                    // The proxy was first.
                }
            });
            try (var proxy = Fixture.start(
                            configuration -> configuration
                                    .pool(Fixture.pool("pages", pages))
                                    .pool(Fixture.pool("broken")
                                            .server(RealServer.of("127.0.0.1:" + broken.getLocalPort()))),
                            root -> root.content(HttpProxy.toPool("broken")
                                            .buffersRequest(false)
                                            .build())
                                    .errorPage(page(502, "@again"))
                                    .route(HttpRoute.builder("@again")
                                            .match(new PathMatch.Named())
                                            .content(HttpProxy.toPool("pages").build())
                                            .build()));
                    var client = proxy.client()) {
                client.send("POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 6\r\n\r\nabc");

                assertThat(client.answer().status()).isEqualTo(502);
                assertThat(pages.requests()).isEmpty();
            }
        }
    }
}
