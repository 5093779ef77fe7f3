package io.steelyard.config.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.Problem;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.ConnectionRule;
import io.steelyard.api.proxy.ConnectionRule.Phase;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.api.proxy.Target;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PROXY protocol headers, what clients say first, and logs, in mode tcp. */
class TcpGreetingTest {
    private static final String TIMES = " timeout connect 5s\n timeout client 1m\n timeout server 2m\n";

    private static Configuration listen(String lines) {
        return Read.configuration("listen l\n bind 127.0.0.1:80\n" + TIMES + lines.indent(1));
    }

    @Test
    void headersAreReadWhereTheListenerSaysSoAndEverybodyIsBelieved() {
        var server = Read.configuration(
                        "listen l\n bind :80 accept-proxy\n bind :81\n" + TIMES + " server a 10.0.0.1:80\n")
                .virtualServers()
                .getFirst();
        assertThat(server.listen()).extracting(ListenAddress::proxyProtocol).containsExactly(true, false);
        assertThat(server.options().trustedProxies()).hasSize(2);
        assertThat(server.options().proxyProtocolTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(listen("server a 10.0.0.1:80")
                        .virtualServers()
                        .getFirst()
                        .options()
                        .trustedProxies())
                .isEmpty();
    }

    @Test
    void headersMayBeExpectedOfSomeClients() {
        var server = listen("tcp-request connection expect-proxy layer4 if { src 10.0.0.0/8 }\nserver a 10.0.0.1:80")
                .virtualServers()
                .getFirst();
        assertThat(server.connectionRules())
                .singleElement()
                .satisfies(rule -> assertThat(rule.action()).isEqualTo(new ConnectionRule.Action.ExpectHeader()));
        assertThat(server.options().trustedProxies()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "send-proxy, V1, V1",
        "send-proxy-v2, V2, V2",
        "send-proxy-v2 no-send-proxy-v2, NONE, NONE",
        "send-proxy port 81, V1, NONE",
        "send-proxy-v2 port 81 check-send-proxy, V2, V2",
        "check-send-proxy, NONE, V1"
    })
    void serversAndTheirChecksGetHeaders(String words, ProxyProtocol sent, ProxyProtocol checked) {
        var server = listen("server a 10.0.0.1:80 check " + words)
                .pools()
                .getFirst()
                .servers()
                .getFirst();
        assertThat(server.sendProxyProtocol()).isEqualTo(sent);
        assertThat(server.checkProxyProtocol()).isEqualTo(checked);
    }

    @Test
    void whatHeadersCannotTellIsRefusedByName() {
        for (var words : new String[] {"proxy-v2-options ssl", "send-proxy-v2-ssl", "send-proxy-v2-ssl-cn"}) {
            assertThat(Read.result("listen l\n bind :80\n server a 10.0.0.1:80 " + words + "\n")
                            .problems())
                    .filteredOn(Problem::isError)
                    .singleElement()
                    .asString()
                    .contains("'" + words.split(" ")[0] + "'");
        }
    }

    @Test
    void backendsAreChosenByWhatClientsSay() {
        var configuration = Read.configuration("""
                frontend f
                  bind 127.0.0.1:443
                  timeout client 1m
                  tcp-request inspect-delay 5s
                  tcp-request content accept if { req.ssl_hello_type 1 }
                  tcp-request content reject
                  acl a req.ssl_sni -i a.example
                  use_backend a if a
                  use_backend %[req.ssl_sni,lower] if { req.ssl_sni -m found }
                  default_backend b
                backend a
                  server s 10.0.0.1:443
                backend b
                  server s 10.0.0.2:443
                """);
        var server = configuration.virtualServers().getFirst();
        assertThat(server.connectionRules()).extracting(ConnectionRule::phase).containsOnly(Phase.CONTENT);
        assertThat(server.options().inspectDelay()).isEqualTo(Duration.ofSeconds(5));
        assertThat(server.target()).isInstanceOf(Target.Named.class);
        assertThat(configuration.variables().toString())
                .contains("acl a req.ssl_sni -i a.example\nuse a if a\n")
                .contains("known a b\n")
                .contains("default b");
    }

    @Test
    void rulesOfABackendAreAskedOnceItIsChosen() {
        var server = Read.configuration("""
                frontend f
                  bind 127.0.0.1:443
                  timeout client 1m
                  default_backend b
                backend b
                  tcp-request inspect-delay 5s
                  tcp-request content reject if { req.len gt 9 }
                  server s 10.0.0.2:443
                """).virtualServers().getFirst();
        assertThat(server.connectionRules()).extracting(ConnectionRule::phase).containsExactly(Phase.TARGET);
        assertThat(server.options().inspectDelay()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void whatRequestsTellIsNotKnown() {
        for (var line : new String[] {
            "use_backend b if { path / }", "tcp-request content reject if { hdr(a) b }", "balance hash req.hdr(a)"
        }) {
            assertThat(Read.result("listen b\n bind :80\n " + line + "\n server s 10.0.0.2:443\n")
                            .problems())
                    .as(line)
                    .anyMatch(problem -> problem.isError() && problem.toString().contains("mode tcp"));
        }
    }

    @Test
    void connectionsAreHashedByWhatTheySay() {
        var pool = listen("balance rdp-cookie\nserver a 10.0.0.1:80").pools().getFirst();
        assertThat(pool.scheduler().name()).isEqualTo("haproxy.hash");
        assertThat(pool.hashKey()).isPresent();
        assertThat(listen("balance hash src,ipmask(24)\nserver a 10.0.0.1:80")
                        .pools()
                        .getFirst()
                        .hashKey())
                .isPresent();
    }

    @Test
    void connectionsAreLogged() {
        var log = listen("log 127.0.0.1:514 local0\noption tcplog\nserver a 10.0.0.1:80")
                .virtualServers()
                .getFirst()
                .accessLogs()
                .getFirst();
        assertThat(log.destination())
                .isInstanceOfSatisfying(
                        AccessLog.Destination.Syslog.class,
                        to -> assertThat(to.hasProcessId()).isTrue());
        assertThat(Read.result(
                                "listen l\n bind :80\n mode tcp\n log 127.0.0.1 local0\n option httplog\n server a 10.0.0.1:80\n")
                        .problems())
                .anyMatch(problem -> problem.toString().contains("'option httplog' needs mode http"));
    }

    @Test
    void silenceIsTheServersWhereItsTimeoutIsTheShorterOne() {
        assertThat(listen("timeout server 1s\nserver a 10.0.0.1:80")
                        .virtualServers()
                        .getFirst()
                        .options()
                        .idleOfServer())
                .isTrue();
        assertThat(listen("server a 10.0.0.1:80")
                        .virtualServers()
                        .getFirst()
                        .options()
                        .idleOfServer())
                .isFalse();
    }
}
