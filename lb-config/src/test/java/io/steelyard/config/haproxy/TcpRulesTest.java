package io.steelyard.config.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.VariableDefinition;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Access rules and the choice of a backend, followed to what becomes of single clients. */
class TcpRulesTest {
    private static final String BACKENDS = """
            backend a
              server s 10.0.0.1:1
            backend b
              server s 10.0.0.2:1
            backend c
              server s 10.0.0.3:1
            """;

    private static Configuration read(String frontend) {
        var text = "defaults\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n" + frontend + BACKENDS;
        var result = new HaproxyConfigurationReader().read(ConfigurationSource.of("f", text), Map.of());
        assertThat(result.problems()).noneMatch(Problem::isError);
        return result.configuration().orElseThrow();
    }

    private static List<String> errors(String frontend) {
        return new HaproxyConfigurationReader()
                .read(ConfigurationSource.of("f", frontend + BACKENDS), Map.of()).problems().stream()
                        .filter(Problem::isError)
                        .map(problem -> problem.position().orElseThrow().line() + ":"
                                + problem.position().orElseThrow().column() + " " + problem.text())
                        .toList();
    }

    /** The pool that serves a client at a port; {@code -} where it is kept out, nothing where it is closed. */
    private static String served(Configuration configuration, String client, int port) {
        var server = configuration.virtualServers().stream()
                .filter(one -> one.listen().stream()
                        .anyMatch(listen -> listen.firstPort() <= port && port <= listen.lastPort()))
                .findFirst()
                .orElseThrow();
        return served(configuration, server, client);
    }

    private static String served(Configuration configuration, VirtualServer server, String client) {
        var address = ServerAddress.numericAddress(client);
        for (var rule : server.access()) {
            if (rule.matches(address)) {
                if (!rule.isAllowed()) {
                    return "-";
                }
                break;
            }
        }
        return switch (server.target()) {
            case Target.Pool pool -> pool.name();
            case Target.Named named ->
                chosen((VariableDefinition.Geo) configuration.variables().getFirst(), address.getAddress());
            default -> "";
        };
    }

    private static String chosen(VariableDefinition.Geo geo, byte[] address) {
        VariableDefinition.Range best = null;
        for (var range : geo.ranges()) {
            var first = range.first().getAddress();
            boolean isIn = first.length == address.length
                    && Arrays.compareUnsigned(first, address) <= 0
                    && Arrays.compareUnsigned(address, range.last().getAddress()) <= 0;
            if (isIn
                    && (best == null
                            || Arrays.compareUnsigned(first, best.first().getAddress()) >= 0
                                    && Arrays.compareUnsigned(
                                                    range.last().getAddress(),
                                                    best.last().getAddress())
                                            <= 0)) {
                best = range;
            }
        }
        return best == null ? geo.defaultValue() : best.value();
    }

    @Test
    void aRejectedNetworkIsKeptOut() {
        var read = read("""
                frontend f
                  bind 127.0.0.1:80
                  tcp-request connection reject if { src 10.0.0.0/8 } || { src 192.168.0.1 }
                  default_backend a
                """);
        assertThat(served(read, "10.1.2.3", 80)).isEqualTo("-");
        assertThat(served(read, "192.168.0.1", 80)).isEqualTo("-");
        assertThat(served(read, "192.168.0.2", 80)).isEqualTo("a");
        assertThat(served(read, "2001:db8::1", 80)).isEqualTo("a");
    }

    @Test
    void theFirstRuleOfAPhaseThatAppliesDecidesAndEveryPhaseIsAsked() {
        var read = read("""
                frontend f
                  bind 127.0.0.1:80
                  acl inner src 10.0.0.0/8
                  acl host src 10.1.2.3
                  tcp-request connection accept if host
                  tcp-request connection reject unless inner
                  tcp-request content reject if { src 10.9.0.0/16 }
                  default_backend a
                """);
        assertThat(served(read, "10.1.2.3", 80)).isEqualTo("a");
        assertThat(served(read, "10.2.2.3", 80)).isEqualTo("a");
        assertThat(served(read, "10.9.2.3", 80)).isEqualTo("-");
        assertThat(served(read, "11.0.0.1", 80)).isEqualTo("-");
        assertThat(served(read, "::1", 80)).isEqualTo("-");
    }

