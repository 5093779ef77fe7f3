package io.steelyard.admin.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.Status;
import io.steelyard.api.Status.PoolStatus;
import io.steelyard.api.Status.ServerStatus;
import io.steelyard.api.http.StatusPage;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the page says, and what its address asks for. */
class HaproxyPageTest {
    private static final Configuration CONFIGURATION = Configuration.builder()
            .pool(pool("web", "up", "down"))
            .pool(pool("<api>", "one"))
            .build();

    private static final Status STATUS = new Status(
            List.of(
                    new PoolStatus(
                            "web",
                            "haproxy.roundrobin",
                            0,
                            0,
                            0,
                            List.of(server("up", HealthState.UP), server("down", HealthState.DOWN))),
                    new PoolStatus("<api>", "haproxy.roundrobin", 0, 0, 0, List.of(server("one", HealthState.UP)))),
            List.of());

    private static ServerPool pool(String name, String... servers) {
        var pool = ServerPool.builder(name);
        Stream.of(servers)
                .forEach(server -> pool.server(RealServer.builder(server, ServerAddress.parse("127.0.0.1:9"))
                        .build()));
        return pool.build();
    }

    private static ServerStatus server(String id, HealthState health) {
        return new ServerStatus(id, "127.0.0.1:9", 1, 0, AdminState.ENABLED, health, "", 0, 0, 0);
    }

    private static StatusPage.Document page(String target, Map<String, String> options) {
        var provider = new HaproxyPageProvider();
        return provider.make(Options.of(provider.options(), options)).document(target, CONFIGURATION, STATUS);
    }

    @Test
    void everyProxyIsATableWithItsServers() {
        var text = page("/s", Map.of("uri", "/s")).text();
        assertThat(text)
                .contains("<h2 id=\"web\">", "<tr class=\"down\"><td>down</td>", "<td>Backend</td>", "version")
                .contains("<h2 id=\"&lt;api&gt;\">")
                .doesNotContain("<api>");
    }

    @Test
    void theAddressAsksForCommaSeparatedValues() {
        var document = page("/s;csv", Map.of("uri", "/s", "refresh", "5s"));
        assertThat(document.text()).startsWith(StatisticsCsv.HEADER).contains("web,up,", "web,BACKEND,");
        assertThat(document.fields())
                .containsEntry("content-type", "text/plain")
                .containsEntry("refresh", "5");
        assertThat(page("/s;csv;norefresh", Map.of("uri", "/s", "refresh", "5s"))
                        .fields())
                .doesNotContainKey("refresh");
    }

    @Test
    void theAddressLeavesOutServersThatAreDown() {
        assertThat(page("/s;up;csv", Map.of("uri", "/s")).text())
                .contains("web,up,")
                .doesNotContain("web,down,");
    }

    @Test
    void scopeLeavesOutOtherProxies() {
        assertThat(page("/s;csv", Map.of("uri", "/s", "scope", "web")).text()).doesNotContain("api");
        assertThat(page("/s;csv?scope=ap", Map.of("uri", "/s")).text())
                .contains("<api>,one")
                .doesNotContain("web");
    }

    @Test
    void whatTheAddressSaysBeforeItsOwnPartIsNoWish() {
        assertThat(page("/a;csv/b", Map.of("uri", "/a;csv/b")).fields().get("content-type"))
                .startsWith("text/html");
    }
}
