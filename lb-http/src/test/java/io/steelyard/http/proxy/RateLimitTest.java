package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.Configuration;
import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.RateLimit;
import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.proxy.ConnectionLimit.Level;
import io.steelyard.api.text.Template;
import java.io.IOException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Rates are one a minute, so that no machine is slow enough to see another request's time come. */
@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD)
class RateLimitTest {
    private static final RateLimit.Zone SLOW = zone("slow", 1);

    @Test
    void requestBeyondTheBurstIsRefusedWithTheLimitsStatus() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = limited(server, new RateLimit("slow", 1, 1, false, Level.INFO, 429));
                var client = proxy.client()) {
            var first = client.get("/");
            assertThat(first.status()).isEqualTo(200);
            assertThat(first.head()).contains("X-Rate: PASSED\r\n");
            assertThat(client.get("/").status()).isEqualTo(200);
            var third = client.get("/");
            assertThat(third.status()).isEqualTo(429);
            assertThat(third.head()).contains("X-Rate: REJECTED\r\n");
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void dryRunOnlyTells() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = limited(server, new RateLimit("slow", 1, 0, true, Level.INFO, 429));
                var client = proxy.client()) {
            assertThat(client.get("/").head()).contains("X-Rate: PASSED\r\n");
            assertThat(client.get("/").head()).contains("X-Rate: DELAYED_DRY_RUN\r\n");
            var third = client.get("/");
            assertThat(third.status()).isEqualTo(200);
            assertThat(third.head()).contains("X-Rate: REJECTED_DRY_RUN\r\n");
        }
    }

    @Test
    void requestThatWaitsIsServedWhenItsTimeHasCome() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = Fixture.start(
                        configuration ->
                                configuration.pool(Fixture.pool("web", server)).rateZone(zone("slow", 20)),
                        limitedRoute(new RateLimit("slow", 5, 0, false, Level.INFO, 503)));
                var client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: s\r\n\r\n"
                    + "POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 4\r\n\r\nbody");
            assertThat(client.answer().head()).contains("X-Rate: PASSED\r\n");
            var second = client.answer();
            assertThat(second.status()).isEqualTo(200);
            assertThat(second.head()).contains("X-Rate: DELAYED\r\n");
            assertThat(server.requests().getLast().body()).asString().isEqualTo("body");
        }
    }

    @Test
    void requestThatWaitsIsForgottenWhenItsClientLeaves() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = limited(server, new RateLimit("slow", 5, 0, false, Level.INFO, 503))) {
            try (var client = proxy.client()) {
                client.get("/");
                client.send("GET /waits HTTP/1.1\r\nHost: s\r\n\r\n");
            }
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(proxy.openConnections()).isZero());
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void bucketsStayAsTheyAreWhenTheConfigurationChanges() throws IOException {
        var limit = new RateLimit("slow", 0, 0, false, Level.INFO, 503);
        try (var server = ScriptedServer.named("one");
                var proxy = limited(server, limit);
                var client = proxy.client()) {
            assertThat(client.get("/").status()).isEqualTo(200);
            proxy.apply(
                    configuration ->
                            configuration.pool(Fixture.pool("web", server)).rateZone(SLOW),
                    root -> limitedRoute(limit).apply(root).responseField(FieldChange.set("X-New", "yes")));
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                var answer = client.get("/");
                assertThat(answer.status()).isEqualTo(503);
            });
        }
    }

    @Test
    void rateIsAskedBeforeTheNumberOfConnections() throws IOException {
        UnaryOperator<Configuration.Builder> pools = configuration -> configuration
                .rateZone(SLOW)
                .limitZone(new ConnectionLimit.Zone("each", Template.parse("$remote_addr"), 10));
        UnaryOperator<HttpRoute.Builder> route =
                root -> limitedRoute(new RateLimit("slow", 0, 0, false, Level.INFO, 503))
                        .apply(root)
                        .responseField(FieldChange.set("X-Count", "$limit_conn_status"))
                        .limit(new ConnectionLimit("each", 1, false, Level.INFO));
        try (var server = ScriptedServer.named("one");
                var proxy = Fixture.start(
                        configuration -> pools.apply(configuration.pool(Fixture.pool("web", server))), route);
                var client = proxy.client()) {
            assertThat(client.get("/").head()).contains("X-Count: PASSED\r\n");
            assertThat(client.get("/").head()).doesNotContain("X-Count").contains("X-Rate: REJECTED\r\n");
        }
    }

    private static Fixture limited(ScriptedServer server, RateLimit limit) throws IOException {
        return Fixture.start(
                configuration -> configuration.pool(Fixture.pool("web", server)).rateZone(SLOW), limitedRoute(limit));
    }

    private static UnaryOperator<HttpRoute.Builder> limitedRoute(RateLimit limit) {
        return root -> root.content(HttpProxy.toPool("web").build())
                .rateLimit(limit)
                .responseField(FieldChange.set("X-Rate", "$limit_req_status"));
    }

    private static RateLimit.Zone zone(String name, int perMinute) {
        return new RateLimit.Zone(name, Template.parse("$remote_addr"), 100, perMinute);
    }
}
