package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Status.ServerStatus;
import io.steelyard.api.http.Content;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.SchedulerSpec;
import io.steelyard.api.pool.ServerPool;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are sent to a server themselves. */
@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD)
class PoolRedirectionTest {
    private static final Content.RedirectToPool EVERYTHING = Content.RedirectToPool.of("edges");

    @Test
    void clientsAreSentToTheServersInTurnByWeight() throws IOException {
        try (var proxy = redirecting(EVERYTHING);
                var client = proxy.client()) {
            var places = new ArrayList<String>();
            for (int i = 0; i < 6; i++) {
                var answer = client.get("/a%2Fb//../c?d=e%20f&g");
                assertThat(answer.status()).isEqualTo(307);
                assertThat(answer.head()).contains("Cache-Control: no-store\r\n");
                places.add(field(answer.head(), "Location"));
            }
            assertThat(places)
                    .containsOnly(
                            "https://a.example/a%2Fb//../c?d=e%20f&g",
                            "http://b.example:8080/base/a%2Fb//../c?d=e%20f&g");
            assertThat(places.stream().filter(place -> place.startsWith("https://a.example")))
                    .hasSize(4);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 303, 307, 308})
    void statusIsTheConfiguredOne(int status) throws IOException {
        try (var proxy = redirecting(
                        new Content.RedirectToPool("edges", status, Duration.ofSeconds(1), Optional.empty()));
                var client = proxy.client()) {
            var answer = client.get("/");
            assertThat(answer.status()).isEqualTo(status);
            assertThat(field(answer.head(), "Location")).endsWith("/");
        }
    }

    @Test
    void placeNeverComesFromTheHostAskedFor() throws IOException {
        try (var proxy = redirecting(EVERYTHING);
                var client = proxy.client()) {
            client.send("GET //evil.example/x HTTP/1.1\r\nHost: evil.example\r\n\r\n");
            var head = client.answer().head();
            assertThat(field(head, "Location")).isEqualTo("https://a.example//evil.example/x");
            client.send("GET http://evil.example/x HTTP/1.1\r\nHost: evil.example\r\n\r\n");
            assertThat(client.answer().head())
                    .doesNotContain("evil.example/x/")
                    .doesNotContain("Location: http://evil");
        }
    }

