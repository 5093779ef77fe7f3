package io.steelyard.pool;

import static io.steelyard.pool.Fixture.pool;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Problem;
import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
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

    @Test
    void serversOfAServiceHaveItsPortAndWeightAndThoseOfLowerRankAreBackups() {
        var lookup = NameLookup.at(new InetSocketAddress("127.0.0.1", 53)).forService("http");
        var one = ServerAddress.numericAddress("192.0.2.1");
        var two = ServerAddress.numericAddress("192.0.2.2");
        var asked = new HostNames.Resolver() {
            @Override
            public List<InetAddress> resolve(String host) {
                throw new AssertionError("the system's resolver is asked");
            }

            @Override
            public HostNames.Answer find(String host, int port, NameLookup whom) {
                assertThat(whom).isEqualTo(lookup);
                return new HostNames.Answer(
                        List.of(new HostNames.Found(one, 8080, 5, 0), new HostNames.Found(two, 8081, 3, 1)),
                        Duration.ofSeconds(host.equals("a.example") ? 20 : 30));
            }
        };
        var named = RealServer.builder("a.example:80").nameLookup(lookup);
        var weighted = RealServer.builder("b.example:80").nameLookup(lookup).weight(7);
        var backup = RealServer.builder("c.example:80").nameLookup(lookup).backup();
        var resolution = HostNames.resolve(
                pool().server(named.build())
                        .server(weighted.build())
                        .server(backup.build())
                        .build(),
                asked);
        assertThat(resolution.validFor()).contains(Duration.ofSeconds(20));
        assertThat(resolution.pool().servers())
                .extracting(server -> server.id() + " " + server.weight() + "/" + server.tier())
                .containsExactly(
                        "a.example:80@192.0.2.1:8080 5/0",
                        "a.example:80@192.0.2.2:8081 3/1",
                        "b.example:80@192.0.2.1:8080 7/0",
                        "b.example:80@192.0.2.2:8081 7/1",
                        "c.example:80@192.0.2.1:8080 5/1");
    }
}
