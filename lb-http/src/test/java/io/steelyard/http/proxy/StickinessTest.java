package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.Personality;
import io.steelyard.api.affinity.CookieAffinity;
import io.steelyard.api.affinity.CookieAffinity.SameSite;
import io.steelyard.api.affinity.CookieAffinity.Value;
import io.steelyard.api.affinity.RequestAffinity;
import io.steelyard.api.affinity.RouteAffinity;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.affinity.TableAffinity;
import io.steelyard.api.affinity.TableAffinity.Use;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.ConnectionQueue;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.SchedulerSpec;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.text.Template;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD)
class StickinessTest {
    private static final String KEY = "a secret of many bytes";

    // ---- our own cookie

    @Test
    void sealedCookieBringsTheClientBackAndTellsNothingOfTheServer() throws IOException {
        try (var one = ScriptedServer.named("one");
                var two = ScriptedServer.named("two");
                var proxy = proxy(Personality.NATIVE, sealed(KEY), one, two);
                var client = proxy.client()) {
            var first = client.get("/");
            var cookie = setCookie(first);
            assertThat(cookie).endsWith("; Path=/; HttpOnly; SameSite=Lax").doesNotContain("127.0.0.1");
            for (int i = 0; i < 4; i++) {
                var again = get(client, pair(cookie));
                assertThat(again.text()).isEqualTo(first.text());
                assertThat(setCookie(again)).as("it is not due").isEmpty();
            }
            assertThat((first.text().equals("one") ? one : two)
                            .requests()
                            .getLast()
                            .field("Cookie"))
                    .as("servers do not see it")
                    .isEmpty();
        }
    }

    @Test
    void forgedSealedCookieIsNone() throws IOException {
        try (var one = ScriptedServer.named("one");
                var proxy = proxy(Personality.NATIVE, sealed(KEY), one);
                var client = proxy.client()) {
            var pair = pair(setCookie(client.get("/")));
            char last = pair.charAt(20);
            var forged = pair.substring(0, 20) + (last == 'A' ? 'B' : 'A') + pair.substring(21);
            assertThat(setCookie(get(client, forged))).isNotEmpty();
            assertThat(setCookie(get(client, pair))).isEmpty();
        }
    }

    @Test
    void sealedCookieOfAnOlderKeyIsUnderstood() throws IOException {
        try (var one = ScriptedServer.named("one");
                var two = ScriptedServer.named("two");
                var before = proxy(Personality.NATIVE, sealed(KEY), one, two);
                var after = proxy(Personality.NATIVE, sealed("another secret of many bytes", KEY), one, two);
                var never = proxy(Personality.NATIVE, sealed("another secret of many bytes"), one, two);
                var oldClient = before.client();
                var client = after.client();
                var stranger = never.client()) {
            var first = oldClient.get("/");
            var pair = pair(setCookie(first));
            for (int i = 0; i < 4; i++) {
                assertThat(get(client, pair).text()).isEqualTo(first.text());
            }
            assertThat(setCookie(get(stranger, pair))).isNotEmpty();
        }
    }

    // ---- nginx

    @Test
    void attributesThatAreWorkedOutAreLeftOutWhereTheyAreNone() throws Exception {
        var cookie = CookieAffinity.builder("srv")
                .value(new Value.AddressDigest())
                .computedAttribute(Template.parse("domain=.$host"))
                .computedAttribute(Template.parse("path=$arg_p"))
                .computedAttribute(Template.parse("note=$http_x_note"))
                .build();
        try (var one = ScriptedServer.named("one");
                var proxy = proxy(Personality.NGINX, RequestAffinity.of(cookie), one);
                var client = proxy.client()) {
            assertThat(setCookie(client.get("/?p=/a"))).endsWith("; domain=.site; path=/a");
            var forged = client.send("GET /?p= HTTP/1.1\r\nHost: site\r\nX-Note: a; Secure\r\n\r\n")
                    .answer();
            assertThat(setCookie(forged)).endsWith("; domain=.site");
        }
    }