    @Test
    void requestsWithABodyOrAnotherMethodAreServedByTheOthers() throws IOException {
        try (var server = ScriptedServer.named("served");
                var proxy = redirecting(new Content.RedirectToPool(
                        "edges",
                        302,
                        Duration.ofSeconds(1),
                        Optional.of(HttpProxy.toPool(server.address()).build())));
                var client = proxy.client()) {
            assertThat(client.get("/").status()).isEqualTo(302);
            var posted = client.send("POST /p HTTP/1.1\r\nHost: s\r\nContent-Length: 1\r\n\r\nx")
                    .answer();
            assertThat(posted.text()).isEqualTo("served");
            assertThat(client.send("OPTIONS /o HTTP/1.1\r\nHost: s\r\n\r\n")
                            .answer()
                            .text())
                    .isEqualTo("served");
            assertThat(client.send("GET / HTTP/1.1\r\nHost: s\r\nContent-Length: 1\r\n\r\nx")
                            .answer()
                            .text())
                    .isEqualTo("served");
            assertThat(server.requests())
                    .extracting(ScriptedServer.Request::line)
                    .hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"b.example:8080", "B.example:8080"})
    void clientThatWasSentAlreadyIsNotSentInCircles(String host) throws IOException {
        try (var proxy = redirecting(EVERYTHING);
                var client = proxy.client()) {
            client.send("GET /base/x HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            assertThat(client.answer().status()).isEqualTo(508);
            client.send("GET /base/x HTTP/1.1\r\nHost: b.example\r\n\r\n");
            assertThat(client.answer().status()).as("another port").isEqualTo(307);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'',hop,?hop=1",
        "a=1,hop,?a=1&hop=1",
        "a=1&hop=1&b=%20,hop,?a=1&b=%20&hop=2",
        "hop=1&hop=2,hop,?hop=3",
        "hop=x,hop,?hop=1",
        "hops=7,hop,?hops=7&hop=1",
        "a&&b,hop,?a&&b&hop=1",
        "hop=4,'',?hop=4"
    })
    void redirectionsAreCountedInTheQuery(String query, String name, String expected) {
        assertThat(HopCount.raised("/p" + (query.isEmpty() ? "" : "?" + query), name))
                .isEqualTo("/p" + expected);
    }

    @Test
    void balancersThatSendClientsToEachOtherNoticeIt() throws IOException {
        try (var proxy = redirecting(
                        new Content.RedirectToPool("edges", 307, Duration.ofSeconds(1), Optional.empty(), "hop", 2));
                var client = proxy.client()) {
            var target = "/x?a=b";
            for (int i = 1; i <= 2; i++) {
                var answer = client.get(target);
                assertThat(answer.status()).isEqualTo(307);
                var place = field(answer.head(), "Location");
                target = place.substring(place.indexOf("/x"));
                assertThat(target).isEqualTo("/x?a=b&hop=" + i);
            }
            assertThat(client.get(target).status()).isEqualTo(508);
            assertThat(client.get("/x?hop=4000000000").status()).isEqualTo(508);
            assertThat(proxy.drops()).containsEntry("redirect_returned", 3L).containsEntry("redirect_loop", 2L);
            var issued = proxy.balancer().status().pools().getFirst().servers().stream()
                    .mapToLong(ServerStatus::served)
                    .sum();
            assertThat(issued).isEqualTo(2);
        }
    }

    @Test
    void whatBrowsersAskBeforeARequestIsAskedOfTheServers() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> connection.reply(200, request.line()));
                var proxy = Fixture.start(
                        configuration -> configuration.pool(ServerPool.builder("edges")
                                .scheduler(SchedulerSpec.of("nginx.round_robin"))
                                .server(RealServer.builder(server.address())
                                        .publicUrl("https://a.example")
                                        .build())),
                        root -> root.content(EVERYTHING));
                var client = proxy.client()) {
            client.send("OPTIONS /x HTTP/1.1\r\nHost: s\r\nOrigin: https://o.example\r\n"
                    + "Access-Control-Request-Method: PUT\r\n\r\n");
            assertThat(client.answer().text()).isEqualTo("OPTIONS /x HTTP/1.1");
            client.send("OPTIONS /x HTTP/1.1\r\nHost: s\r\n\r\n");
            assertThat(client.answer().status()).as("no browser's question").isEqualTo(307);
        }
    }

    @Test
    void clientsAreToldToComeBackWhereNoServerCanServe() throws IOException {
        try (var proxy = Fixture.start(
                        configuration -> configuration.pool(pool(AdminState.DISABLED)),
                        root -> root.content(EVERYTHING));
                var client = proxy.client()) {
            var answer = client.get("/");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(field(answer.head(), "Retry-After")).isEqualTo("10");
            assertThat(answer.head()).doesNotContain("Location");
        }
    }

    @Test
    void poolWithoutPublicUrlsIsRefused() {
        assertThatThrownBy(() -> Fixture.start(
                        configuration -> configuration.pool(ServerPool.builder("edges")
                                .server(RealServer.of("127.0.0.1:1"))
                                .scheduler(SchedulerSpec.of("nginx.round_robin"))),
                        root -> root.content(EVERYTHING)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("has no public URL");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.example",
                "ftp://a",
                "http://a/",
                "http://a?b",
                "http://a#b",
                "http://a\r\nX: y",
                "http://u@a",
                ""
            })
    void whatIsNoPublicUrlIsRefused(String url) {
        assertThatThrownBy(
                        () -> RealServer.builder("127.0.0.1:1").publicUrl(url).build())
                .hasMessageContaining("is no public URL");
    }

    private static Fixture redirecting(Content content) throws IOException {
        UnaryOperator<Configuration.Builder> pools = configuration -> configuration.pool(pool(AdminState.ENABLED));
        UnaryOperator<HttpRoute.Builder> route = root -> root.content(content);
        return Fixture.start(pools, route);
    }

    private static ServerPool.Builder pool(AdminState state) {
        return ServerPool.builder("edges")
                .scheduler(SchedulerSpec.of("nginx.round_robin"))
                .server(RealServer.builder("127.0.0.1:1")
                        .publicUrl("https://a.example")
                        .weight(2)
                        .adminState(state)
                        .build())
                .server(RealServer.builder("127.0.0.1:2")
                        .publicUrl("http://b.example:8080/base")
                        .adminState(state)
                        .build());
    }

    private static String field(String head, String name) {
        return head.lines()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .findFirst()
                .orElse("");
    }
}
