package io.steelyard.config.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Problem;
import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.NameSlot;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.Network;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code resolvers} and the servers that name them. */
class ResolversTest {
    private static final String LISTEN =
            "listen l\n bind 127.0.0.1:80\n timeout connect 5s\n timeout client 1m\n timeout server 2m\n ";

    private static List<RealServer> servers(String resolvers, String server) {
        return Read.configuration(
                        "resolvers d\n nameserver n 127.0.0.1:5353\n " + resolvers + "\n" + LISTEN + server + "\n")
                .pools()
                .getFirst()
                .servers();
    }

    @Test
    void aSectionSaysWhoIsAskedAndHowLongAnswersAreUsed() {
        var section = """
                nameserver two udp@[::1]:53
                 resolve_retries 5
                 timeout retry 200ms
                 timeout resolve 3s
                 accepted_payload_size 4096
                 hold valid 11s
                 hold nx 12s
                 hold timeout 13s
                 hold refused 14s
                 hold other 15s
                 hold obsolete 16s
                """;
        var server = servers(
                        section,
                        "server s app.test:80 resolvers d resolve-prefer ipv4 resolve-net 10.0.0.0/8,::1/128"
                                + " resolve-opts allow-dup-ip,ignore-weight init-addr last,libc,127.0.0.1")
                .getFirst();
        var slot = new NameSlot(
                "d",
                5,
                Duration.ofMillis(200),
                Duration.ofSeconds(3),
                4096,
                new NameSlot.Holds(
                        Duration.ofSeconds(12),
                        Duration.ofSeconds(13),
                        Duration.ofSeconds(14),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(16)),
                true,
                List.of(Network.parse("10.0.0.0/8"), Network.parse("::1/128")),
                true,
                true,
                new NameSlot.Start(true, Optional.of(ServerAddress.numericAddress("127.0.0.1")), false));
        assertThat(server.nameLookup())
                .contains(new NameLookup(
                        List.of(
                                new InetSocketAddress(ServerAddress.numericAddress("127.0.0.1"), 5353),
                                new InetSocketAddress(ServerAddress.numericAddress("::1"), 53)),
                        Optional.of(Duration.ofSeconds(11)),
                        Duration.ofSeconds(1),
                        true,
                        true,
                        Optional.empty(),
                        Optional.of(slot)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "server s app.test:80 resolvers d | s | app.test:80 | false",
                "server s app.test:80 resolvers d init-addr none | s | app.test:80 | true",
                "server-template t 2 app.test:80 resolvers d | t1 t2 | app.test:80 | true",
                "server-template t 4-6 app.test:80 resolvers d init-addr libc | t4 t5 t6 | app.test:80 | false",
                "server-template t 1 _http._tcp.app.test resolvers d | t1 | app.test:80 | true",
                "server s _http._tcp.app.test:81 resolvers d init-addr libc | s | app.test:80 | true",
            })
    void eachServerIsAPlace(String line, String ids, String address, boolean mayLackAddress) {
        var servers = servers("", line);
        assertThat(servers).extracting(RealServer::id).containsExactly(ids.split(" "));
        assertThat(servers).allSatisfy(server -> {
            assertThat(server.address().text()).isEqualTo(address);
            var lookup = server.nameLookup().orElseThrow();
            assertThat(lookup.service())
                    .isEqualTo(line.contains("_http") ? Optional.of("_http._tcp") : Optional.empty());
            assertThat(lookup.slot().orElseThrow().start().mayLackAddress()).isEqualTo(mayLackAddress);
        });
    }

    @Test
    void addressesInDigitsAreNotLookedUp() {
        assertThat(servers("", "server-template t 2 10.0.0.1:80 resolvers d"))
                .hasSize(2)
                .allSatisfy(server -> assertThat(server.nameLookup()).isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "nameserver n 127.0.0.1:54 | nameserver 'n' is duplicate",
                "nameserver m 127.0.0.1 | address:port",
                "nameserver m tcp@127.0.0.1:53 | 'tcp@' cannot be asked",
                "hold never 1s | no event 'never'",
                "hold valid x | 'hold' is 'x'",
                "timeout foo 1s | no 'timeout foo' of resolvers",
                "resolve_retries many | 'resolve_retries' is 'many'",
                "accepted_payload_size 65536 | 'accepted_payload_size' is '65536'",
            })
    void wrongLinesAreErrors(String line, String told) {
        assertThat(Read.result("resolvers d\n nameserver n 127.0.0.1:53\n " + line + "\n")
                        .problems())
                .filteredOn(Problem::isError)
                .extracting(Problem::text)
                .singleElement()
                .asString()
                .contains(told);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "resolvers x | there is no section 'resolvers x'",
                "resolvers d resolve-prefer ipv5 | ipv4 or ipv6",
                "resolvers d resolve-opts foo | allow-dup-ip",
                "resolvers d resolve-net 10.0.0.0/33 | prefix 33",
                "resolvers d init-addr none,foo | libc, none",
            })
    void wrongParametersAreErrors(String parameters, String told) {
        assertThat(Read.result("resolvers d\n nameserver n 127.0.0.1:53\n" + LISTEN + "server s app.test:80 "
                                + parameters + "\n")
                        .problems())
                .filteredOn(Problem::isError)
                .extracting(Problem::text)
                .anySatisfy(text -> assertThat(text).contains(told));
    }
}
