package io.steelyard.config.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.Personality;
import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationReader;
import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.api.config.ReadResult;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.PassiveHealth;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.Network;
import io.steelyard.api.proxy.Protocol;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.text.Template;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NginxConfigurationReaderTest {
    private final NginxConfigurationReader reader = new NginxConfigurationReader();

    @Test
    void trustedHostNamesStandForTheirAddresses() {
        var named = new NginxConfigurationReader(host -> {
            if (!host.equals("proxies.example")) {
                throw new UnknownHostException(host);
            }
            return List.of(ServerAddress.numericAddress("10.0.0.1"), ServerAddress.numericAddress("2001:db8::1"));
        });
        var text = "stream { server { listen 127.0.0.1:80 proxy_protocol; set_real_ip_from proxies.example;"
                + " proxy_pass 10.0.0.9:80; } }"
                + " http { server { listen 127.0.0.1:81; set_real_ip_from proxies.example; set_real_ip_from 10.9.0.0/16; } }";
        var configuration =
                named.read(ConfigurationSource.of("f", text)).configuration().orElseThrow();
        var addresses = List.of(Network.parse("10.0.0.1"), Network.parse("2001:db8::1"));
        assertThat(configuration.virtualServers().getFirst().options().trustedProxies())
                .isEqualTo(addresses);
        var http = (Target.Http) configuration.virtualServers().getLast().target();
        assertThat(http.service()
                        .hosts()
                        .getFirst()
                        .root()
                        .clientAddress()
                        .orElseThrow()
                        .trusted())
                .isEqualTo(List.of(addresses.getFirst(), addresses.getLast(), Network.parse("10.9.0.0/16")));
        var refused = named.read(ConfigurationSource.of("f", text.replace("proxies.example", "gone.example")));
        assertThat(refused.problems())
                .filteredOn(Problem::isError)
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem.toString())
                        .contains("host name 'gone.example' in 'set_real_ip_from' has no address"));
    }

    @Test
    void readsTheSeedWithoutError() throws IOException, URISyntaxException {
        var file = Path.of(NginxConfigurationReaderTest.class
                .getResource("/seeds/0-stream.nginx.conf")
                .toURI());
        var result = reader.read(ConfigurationSource.read(file));
        assertThat(result.problems())
                .allMatch(problem -> problem.severity() == Problem.Severity.NOTICE)
                .extracting(Problem::text)
                .anyMatch(text -> text.contains("worker_connections"))
                .anyMatch(text -> text.contains("mime.types"))
                .anyMatch(text -> text.contains("'http'"));
        var configuration = result.configuration().orElseThrow();
        assertThat(configuration.settings().loops()).isEqualTo(1);
        var web = configuration.pool("scweb").orElseThrow();
        assertThat(web.personality()).isEqualTo(Personality.NGINX);
        assertThat(web.scheduler().name()).isEqualTo("nginx.round_robin");
        assertThat(web.passiveHealth()).isInstanceOf(PassiveHealth.MaxFails.class);
        assertThat(web.servers())
                .extracting(RealServer::name)
                .containsExactly("192.168.0.163:80", "192.168.0.161:80", "192.168.0.162:80");
        var dns = configuration.pool("dns_servers").orElseThrow();
        assertThat(dns.scheduler().name()).isEqualTo("nginx.hash");
        assertThat(dns.scheduler().options()).isEqualTo(Map.of("consistent", "true"));
        assertThat(dns.hashKey()).contains(Template.parse("$remote_addr"));
        assertThat(configuration.virtualServers()).hasSize(1);
        var server = configuration.virtualServers().getFirst();
        assertThat(server.pool()).isEqualTo("scweb");
        assertThat(server.listen().getFirst().text()).isEqualTo("0.0.0.0:80");
        assertThat(result.positions().get("pools.scweb").line()).isEqualTo(13);
        assertThat(result.positions()
                        .get("pools.scweb.servers.192.168.0.161:80")
                        .line())
                .isEqualTo(15);
    }

    @Test
    void defaultsAreThoseOfNginx() {
        var options = stream("server { listen 80; proxy_pass 10.0.0.1:80; }")
                .virtualServers()
                .getFirst()
                .options();
        assertThat(options.connectTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(options.idleTimeout()).isEqualTo(Duration.ofMinutes(10));
        assertThat(options.halfClose()).isFalse();
        assertThat(options.nextServer()).isTrue();
        assertThat(options.nextServerTries()).isZero();
        assertThat(options.bufferBytes()).isEqualTo(16_384);
        assertThat(options.responses()).isEqualTo(-1);
    }

    @Test
    void serversInheritFromStreamAndOverrideIt() {
        var configuration = stream("proxy_timeout 1m; proxy_connect_timeout 2s; deny 10.0.0.0/8; proxy_bind 127.0.0.1;"
                + "server { listen 80; proxy_pass 10.0.0.1:80; }"
                + "server { listen 81; proxy_pass 10.0.0.1:80; proxy_timeout 1h30m; allow all; proxy_bind off; }");
        var first = configuration.virtualServers().getFirst();
        var second = configuration.virtualServers().get(1);
        assertThat(first.options().idleTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(first.options().connectTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(first.options().sourceAddress()).isPresent();
        assertThat(first.access())
                .singleElement()
                .satisfies(rule -> assertThat(rule.isAllowed()).isFalse());
        assertThat(second.options().idleTimeout()).isEqualTo(Duration.ofMinutes(90));
        assertThat(second.options().connectTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(second.options().sourceAddress()).isEmpty();
        assertThat(second.access()).hasSize(2).allMatch(rule -> rule.isAllowed());
    }

    @Test
    void aFileOfNothingButErrorsIsNotReadToItsEnd() {
        var result = reader.read(ConfigurationSource.of("f", "stream {" + "a;".repeat(3_000) + "}"));
        assertThat(result.configuration()).isEmpty();
        assertThat(result.problems()).hasSizeBetween(1_000, 1_010);
        assertThat(result.problems().getLast().text()).contains("too many errors");
    }

    @Test
    void logsMayGoToASyslogServer() {
        var logs = stream("log_format l '$status'; access_log syslog:server=10.0.0.7 l;"
                        + "access_log syslog:server=unix:/dev/log,facility=daemon,severity=warn,tag=lb_1,nohostname l;"
                        + "server { listen 80; proxy_pass 10.0.0.1:80; }")
                .virtualServers()
                .getFirst()
                .accessLogs();
        assertThat(logs)
                .extracting(AccessLog::destination)
                .containsExactly(
                        new AccessLog.Destination.Syslog(ServerAddress.parse("10.0.0.7:514"), 23, 6, "nginx", true),
                        new AccessLog.Destination.Syslog(ServerAddress.parse("unix:/dev/log"), 3, 4, "lb_1", false));
    }

    @Test
    void localAddressesAndRatesMayHaveVariables() {
        var servers = stream(
                        "proxy_bind 127.0.0.1:4000; proxy_upload_rate $limit; map $remote_addr $limit { default 1k; }"
                                + "server { listen 80; proxy_pass 10.0.0.1:80; }"
                                + "server { listen 81; proxy_pass 10.0.0.1:80; proxy_bind $remote_addr transparent;"
                                + " proxy_upload_rate 5k; proxy_download_rate ${limit}; }")
                .virtualServers();
        var first = servers.getFirst().options();
        assertThat(first.sourceAddress().orElseThrow().getHostAddress()).isEqualTo("127.0.0.1");
        assertThat(first.sourcePort()).isEqualTo(4_000);
        assertThat(first.transparent()).isFalse();
        assertThat(first.uploadRateText()).contains(Template.parse("$limit"));
        var second = servers.get(1).options();
        assertThat(second.sourceText()).contains(Template.parse("$remote_addr"));
        assertThat(second.sourceAddress()).isEmpty();
        assertThat(second.transparent()).isTrue();
        assertThat(second.uploadRate()).isEqualTo(5_120);
        assertThat(second.uploadRateText()).isEmpty();
        assertThat(second.downloadRateText()).contains(Template.parse("$limit"));
    }

    @Test
    void aHostNameToListenOnGivesAListenerForEachOfItsAddresses() {
        var named = new NginxConfigurationReader(host -> {
            if (!host.equals("here.example")) {
                throw new UnknownHostException(host);
            }
            return List.of(ServerAddress.numericAddress("10.0.0.1"), ServerAddress.numericAddress("::1"));
        });
        var text =
                "stream { server { listen here.example:80-81 backlog=7; listen gone.example:82; proxy_pass 10.0.0.9:80; } }";
        var refused = named.read(ConfigurationSource.of("f", text));
        assertThat(refused.problems())
                .singleElement()
                .hasToString(
                        "f:1:63: error: 'listen' cannot use 'gone.example:82': the host name 'gone.example' has no"
                                + " address; write a port, address:port, name:port, [address]:port, *:port, a range of ports or unix:path");

        var read = named.read(ConfigurationSource.of("f", text.replace("listen gone.example:82;", "")));
        var listen =
                read.configuration().orElseThrow().virtualServers().getFirst().listen();
        assertThat(listen).extracting(ListenAddress::text).containsExactly("10.0.0.1:80-81", "[0:0:0:0:0:0:0:1]:80-81");
        assertThat(listen).extracting(ListenAddress::backlog).containsOnly(7);
    }

    @Test
    void serverParametersReachTheModel() {
        var servers = stream("upstream a { server 10.0.0.1:80 weight=5 max_conns=7 max_fails=3 fail_timeout=1m;"
                        + "server 10.0.0.2:80 backup; server 10.0.0.3:80 down slow_start=30s; server db.example:5432 drain;}"
                        + "server { listen 80; proxy_pass A; }")
                .pool("a")
                .orElseThrow()
                .servers();
        var first = servers.getFirst();
        assertThat(first.weight()).isEqualTo(5);
        assertThat(first.maxConnections()).isEqualTo(7);
        assertThat(first.maxFails()).isEqualTo(3);
        assertThat(first.failTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(servers.get(1).tier()).isEqualTo(1);
        assertThat(servers.get(2).adminState()).isEqualTo(AdminState.DISABLED);
        assertThat(servers.get(2).slowStart()).isEqualTo(Duration.ofSeconds(30));
        assertThat(servers.get(3).adminState()).isEqualTo(AdminState.DRAINING);
        assertThat(servers.get(3).address().text()).isEqualTo("db.example:5432");
    }

    @Test
    void bareAddressMakesAPoolThatServersShare() {
        var configuration = stream("server { listen 80; proxy_pass 10.0.0.1:80; }"
                + "server { listen 53 udp; listen 54; proxy_pass 10.0.0.1:80; }");
        assertThat(configuration.pools())
                .singleElement()
                .satisfies(pool -> assertThat(pool.name()).isEqualTo("10.0.0.1:80"));
        assertThat(configuration.virtualServers())
                .extracting(server -> server.name() + " " + server.protocol())
                .containsExactly("0.0.0.0:80/tcp TCP", "0.0.0.0:53/udp UDP", "0.0.0.0:54/tcp TCP");
    }

    @Test
    void healthChecksReachThePoolWithTheirMatch() {
        var configuration =
                stream("match redis { send \"PING\\r\\n\"; expect \"+PONG\"; } upstream a { server 10.0.0.1:80; }"
                        + "health_check_timeout 2s; server { listen 80; proxy_pass a;"
                        + " health_check interval=10s jitter=5s fails=3 passes=2 mandatory port=6379 match=redis; }"
                        + "server { listen 53 udp; proxy_pass a; health_check; health_check udp; }");
        var checks = configuration.pool("a").orElseThrow().healthChecks();
        assertThat(checks).hasSize(2);
        var check = checks.getFirst();
        assertThat(check.type()).isEqualTo("tcp");
        assertThat(check.options()).isEqualTo(Map.of("send", "PING\r\n", "expect", "+PONG"));
        assertThat(check.interval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(check.timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(check.jitter()).isEqualTo(0.5);
        assertThat(check.rise()).isEqualTo(2);
        assertThat(check.fall()).isEqualTo(3);
        assertThat(check.port()).isEqualTo(6379);
        assertThat(check.mandatory()).isTrue();
        assertThat(checks.get(1).type()).isEqualTo("udp");
        assertThat(checks.get(1).options()).isEqualTo(Map.of("send", "nginx health check"));
    }

    @Test
    void bytesOfAMatchAreEscapedForTheCheck() {
        var check = stream(
                        "match m { send \"\\x00a\\\\b\\\\x\"; expect ~* \"(?<a_b>x)\"; } upstream a { server 10.0.0.1:80; }"
                                + "server { listen 80; proxy_pass a; health_check match=m; }")
                .pool("a")
                .orElseThrow()
                .healthChecks()
                .getFirst();
        assertThat(check.options()).isEqualTo(Map.of("send", "\\x00a\\\\b\\\\x", "expect-regex", "(?i)(?<g0>x)"));
    }

    @Test
    void largeUpstreamIsReadInAMoment() {
        var text = new StringBuilder("upstream a {");
        for (int i = 0; i < 5_000; i++) {
            text.append("server 10.")
                    .append(i >> 8 & 0xFF)
                    .append('.')
                    .append(i & 0xFF)
                    .append(".1:80 weight=2;\n");
        }
        var started = System.nanoTime();
        assertThat(stream(text + "} server { listen 80; proxy_pass a; }")
                        .pool("a")
                        .orElseThrow()
                        .servers())
                .hasSize(5_000);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void targetsLimitsAndLogsReachTheModel() {
        var configuration = stream("limit_conn_zone $binary_remote_addr zone=each:64k; limit_conn each 3;"
                + "limit_conn_dry_run on; limit_conn_log_level info;"
                + "log_format f escape=json 'a' 'b$status'; access_log logs/all.log f;"
                + "map $remote_addr $where { default 10.0.0.1:80; }"
                + "server { listen 80; proxy_pass $where; set $x a$remote_port; }"
                + "server { listen 81; return \"hi $remote_addr\"; limit_conn each 1; limit_conn_dry_run off;"
                + " access_log own.log f buffer=1k flush=1s if=$where; }"
                + "server { listen 82; return x; access_log off; }");
        assertThat(configuration.limitZones())
                .containsExactly(new ConnectionLimit.Zone("each", Template.parse("$binary_remote_addr"), 1_024));
        var servers = configuration.virtualServers();
        assertThat(servers.getFirst().target()).isEqualTo(new Target.Named(Template.parse("$where")));
        assertThat(servers.getFirst().limits())
                .containsExactly(new ConnectionLimit("each", 3, true, ConnectionLimit.Level.INFO));
        assertThat(servers.getFirst().assignments()).singleElement().satisfies(assignment -> {
            assertThat(assignment.variable()).isEqualTo("x");
            assertThat(assignment.value()).isEqualTo(Template.parse("a$remote_port"));
        });
        var log = servers.getFirst().accessLogs().getFirst();
        assertThat(log.destination()).isEqualTo(new AccessLog.Destination.File(Path.of("logs/all.log")));
        assertThat(log.format()).isEqualTo(Template.parse("ab$status"));
        assertThat(log.escape()).isEqualTo(AccessLog.Escape.JSON);
        assertThat(servers.get(1).target()).isEqualTo(new Target.Reply(Template.parse("hi $remote_addr")));
        assertThat(servers.get(1).limits())
                .containsExactly(new ConnectionLimit("each", 1, false, ConnectionLimit.Level.INFO));
        var own = servers.get(1).accessLogs().getFirst();
        assertThat(own.bufferBytes()).isEqualTo(1_024);
        assertThat(own.flush()).isEqualTo(Duration.ofSeconds(1));
        assertThat(own.condition()).contains(Template.parse("$where"));
        assertThat(servers.get(2).accessLogs()).isEmpty();
    }

    @Test
    void shutdownTimeoutIsTheDrainTimeout() {
        var configuration = read("worker_shutdown_timeout 5m; stream { server { listen 80; return x; } }")
                .configuration()
                .orElseThrow();
        assertThat(configuration.settings().drainTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(configuration.virtualServers().getFirst().protocol()).isEqualTo(Protocol.TCP);
    }

    @Test
    void problemsComeInFileOrder() {
        var result = read("stream {\n server { proxy_pass b; }\n upstream a { }\n bad;\n}\n}");
        assertThat(result.problems())
                .extracting(problem -> problem.position().orElseThrow())
                .isSortedAccordingTo((one, other) -> one.line() != other.line()
                        ? Integer.compare(one.line(), other.line())
                        : Integer.compare(one.column(), other.column()))
                .contains(new Position("nginx.conf", 6, 1));
    }

    @Test
    void saysWhereNothingIsBalanced() {
        var result = read("events {}");
        assertThat(result.configuration()).isPresent();
        assertThat(result.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.severity()).isEqualTo(Problem.Severity.WARNING));
    }

    @Test
    void onePartOfSeveralMayNameThePoolOfAnother() {
        var source = ConfigurationSource.of("f", "stream { server { listen 80; proxy_pass elsewhere; } }");
        assertThat(reader.read(source).configuration()).isEmpty();
        assertThat(reader.readPart(source).configuration().orElseThrow().virtualServers())
                .singleElement()
                .satisfies(server -> assertThat(server.pool()).isEqualTo("elsewhere"));
        assertThat(reader.readPart(ConfigurationSource.of("f", "events {}")).problems())
                .isEmpty();
    }

    @Test
    void recognizesItsOwnFilesOnly() {
        assertThat(reader.recognizes(ConfigurationSource.of("x", "worker_processes 1;\nstream {")))
                .isEqualTo(95);
        for (var other : List.of(
                "pools:\n  web:\n    servers: [10.0.0.1:80]\n",
                "frontend x\n  bind *:80\n  default_backend b\n",
                "vrrp_instance VI_1 {\n state MASTER\n}\nvirtual_server 10.0.0.1 80 {\n real_server 10.0.0.2 80 {\n }\n}\n",
                "")) {
            assertThat(reader.recognizes(ConfigurationSource.of("x", other)))
                    .as(other)
                    .isZero();
        }
    }

    @Test
    void isFoundByServiceLoader() {
        assertThat(Plugins.installed().readers())
                .extracting(ConfigurationReader::name)
                .contains("nginx");
    }

    @Test
    void whatIsNotKnownIsLeftOutWhereTheReaderIsToBeLenient() {
        var text = "events {} http { brotli on; brotli_types a b; more { x y; }"
                + " server { listen 80; location / { proxy_pass http://10.0.0.1; lua_check x; slice 1m; } } }";
        var strict = read(text);
        assertThat(strict.configuration()).isEmpty();
        var lenient = reader.read(ConfigurationSource.of("nginx.conf", text).lenient());
        assertThat(lenient.configuration()).isPresent();
        assertThat(lenient.problems())
                .filteredOn(problem -> problem.severity() == Problem.Severity.WARNING)
                .extracting(Problem::what)
                .containsExactly(
                        "'brotli on' is ignored: unknown directive 'brotli'",
                        "'brotli_types a b' is ignored: unknown directive 'brotli_types'",
                        "'more' is ignored with its block: unknown directive 'more'",
                        "'lua_check x' is ignored: 'lua_check' cannot be honoured: scripts are not supported",
                        "'slice 1m' is ignored: 'slice' cannot be honoured: it is not supported yet");
    }

    @Test
    void whatKeepsClientsOutIsNeverLeftOut() {
        for (var guard : List.of("auth_jwt realm;", "limit_except GET { deny all; }", "auth_request /x;")) {
            var text =
                    "events {} http { server { listen 80; location / { proxy_pass http://10.0.0.1; " + guard + " } } }";
            assertThat(reader.read(ConfigurationSource.of("f", text).lenient()).problems())
                    .as(guard)
                    .anyMatch(Problem::isError);
        }
        var wrong = "events {} http { server { listen 80; location / { proxy_pass; } } }";
        assertThat(reader.read(ConfigurationSource.of("f", wrong).lenient()).problems())
                .anyMatch(Problem::isError);
    }

    private Configuration stream(String text) {
        var result = read("events {} stream {" + text + "}");
        assertThat(result.configuration()).as("%s", result.problems()).isPresent();
        return result.configuration().orElseThrow();
    }

    private ReadResult read(String text) {
        return reader.read(ConfigurationSource.of("nginx.conf", text));
    }
}