    @Test
    void stickyCookieIsTheDigestOfTheAddressOrTheRoute() throws Exception {
        var cookie = CookieAffinity.builder("srv")
                .value(new Value.AddressDigest())
                .expires(Duration.ofHours(1))
                .domain(".example.com")
                .path("/")
                .httpOnly(true)
                .secure(true)
                .sameSite(SameSite.STRICT)
                .build();
        try (var one = ScriptedServer.named("one");
                var proxy = proxy(Personality.NGINX, RequestAffinity.of(cookie), one);
                var client = proxy.client()) {
            var digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("MD5")
                            .digest(one.address().getBytes(StandardCharsets.US_ASCII)));
            var answer = client.get("/");
            assertThat(setCookie(answer))
                    .matches("srv=" + digest
                            + "; expires=[A-Z][a-z]{2}, \\d\\d-[A-Z][a-z]{2}-\\d{2} \\d\\d:\\d\\d:\\d\\d GMT; "
                            + "max-age=3600; domain=\\.example\\.com; path=/; httponly; secure; samesite=strict");
            assertThat(setCookie(get(client, "srv=" + digest))).isEmpty();
            assertThat(one.requests().getLast().field("Cookie")).isEqualTo("srv=" + digest);
        }
    }

    @Test
    void drainingServerServesItsStickyClientsOnly() throws IOException {
        var route =
                RequestAffinity.of(new RouteAffinity(List.of(Template.parse("$cookie_r"), Template.parse("$arg_r"))));
        try (var one = ScriptedServer.named("one");
                var two = ScriptedServer.named("two");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(pool(Personality.NGINX, route)
                                .server(RealServer.builder(one.address())
                                        .stickyName("a")
                                        .adminState(AdminState.DRAINING)
                                        .build())
                                .server(RealServer.builder(two.address())
                                        .stickyName("b")
                                        .build())),
                        root -> root.content(HttpProxy.toPool("web").build()));
                var client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/").text()).isEqualTo("two");
                assertThat(client.get("/?r=a").text()).isEqualTo("one");
                assertThat(client.get("/?r=c").text()).isEqualTo("two");
            }
            assertThat(get(client, "r=a").text()).isEqualTo("one");
            proxy.balancer().adminState("web", one.address(), AdminState.DISABLED);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(client.get("/?r=a").text()).isEqualTo("two"));
        }
    }

    // ---- tables

    @Test
    void tableRemembersTheServerOfAField() throws IOException {
        try (var one = ScriptedServer.named("one");
                var two = ScriptedServer.named("two");
                var proxy = proxy(
                        Personality.NATIVE, RequestAffinity.of(TableAffinity.on("clients", "$http_x_user")), one, two);
                var client = proxy.client()) {
            for (var user : List.of("ann", "bob", "cid")) {
                var first = client.send("GET / HTTP/1.1\r\nHost: site\r\nX-User: " + user + "\r\n\r\n")
                        .answer();
                for (int i = 0; i < 3; i++) {
                    assertThat(client.send("GET / HTTP/1.1\r\nHost: site\r\nX-User: " + user + "\r\n\r\n")
                                    .answer()
                                    .text())
                            .isEqualTo(first.text());
                }
            }
            assertThat(List.of(client.get("/").text(), client.get("/").text()))
                    .as("without the field they are served in turn")
                    .containsExactlyInAnyOrder("one", "two");
        }
    }

    @Test
    void tableLearnsFromACookieTheServerSets() throws IOException {
        var learn = RequestAffinity.of(
                new TableAffinity(Use.MATCH, "clients", Template.parse("$cookie_session"), Optional.empty()),
                new TableAffinity(
                        Use.STORE_RESPONSE, "clients", Template.parse("$upstream_cookie_session"), Optional.empty()));
        try (var one = session("one");
                var two = session("two");
                var proxy = proxy(Personality.NGINX, learn, one, two);
                var client = proxy.client()) {
            for (var server : List.of("one", "two", "one")) {
                for (int i = 0; i < 3; i++) {
                    client.get("/");
                    assertThat(get(client, "session=of-" + server).text()).isEqualTo(server);
                }
            }
        }
    }

    // ---- a server at its limit

    @Test
    void clientOfAFullServerGoesElsewhereWithNginx() throws Exception {
        assertThat(whileItsServerIsFull(Personality.NGINX, 0)).isEqualTo("two");
    }

    @Test
    void clientOfAFullServerWaitsForItWithHaproxy() throws Exception {
        assertThat(whileItsServerIsFull(Personality.HAPROXY, 0)).isEqualTo("one");
    }

    /** Who serves a client bound to one, which serves another until the client waits or is answered. */
    private static String whileItsServerIsFull(Personality personality, int maxQueued) throws Exception {
        var entered = new CountDownLatch(1);
        var leave = new CountDownLatch(1);
        var rule = RequestAffinity.of(CookieAffinity.builder("SRV").build());
        try (var one = new ScriptedServer((request, connection) -> {
                    if (request.line().contains("/hold")) {
                        entered.countDown();
                        awaitQuietly(leave);
                    }
                    return connection.reply(200, "one");
                });
                var two = ScriptedServer.named("two");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(pool(personality, rule)
                                .queue(new ConnectionQueue(10, Duration.ofSeconds(60)))
                                .server(RealServer.builder(one.address())
                                        .stickyName("a")
                                        .maxConnections(1)
                                        .maxQueued(maxQueued)
                                        .build())
                                .server(RealServer.builder(two.address())
                                        .stickyName("b")
                                        .build())),
                        root -> root.content(HttpProxy.toPool("web").build()));
                var holder = proxy.client();
                var client = proxy.client()) {
            holder.send("GET /hold HTTP/1.1\r\nHost: site\r\nCookie: SRV=a\r\n\r\n");
            entered.await();
            client.send("GET / HTTP/1.1\r\nHost: site\r\nCookie: SRV=a\r\n\r\n");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> proxy.balancer().status().pools().getFirst().queued() == 1
                            || !two.requests().isEmpty());
            leave.countDown();
            return client.answer().text();
        }
    }

    // ---- small things

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static ScriptedServer session(String name) throws IOException {
        return new ScriptedServer((request, connection) -> {
            connection.send("HTTP/1.1 200 OK\r\nSet-Cookie: session=of-" + name + "; Path=/\r\nContent-Length: "
                    + name.length() + "\r\n\r\n" + name);
            return true;
        });
    }

    private static RequestAffinity sealed(String... keys) {
        return RequestAffinity.of(CookieAffinity.signed("BALANCE", Duration.ofHours(1), keys));
    }

    private static ServerPool.Builder pool(Personality personality, RequestAffinity rule) {
        return ServerPool.builder("web")
                .personality(personality)
                .scheduler(SchedulerSpec.of("nginx.round_robin"))
                .requestAffinity(rule);
    }

    private static Fixture proxy(Personality personality, RequestAffinity rule, ScriptedServer... servers)
            throws IOException {
        UnaryOperator<ServerPool.Builder> withServers = pool -> {
            for (var server : servers) {
                pool.server(RealServer.of(server.address()));
            }
            return pool;
        };
        return Fixture.start(
                configuration -> configuration
                        .stickTable(StickTable.of("clients", 100, Duration.ofMinutes(10)))
                        .pool(withServers.apply(pool(personality, rule))),
                root -> root.content(HttpProxy.toPool("web").build()));
    }

    private static RawClient.Answer get(RawClient client, String cookie) throws IOException {
        return client.send("GET / HTTP/1.1\r\nHost: site\r\nCookie: " + cookie + "\r\n\r\n")
                .answer();
    }

    private static String setCookie(RawClient.Answer answer) {
        int at = answer.head().indexOf("\r\nSet-Cookie: ");
        return at < 0 ? "" : answer.head().substring(at + 14, answer.head().indexOf("\r\n", at + 2));
    }

    private static String pair(String setCookie) {
        return setCookie.substring(0, setCookie.indexOf(';'));
    }
}
