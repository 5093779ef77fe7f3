package io.steelyard.core.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.pool.HostNames.Found;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NameServersTest {
    private final NameServers asked = new NameServers(Duration.ofMillis(300));
    private ScriptedNameServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ScriptedNameServer();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private NameLookup lookup() {
        return NameLookup.at(server.address());
    }

    private static Found found(String address, int port, int weight, int tier) {
        return new Found(ServerAddress.numericAddress(address), port, weight, tier);
    }

    @Test
    void addressesOfBothKindsAreFoundThroughAliasesAndHoldAsLongAsTheShortestRecord() throws Exception {
        server.alias("app.test", 40, "web.test");
        server.address("web.test", 30, "10.0.0.1");
        server.address("web.test", 50, "2001:db8::1");
        var answer = asked.find("APP.test", 80, lookup());
        assertThat(answer.servers()).containsExactly(found("10.0.0.1", 80, 0, 0), found("2001:db8::1", 80, 0, 0));
        assertThat(answer.validFor()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void onlyTheKindThatIsWantedIsAskedForAndValidTakesThePlaceOfTtl() throws Exception {
        server.address("app.test", 0, "10.0.0.1");
        server.address("app.test", 0, "2001:db8::1");
        var one = new NameLookup(
                List.of(server.address()),
                Optional.of(Duration.ofSeconds(7)),
                Duration.ofSeconds(30),
                false,
                true,
                Optional.empty());
        var answer = asked.find("app.test", 80, one);
        assertThat(answer.servers()).containsExactly(found("2001:db8::1", 80, 0, 0));
        assertThat(answer.validFor()).isEqualTo(Duration.ofSeconds(7));
        assertThat(asked.find("app.test", 80, lookup()).validFor())
                .as("of records for 0 s")
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void serversOfAServiceHaveItsPortsWeightsAndGroups() throws Exception {
        server.service("_http._tcp.app.test", 10, 20, 3, 8081, "b.test");
        server.service("_http._tcp.app.test", 10, 10, 5, 8080, "a.test");
        server.service("_http._tcp.app.test", 10, 10, 0, 8082, "a.test");
        server.service("_http._tcp.app.test", 10, 30, 1, 8083, "");
        server.address("a.test", 10, "10.0.0.1");
        server.address("a.test", 10, "10.0.0.2");
        server.address("b.test", 10, "10.0.0.3");
        assertThat(asked.find("app.test", 80, lookup().forService("http")).servers())
                .containsExactly(
                        found("10.0.0.3", 8081, 3, 1),
                        found("10.0.0.1", 8080, 5, 0),
                        found("10.0.0.2", 8080, 5, 0),
                        found("10.0.0.1", 8082, 1, 0),
                        found("10.0.0.2", 8082, 1, 0));
        assertThatThrownBy(() -> asked.find("app.test", 80, lookup().forService("_http._udp")))
                .isInstanceOf(UnknownHostException.class);
    }

    @Test
    void whatDoesNotFitIsAskedForByTcp() throws Exception {
        for (int i = 1; i <= 100; i++) {
            server.address("many.test", 10, "10.0.1." + i);
        }
        assertThat(asked.find("many.test", 80, lookup()).servers()).hasSize(100);
        assertThat(server.questionsByTcp()).isEqualTo(1);
    }

    @Test
    void anotherServerIsAskedWhereOneRefusesOrFails() throws Exception {
        server.address("app.test", 10, "10.0.0.1");
        try (var failing = new ScriptedNameServer()) {
            failing.failWith(2);
            InetSocketAddress nobody;
            try (var closed = new ScriptedNameServer()) {
                nobody = closed.address();
            }
            for (int i = 0; i < 3; i++) {
                assertThat(asked.find("app.test", 80, NameLookup.at(nobody, failing.address(), server.address()))
                                .servers())
                        .containsExactly(found("10.0.0.1", 80, 0, 0));
            }
            assertThatThrownBy(() -> asked.find("app.test", 80, NameLookup.at(failing.address())))
                    .isInstanceOf(UnknownHostException.class);
        }
    }

    @Test
    void aNameThatIsUnknownOrHasNoAddressHasNoServer() {
        server.alias("empty.test", 10, "nowhere.test");
        assertThatThrownBy(() -> asked.find("gone.test", 80, lookup())).isInstanceOf(UnknownHostException.class);
        assertThatThrownBy(() -> asked.find("empty.test", 80, lookup())).isInstanceOf(UnknownHostException.class);
        assertThatThrownBy(() -> asked.find("a..b", 80, lookup())).isInstanceOf(UnknownHostException.class);
    }
}