    @Test
    void clientsGetTheBackendOfTheFirstRuleThatApplies() {
        var read = read("""
                frontend f
                  bind 127.0.0.1:80
                  acl office src 10.0.0.0/8 2001:db8::/32
                  use_backend b if { src 10.5.0.0/16 }
                  use_backend c if office
                  default_backend a
                """);
        assertThat(served(read, "10.5.0.1", 80)).isEqualTo("b");
        assertThat(served(read, "10.6.0.1", 80)).isEqualTo("c");
        assertThat(served(read, "2001:db8::7", 80)).isEqualTo("c");
        assertThat(served(read, "2001:db9::7", 80)).isEqualTo("a");
        assertThat(served(read, "8.8.8.8", 80)).isEqualTo("a");
    }

    @Test
    void listenersWithDifferentFatesBecomeVirtualServersOfTheirOwn() {
        var read = read("""
                frontend f
                  bind 127.0.0.1:80-82
                  tcp-request connection reject if { dst_port 82 } !{ src 127.0.0.1 }
                  use_backend b if { dst_port 81 }
                  default_backend a
                """);
        assertThat(read.virtualServers()).extracting(VirtualServer::name).containsExactly("f", "f-2", "f-3");
        assertThat(served(read, "9.9.9.9", 80)).isEqualTo("a");
        assertThat(served(read, "9.9.9.9", 81)).isEqualTo("b");
        assertThat(served(read, "9.9.9.9", 82)).isEqualTo("-");
        assertThat(served(read, "127.0.0.1", 82)).isEqualTo("a");
    }

    @Test
    void rulesOfTheChosenBackendCountToo() {
        var read = read("""
                frontend f
                  bind 127.0.0.1:80
                  use_backend guarded if { src 10.0.0.0/8 }
                  default_backend a
                backend guarded
                  tcp-request content reject if { src 10.0.0.1 }
                  server s 10.0.0.9:1
                """);
        assertThat(served(read, "10.0.0.1", 80)).isEqualTo("-");
        assertThat(served(read, "10.0.0.2", 80)).isEqualTo("guarded");
        assertThat(served(read, "11.0.0.1", 80)).isEqualTo("a");
    }

    @Test
    void unconditionalRulesNeedNoVariable() {
        var read = read("frontend f\n bind 127.0.0.1:80\n use_backend b\n default_backend a\n");
        assertThat(read.variables()).isEmpty();
        assertThat(served(read, "1.1.1.1", 80)).isEqualTo("b");
    }

    @Test
    void whatIsNotKnownAtTheStartIsRefusedWithItsPlace() {
        assertThat(errors("""
                        frontend f
                          bind :80
                          acl tls req.hdr(a) b
                          tcp-request content accept if tls
                          use_backend b if { dst 10.0.0.1 }
                          use_backend x
                          use_backend b if nosuch
                          tcp-request content set-nice 5
                          default_backend a
                        """))
                .hasSize(5)
                .anyMatch(text -> text.startsWith("4:30 'tcp-request content' cannot ask 'req.hdr(a)'"))
                .anyMatch(text -> text.startsWith("6:15 unknown backend 'x'"))
                .anyMatch(text -> text.startsWith("7:20 unknown ACL 'nosuch'"))
                .anyMatch(text -> text.startsWith("8:23 'tcp-request content': 'set-nice' cannot be honoured"));
        assertThat(errors("frontend f\n bind :80\n use_backend b if { dst 10.0.0.1 }\n"))
                .singleElement()
                .asString()
                .contains("asks 'dst' and listens on every address");
    }
}
