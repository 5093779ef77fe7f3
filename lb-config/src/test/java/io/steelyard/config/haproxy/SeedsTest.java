package io.steelyard.config.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Personality;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.config.ReadResult;
import io.steelyard.api.proxy.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Users' own files, unmodified. */
class SeedsTest {
    private static ConfigurationSource seed(String name) throws IOException {
        try (var stream = SeedsTest.class.getResourceAsStream("/seeds/" + name)) {
            return ConfigurationSource.of(name, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static ReadResult read(String name) throws IOException {
        return new HaproxyConfigurationReader().read(seed(name));
    }

    @Test
    void theTcpFileBecomesARoundRobinWithChecks() throws IOException {
        var result = read("3-tcp.haproxy.cfg");
        assertThat(result.problems()).noneMatch(Problem::isError);
        var configuration = result.configuration().orElseThrow();
        var pool = configuration.pool("test").orElseThrow();
        assertThat(pool.personality()).isEqualTo(Personality.HAPROXY);
        assertThat(pool.scheduler().name()).isEqualTo("haproxy.roundrobin");
        assertThat(pool.servers())
                .extracting(server -> server.id() + " " + server.address() + " " + server.weight())
                .containsExactly("server1 192.168.60.30:80 2", "server2 192.168.60.40:80 2");
        var check = pool.healthChecks().getFirst();
        assertThat(check.type()).isEqualTo("tcp");
        assertThat(check.interval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(check.fall()).isEqualTo(3);
        var front = configuration.virtualServers().getFirst();
        assertThat(front.name()).isEqualTo("test");
        assertThat(front.listen().getFirst().text()).isEqualTo("0.0.0.0:80");
        assertThat(front.pool()).isEqualTo("test");
    }

    @Test
    void theHttpFileOfOldTimesIsRun() throws IOException {
        var result = read("3-http.haproxy.cfg");
        var problems = result.problems();
        assertThat(problems).noneMatch(Problem::isError);
        var configuration = result.configuration().orElseThrow();
        var pool = configuration.pool("xy102").orElseThrow();
        assertThat(pool.scheduler().name()).isEqualTo("haproxy.static-rr");
        assertThat(pool.healthChecks().getFirst().type()).isEqualTo("http");
        assertThat(pool.servers()).extracting(server -> server.weight()).containsExactly(2, 3);
        var front = configuration.virtualServers().getFirst();
        assertThat(front.target()).isInstanceOf(Target.Http.class);
        assertThat(front.options().maxConnections()).isEqualTo(2000);
        assertThat(problems.stream()
                        .filter(problem -> problem.severity() == Problem.Severity.WARNING)
                        .map(Problem::toString))
                .contains(
                        "3-http.haproxy.cfg:13:9: warning: 'nbproc' is of old versions of HAProxy; remove it, or write nbthread: one"
                                + " process uses all processors",
                        "3-http.haproxy.cfg:26:9: warning: 'redispatch' is of old versions of HAProxy; write 'option redispatch'"
                                + " today");
        assertThat(problems).anyMatch(problem -> problem.text().contains("no-break space"));
    }

    @Test
    void bothAreRecognized() throws IOException {
        for (var name : new String[] {"3-http.haproxy.cfg", "3-tcp.haproxy.cfg"}) {
            assertThat(new HaproxyConfigurationReader().recognizes(seed(name))).isEqualTo(90);
        }
        assertThat(new HaproxyConfigurationReader().recognizes(seed("0-stream.nginx.conf")))
                .isZero();
    }
}
