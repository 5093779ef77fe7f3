package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.Event;
import io.steelyard.api.http.ErrorPage;
import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.PathMatch;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.text.Template;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What is told of servers that were tried, as nginx 1.22 tells it. */
@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD)
class AttemptsTest {
    private static final FieldChange TOLD =
            new FieldChange(FieldChange.Kind.ADD, "X-Told", Template.parse("$upstream_addr|$upstream_status"), true);

    @Test
    void serversOfAnotherPageStandBehindAColon() throws IOException {
        try (var alive = ScriptedServer.named("alive")) {
            var first = dead();
            var second = dead();
            try (var proxy = Fixture.start(
                            configuration -> configuration
                                    .pool(Fixture.pool("dead")
                                            .server(RealServer.of(first))
                                            .server(RealServer.of(second)))
                                    .pool(Fixture.pool("alive", alive)),
                            root -> root.content(HttpProxy.toPool("dead").build())
                                    .errorPage(new ErrorPage(
                                            Set.of(502), Template.parse("/fallback"), OptionalInt.empty(), false))
                                    .route(HttpRoute.builder("/fallback")
                                            .match(new PathMatch.Prefix("/fallback", false))
                                            .content(HttpProxy.toPool("alive").build())
                                            .responseField(TOLD)
                                            .build()));
                    var client = proxy.client()) {
                assertThat(told(client)).isEqualTo(first + ", " + second + " : " + alive.address() + "|502, 502 : 200");
            }
        }
    }

    @Test
    void poolThatHasNoServerLeftIsNamed() throws IOException {
        var events = new CopyOnWriteArrayList<Event>();
        try (var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("dead")
                                .server(RealServer.builder("127.0.0.1:1")
                                        .adminState(AdminState.DISABLED)
                                        .build())),
                        root -> root.content(HttpProxy.toPool("dead").build()).responseField(TOLD));
                var client = proxy.client()) {
            proxy.balancer().onEvent(events::add);
            assertThat(told(client)).isEqualTo("dead|502");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(events.stream()
                                    .filter(Event.Trouble.class::isInstance)
                                    .map(Event::toString))
                            .containsExactly("no live upstreams while connecting to upstream, client: 127.0.0.1, "
                                    + "server: , request: \"GET /a?b HTTP/1.1\", upstream: \"http://dead/a?b\", "
                                    + "host: \"site\""));
        }
    }

    private static String told(RawClient client) throws IOException {
        return client.get("/a?b")
                .head()
                .lines()
                .filter(line -> line.startsWith("X-Told: "))
                .findFirst()
                .orElse("")
                .replace("X-Told: ", "");
    }

    /** An address nobody listens on. */
    private static String dead() throws IOException {
        return "127.0.0.1:" + Fixture.freePort();
    }
}
