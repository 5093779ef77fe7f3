package io.steelyard.config.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Problem;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.Affinity;
import io.steelyard.api.pool.ConnectionQueue;
import io.steelyard.api.pool.SchedulerSpec;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.Target;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TcpTranslationTest {
    private static final String TIMES = " timeout connect 5s\n timeout client 1m\n timeout server 2m\n";

    private static ServerPool pool(String lines) {
        return Read.configuration("listen l\n bind 127.0.0.1:80\n" + TIMES + lines.indent(1))
                .pools()
                .getFirst();
    }

    private static ProxyOptions options(String lines) {
        return Read.configuration("listen l\n bind 127.0.0.1:80\n" + TIMES + lines.indent(1))
                .virtualServers()
                .getFirst()
                .options();
    }

    private static List<String> told(String text, Problem.Severity severity) {
        return Read.result(text).problems().stream()
                .filter(problem -> problem.severity() == severity)
                .map(Problem::toString)
                .toList();
    }

    @Test
    void listenersOfEveryForm() {
        var listen = Read.configuration("""
                listen l
                  bind *:80,127.0.0.1:81-83 backlog 77
                  bind :::84 v4v6
                  bind [::1]:85 v6only
                  bind ipv6@:86
                  option clitcpka
                  server a 10.0.0.1:80
                """).virtualServers().getFirst().listen();
        assertThat(listen)
                .extracting(ListenAddress::text)
                .containsExactly(
                        "0.0.0.0:80",
                        "127.0.0.1:81-83",
                        "[0:0:0:0:0:0:0:0]:84",
                        "[0:0:0:0:0:0:0:1]:85",
                        "[0:0:0:0:0:0:0:0]:86");
        assertThat(listen).extracting(ListenAddress::backlog).containsExactly(77, 77, 0, 0, 0);
        assertThat(listen).extracting(ListenAddress::ipv6Only).containsExactly(false, false, false, true, false);
        assertThat(listen).allMatch(ListenAddress::keepAlive);
    }

    @Test
    void timeoutsOfBothSides() {
        var plain = options("server a 10.0.0.1:80");
        assertThat(plain.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(plain.idleTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(plain.halfClosedTimeout()).isZero();
        assertThat(plain.halfClose()).isTrue();
        var more = options(
                "timeout tunnel 1h\ntimeout client-fin 30s\ntimeout server-fin 20s\nmaxconn 9\nserver a 10.0.0.1:80");
        assertThat(more.idleTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(more.halfClosedTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(more.maxConnections()).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // lines | another server | servers in all | retries on the same | pause in ms
                "balance first|false|0|3|1000",
                "balance roundrobin|false|0|3|1000",
                "retries 0|false|0|0|1000",
                "balance roundrobin;option redispatch|true|4|0|1000",
                "balance leastconn;option redispatch|true|2|2|1000",
                "balance leastconn;redispatch|true|2|2|1000",
                "balance leastconn;option redispatch;retries 1|true|2|0|1000",
                "balance leastconn;option redispatch 1|true|4|0|1000",
                "balance leastconn;option redispatch 2|true|3|1|1000",
                "timeout connect 200ms|false|0|3|200",
                "option redispatch;no option redispatch|false|0|3|1000",
            })
    void retries(String lines, boolean another, int servers, int same, long pauseMs) {
        var options = options(lines.replace(';', '\n') + "\nserver a 10.0.0.1:80\nserver b 10.0.0.2:80");
        assertThat(options.nextServer()).isEqualTo(another);
        assertThat(options.nextServerTries()).isEqualTo(servers);
        assertThat(options.sameServerRetries()).isEqualTo(same);
        assertThat(options.retryDelay()).isEqualTo(Duration.ofMillis(pauseMs));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "option tcpka|haproxy.roundrobin|{}",
                "balance static-rr|haproxy.static-rr|{}",
                "balance random(5)|haproxy.random|{draws=5}",
                "balance source|haproxy.source|{}",
                "balance source;hash-type consistent djb2 avalanche|haproxy.source|{avalanche=true, function=djb2, hash-type=consistent}",
                "balance hash src;hash-type consistent;hash-balance-factor 150|haproxy.hash|{hash-balance-factor=150, hash-type=consistent}",
                "balance uri|haproxy.roundrobin|{}",
            })
    void schedulers(String lines, String name, String options) {
        var pool = pool(lines.replace(';', '\n') + "\nserver a 10.0.0.1:80");
        assertThat(pool.scheduler().name()).isEqualTo(name);
        assertThat(new java.util.TreeMap<>(pool.scheduler().options())).hasToString(options);
        assertThat(pool.hashKey().isPresent()).isEqualTo(name.equals("haproxy.hash"));
        assertThat(SchedulerSpec.of(name).name()).isEqualTo(name);
    }

    @Test
    void serversWithAllTheySay() {
        var pool = pool("""
                option allbackups
                timeout queue 9s
                default-server weight 5 backup
                server a 10.0.0.1:80 weight 7 no-backup maxconn 3 slowstart 10s
                server b [2001:db8::1]:81 disabled
                server c db.example:82
                server d /run/d.sock
                server e 10.0.0.5
                """);
        assertThat(pool.servers())
                .extracting(
                        server -> server.id() + " " + server.address() + " " + server.weight() + " " + server.tier())
                .containsExactly(
                        "a 10.0.0.1:80 7 0",
                        "b [2001:db8:0:0:0:0:0:1]:81 5 1",
                        "c db.example:82 5 1",
                        "d unix:/run/d.sock 5 1",
                        "e 10.0.0.5:80 5 1");
        assertThat(pool.servers().get(0).maxConnections()).isEqualTo(3);
        assertThat(pool.servers().get(0).slowStart()).isEqualTo(Duration.ofSeconds(10));
        assertThat(pool.servers().get(1).adminState()).isEqualTo(AdminState.DISABLED);
        assertThat(pool.allBackups()).isTrue();
        assertThat(pool.queue()).isEqualTo(new ConnectionQueue(Integer.MAX_VALUE, Duration.ofSeconds(9)));
    }

    @Test
    void aCheckThatAllServersShareIsThePools() {
        var pool = pool(
                "default-server check inter 3s fastinter 500 downinter 9s rise 4 fall 5\nserver a 10.0.0.1:1\nserver b 10.0.0.2:1");
        var check = pool.healthChecks().getFirst();
        assertThat(check.interval()).isEqualTo(Duration.ofSeconds(3));
        assertThat(check.transitionInterval()).isEqualTo(Duration.ofMillis(500));
        assertThat(check.downInterval()).isEqualTo(Duration.ofSeconds(9));
        assertThat(check.timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(List.of(check.rise(), check.fall())).containsExactly(4, 5);
        assertThat(check.jitter()).isZero();
        assertThat(pool.servers()).allMatch(server -> server.healthChecks().isEmpty());
    }

    @Test
    void checksThatDifferAreTheServersOwn() {
        var pool = pool("""
                timeout check 700ms
                server a 10.0.0.1:1 check port 99 addr 10.9.9.9
                server b 10.0.0.2:1
                server c 10.0.0.3:1 track a
                server d 10.0.0.4:1 check
                server e 10.0.0.5:1 track l/d
                """);
        assertThat(pool.healthChecks()).isEmpty();
        var own = pool.servers().stream()
                .map(server -> server.healthChecks().orElseThrow())
                .toList();
        assertThat(own.get(0).getFirst().port()).isEqualTo(99);
        assertThat(own.get(0).getFirst().address().orElseThrow().getHostAddress())
                .isEqualTo("10.9.9.9");
        assertThat(own.get(0).getFirst().timeout()).isEqualTo(Duration.ofMillis(700));
        assertThat(own.get(1)).isEmpty();
        assertThat(own.get(2)).isEqualTo(own.get(0));
        assertThat(own.get(4).getFirst().address().orElseThrow().getHostAddress())
                .isEqualTo("10.0.0.4");
        assertThat(own.get(4).getFirst().port()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "option tcpka|tcp|{}",
                "option tcp-check|tcp|{}",
                "option redis-check|redis|{}",
                "option smtpchk|smtp|{}",
                "option smtpchk EHLO a.example|smtp|{greeting=EHLO a.example}",
                "option mysql-check|mysql|{}",
                "option mysql-check user joe pre-41|mysql|{before-41=true, user=joe}",
                "option pgsql-check user joe|pgsql|{user=joe}",
                "option ldap-check|ldap|{}",
                "option ssl-hello-chk|ssl-hello|{}",
                "option httpchk;http-check disable-on-404;http-check send-state|http|{drain-on-404=true, send-state=true}",
                "option httpchk;timeout check 9s;timeout connect 1s|http|{connect-timeout=1s}",
                "option httpchk;option tcp-check|tcp|{}",
            })
    void kindsOfChecks(String lines, String type, String options) {
        var check = pool(lines.replace(';', '\n') + "\nserver a 10.0.0.1:80 check")
                .healthChecks()
                .getFirst();
        assertThat(check.type()).isEqualTo(type);
        assertThat(new java.util.TreeMap<>(check.options())).hasToString(options);
    }

    @Test
    void clientsStickByAddress() {
        var affinity = pool("stick-table type ip size 10k expire 30m\nstick on src\nserver a 10.0.0.1:80")
                .affinity();
        assertThat(affinity).contains(new Affinity(32, 128, Duration.ofMinutes(30), 10_240));
    }

    @Test
    void globalSettings() {
        var read = Read.configuration("""
                global
                  nbthread 3
                  maxconn 500
                  hard-stop-after 7s
                  spread-checks 20
                  tune.bufsize 32768
                  nosplice
                listen l
                  bind :80
                  server a 10.0.0.1:80 check
                """);
        assertThat(read.settings().loops()).isEqualTo(3);
        assertThat(read.settings().maxConnections()).isEqualTo(500);
        assertThat(read.settings().drainTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(read.pools().getFirst().healthChecks().getFirst().jitter()).isEqualTo(0.2);
        var options = read.virtualServers().getFirst().options();
        assertThat(options.bufferBytes()).isEqualTo(32_768);
        assertThat(options.splice()).isFalse();
    }

    @Test
    void defaultsHoldUntilTheNextAndNamedOnesWhereTheyAreNamed() {
        var read = Read.configuration("""
                defaults one
                  timeout connect 1s
                  retries 1
                defaults two from one
                  retries 2
                defaults
                  timeout connect 3s
                listen a
                  bind :1
                  server s 10.0.0.1:1
                listen b from two
                  bind :2
                  server s 10.0.0.1:1
                listen c from one
                  bind :3
                  retries 9
                  server s 10.0.0.1:1
                """);
        assertThat(read.virtualServers())
                .extracting(server -> server.options().connectTimeout().toSeconds() + " "
                        + server.options().sameServerRetries())
                .containsExactly("3 3", "1 2", "1 9");
    }

    @Test
    void oldFormsAreTakenWithAWarningThatNamesTodays() {
        var text = """
                global
                  nbproc 2
                listen old 127.0.0.1:80,127.0.0.1:81
                  contimeout 5000
                  clitimeout 50000
                  srvtimeout 60000
                  redispatch
                  server a 10.0.0.1:80
                  server b 10.0.0.2:80
                """;
        var server = Read.configuration(text).virtualServers().getFirst();
        assertThat(server.listen()).hasSize(2);
        assertThat(server.options().connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(server.options().idleTimeout()).isEqualTo(Duration.ofSeconds(50));
        assertThat(server.options().nextServer()).isTrue();
        assertThat(told(text, Problem.Severity.WARNING))
                .hasSize(6)
                .contains(
                        "f:3:12: warning: an address behind the name of a section is of old versions of HAProxy; write 'bind"
                                + " 127.0.0.1:80,127.0.0.1:81' on a line of its own today",
                        "f:4:3: warning: 'contimeout' is of old versions of HAProxy; write 'timeout connect' today");
    }

    @Test
    void aFrontendWithoutABackendClosesAtOnce() {
        var server = Read.configuration("frontend f\n bind :80\n timeout client 1s\n")
                .virtualServers()
                .getFirst();
        assertThat(server.target()).isInstanceOf(Target.Reply.class);
    }

    @Test
    void disabledProxiesAreLeftOut() {
        assertThat(Read.configuration(
                                "listen a\n bind :1\n disabled\n server s 10.0.0.1:1\nlisten b\n bind :2\n server s 10.0.0.1:1\n")
                        .virtualServers())
                .extracting(server -> server.name())
                .containsExactly("b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listen l;f: bind :80;f: foo|f:3:2: error: unknown keyword 'foo' in listen; correct or remove it",
                "listen l; timeot client 1s|f:2:2: error: unknown keyword 'timeot' in listen; correct or remove it",
                "listen l; timeout clint 1s|f:2:10: error: 'timeout' has no 'clint'; did you mean 'timeout client'?",
                "listen l; balance rr|f:2:10: error: 'balance' has the argument 'rr', expected roundrobin",
                "backend b; server a 1.1.1.1|f:2:11: error: a server cannot be at '1.1.1.1': it has no port",
                "backend b; server a 1.1.1.1:1 wieght 3|f:2:21: error: 'server' has no parameter 'wieght', expected check",
                "backend b; server a 1.1.1.1:1 weight 300|f:2:28: error: 'weight' of 'server' is '300', expected a whole number from 0 to 256",
                "backend b; server a 1.1.1.1:1; server a 1.1.1.2:1|f:3:9: error: server 'a' is duplicate: it stands at f:2:9 too",
                "frontend f; bind :80; default_backend x|f:3:18: error: unknown backend 'x', expected the name of a backend",
                "backend b;backend b|f:2:9: error: 'b' is the name of another proxy, at f:1:9",
                "frontend f; bind :443 ssl crt x|f:2:20: error: certificate file x: there is no such file, expected a PEM file with a certificate and its key",
                "backend b; server a 1.1.1.1:1 track c/d|f:2:27: error: unknown server 'c/d', expected backend/server",
                "cache c|f:1:1: error: section 'cache' cannot be honoured: nothing is cached",
                "global; maxconn x|f:2:10: error: 'maxconn' is 'x', expected a whole number from 0",
                "backend b from x|f:1:16: error: unknown defaults section 'x'",
                "defaults; acl a src 1.1.1.1|f:2:2: error: 'acl' is allowed in a defaults section with a name alone; write 'defaults NAME'",
            })
    void faultsAreToldWithTheirPlace(String text, String told) {
        var lines = text.replace("f: ", " ").replace(';', '\n') + "\n";
        assertThat(told(lines, Problem.Severity.ERROR))
                .anySatisfy(error -> assertThat(error).startsWith(told));
    }
}
