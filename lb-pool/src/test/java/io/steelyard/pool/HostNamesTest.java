package io.steelyard.pool;

import static io.steelyard.pool.Fixture.pool;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Problem;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostNamesTest {
    @Test
    void aNameBecomesOneServerForEachAddressWithEverythingElseKept() {
        var pool = pool("a")
                .server(RealServer.builder("db.example:5432").weight(7).backup().build())
                .build();
        var resolution = HostNames.resolve(pool, host -> {
            assertThat(host).isEqualTo("db.example");
            return List.of(
                    ServerAddress.numericAddress("192.0.2.1"),
                    ServerAddress.numericAddress("2001:db8::1"),
                    ServerAddress.numericAddress("192.0.2.1"));
        });
        assertThat(resolution.problems()).isEmpty();
        assertThat(resolution.pool().servers())
                .extracting(server -> server.id() + " " + server.name() + " "
                        + server.address().text() + " " + server.weight() + "/" + server.tier())
                .containsExactly(
                        "a a 10.0.0.1:80 1/0",
                        "db.example:5432@192.0.2.1 db.example:5432 192.0.2.1:5432 7/1",
                        "db.example:5432@2001:db8:0:0:0:0:0:1 db.example:5432 [2001:db8:0:0:0:0:0:1]:5432 7/1");
    }

    @Test
    void aNameWithoutAddressIsAnError() {
        var pool = pool("a").server(RealServer.of("gone.example:80")).build();
        var resolution = HostNames.resolve(pool, host -> {
            throw new UnknownHostException(host);
        });
        assertThat(resolution.pool().servers()).hasSize(1);
        assertThat(resolution.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.isError()).isTrue())
                .extracting(Problem::toString)
                .asString()
                .contains("pools.web.servers.gone.example:80: error: host name 'gone.example' has no address");
    }
}
