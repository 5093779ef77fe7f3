package io.steelyard.config.yaml;

import io.steelyard.api.Configuration;
import io.steelyard.api.Personality;
import io.steelyard.api.Settings;
import io.steelyard.api.affinity.Counting;
import io.steelyard.api.affinity.StickCount;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.http.Condition;
import io.steelyard.api.http.HttpService;
import io.steelyard.api.http.RateLimit;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.Affinity;
import io.steelyard.api.pool.ConnectionQueue;
import io.steelyard.api.pool.ConnectionReuse;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.NameSlot;
import io.steelyard.api.pool.Observation;
import io.steelyard.api.pool.PassiveHealth;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.RetryBudget;
import io.steelyard.api.pool.SchedulerSpec;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.proxy.ConnectionRule;
import io.steelyard.api.proxy.ForwardingMode;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.Network;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.api.proxy.SpokenHttp;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.UnixSocket;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Assignment;
import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Configurations of every shape, with texts that try the quoting. Everything follows from the random numbers. */
final class RandomConfiguration {
    private static final List<String> TEXTS = List.of(
            "web",
            "a b",
            "true",
            "no",
            "null",
            "~",
            "12",
            "1.5",
            "0x1F",
            "1e3",
            "2026-01-01",
            "- x",
            "x: y",
            "x #y",
            "#",
            "'",
            "\"",
            "\\",
            "[",
            "{a}",
            "*",
            "&a",
            "!b",
            "%",
            "@",
            "`",
            "|",
            ">",
            "?",
            "é 文字 😀",
            "\u00a0",
            "\u200b",
            "\t",
            "a\nb",
            " lead",
            "trail ",
            "",
            ":",
            "a:",
            "a:b",
            "...",
            "---",
            "=",
            "<<",
            "\u0007",
            "\u2028",
            "\r\n",
            "1:30",
            ".");

    private final Random random;

    private RandomConfiguration(Random random) {
        this.random = random;
    }

    static Configuration make(Random random) {
        return new RandomConfiguration(random).configuration();
    }

    private Configuration configuration() {
        var builder = Configuration.builder();
        if (random.nextBoolean()) {
            builder.settings(
                    new Settings(random.nextInt(5), time(), random.nextInt(3) * 1000, random.nextInt(3) * 1_000_000L));
        }
        builder.stickTable(new StickTable(
                RandomAffinity.TABLE,
                1 + random.nextInt(99),
                1 + random.nextInt(99),
                time(),
                random.nextBoolean(),
                StickTable.Keys.values()[random.nextInt(StickTable.Keys.values().length)],
                random.nextBoolean()
                        ? List.of()
                        : List.of(
                                StickTable.Counter.of(StickCount.CONN_CUR),
                                new StickTable.Counter(
                                        StickCount.HTTP_REQ_RATE, Duration.ofMillis(1 + random.nextInt(99_999))),
                                new StickTable.Counter(StickCount.GPC, Duration.ZERO, 1 + random.nextInt(100)),
                                new StickTable.Counter(
                                        StickCount.GPC_RATE,
                                        Duration.ofMillis(1 + random.nextInt(99_999)),
                                        1 + random.nextInt(100)))));
        int pools = 1 + random.nextInt(3);
        for (int i = 0; i < pools; i++) {
            builder.pool(pool(i + text()));
        }
        var poolNames = builder.build().pools().stream().map(ServerPool::name).toList();
        for (int i = random.nextInt(3); i > 0; i--) {
            builder.variable(variable("v" + i));
        }
        builder.limitZone(new ConnectionLimit.Zone("zone", template(), 1 + random.nextInt(9)));
        builder.rateZone(new RateLimit.Zone("rates", template(), 1 + random.nextInt(9), 1 + random.nextInt(9_999)));
        for (int i = random.nextInt(4); i > 0; i--) {
            builder.virtualServer(server(i, poolNames));
        }
        return builder.build();
    }

    private ServerPool pool(String name) {
        var builder = ServerPool.builder(name).personality(one(Personality.values()));
        maybe(() -> builder.scheduler(new SchedulerSpec("x." + random.nextInt(9), texts())));
        maybe(() -> builder.hashKey(template()));
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            builder.server(realServer());
        }
        maybe(() -> builder.allBackups(random.nextBoolean()));
        maybe(() -> builder.fullConnections(random.nextInt(1_000)));
        maybe(() -> builder.affinity(
                new Affinity(1 + random.nextInt(32), 1 + random.nextInt(128), positiveTime(), 1 + random.nextInt(99))));
        for (int i = random.nextInt(3); i > 0; i--) {
            builder.healthCheck(healthCheck());
        }
        maybe(() -> builder.passiveHealth(Stream.<Supplier<PassiveHealth>>of(
                        PassiveHealth.Off::new,
                        PassiveHealth.MaxFails::new,
                        PassiveHealth.SlidingWindow::defaults,
                        () -> new PassiveHealth.SlidingWindow(3, positiveTime(), positiveTime(), random.nextInt(101)))
                .skip(random.nextInt(4))
                .findFirst()
                .orElseThrow()
                .get()));
        maybe(() -> builder.queue(new ConnectionQueue(random.nextInt(9), time())));
        maybe(() -> builder.requestAffinity(new RandomAffinity(random).next()));
        maybe(() -> builder.retryBudget(new RetryBudget(
                random.nextInt(100) / 8.0 / 10, random.nextInt(9), Duration.ofSeconds(1 + random.nextInt(60)))));
        maybe(() -> builder.reuse(new ConnectionReuse(random.nextInt(9), 1 + random.nextInt(9), time(), time())));
        return builder.build();
    }

    private HealthCheckSpec healthCheck() {
        return new HealthCheckSpec(
                "tcp",
                texts(),
                positiveTime(),
                time(),
                time(),
                positiveTime(),
                1 + random.nextInt(3),
                1 + random.nextInt(3),
                random.nextDouble(),
                random.nextBoolean(),
                random.nextBoolean() ? Optional.of(ServerAddress.numericAddress("10.9.8.7")) : Optional.empty(),
                random.nextInt(65_536),
                new RandomSteps(random).next());
    }

    private RealServer realServer() {
        var address = ServerAddress.parse(
                one("10.0.0.1:80", "[2001:db8::1]:443", "db.example:5432", "unix:/run/a b.sock", "127.0.0.1:1"));
        var builder = RealServer.builder(random.nextBoolean() ? address.text() : text(), address);
        maybe(() -> builder.id("id" + text()));
        maybe(() -> builder.weight(random.nextInt(RealServer.MAX_WEIGHT + 1)));
        maybe(() -> builder.tier(random.nextInt(256)));
        maybe(() -> builder.adminState(one(AdminState.values())));
        maybe(() -> builder.maxConnections(random.nextInt(100)));
        maybe(() -> builder.resumeConnections(random.nextInt(100)));
        maybe(() -> builder.maxFails(random.nextInt(100)));
        maybe(() -> builder.failTimeout(time()));
        maybe(() -> builder.slowStart(time()));
        maybe(() -> builder.sendProxyProtocol(one(ProxyProtocol.values())));
        maybe(() -> builder.checkProxyProtocol(one(ProxyProtocol.values())));
        maybe(() -> builder.healthChecks(random.nextBoolean() ? List.of() : List.of(healthCheck())));
        maybe(() -> builder.tls(tls().client()));
        builder.publicUrl(one("http://a.example", "https://[2001:db8::1]:8443/base", "http://192.0.2.1/a/b%20c"));
        maybe(() -> builder.stickyName(one("s1", "true", "12", "a:b")));
        maybe(() -> builder.maxQueued(random.nextInt(100)));
        maybe(() -> builder.maxConnections(100).minConnections(random.nextInt(100)));
        maybe(() -> builder.observation(new Observation(
                one(Observation.Layer.values()), 1 + random.nextInt(99), one(Observation.Reaction.values()))));
        maybe(() -> builder.endsFlowsWhenDown(random.nextBoolean()));
        maybe(() -> builder.endsBackupFlowsWhenUp(random.nextBoolean()));
        maybe(() -> builder.labels(texts()));
        if (address instanceof ServerAddress.Name) {
            maybe(() -> builder.nameLookup(nameLookup()));
        }
        return builder.build();
    }

    private NameLookup nameLookup() {
        boolean wantsIpv4 = random.nextBoolean();
        return new NameLookup(
                List.of(new InetSocketAddress(ServerAddress.numericAddress(one("127.0.0.1", "::1")), 53)),
                random.nextBoolean() ? Optional.of(positiveTime()) : Optional.empty(),
                positiveTime(),
                wantsIpv4,
                !wantsIpv4 || random.nextBoolean(),
                random.nextBoolean() ? Optional.of(one("http", "_dns._udp")) : Optional.empty(),
                random.nextBoolean() ? Optional.of(nameSlot()) : Optional.empty());
    }

    private NameSlot nameSlot() {
        return new NameSlot(
                text(),
                1 + random.nextInt(5),
                positiveTime(),
                positiveTime(),
                512 + random.nextInt(1000),
                new NameSlot.Holds(positiveTime(), positiveTime(), positiveTime(), Duration.ZERO, positiveTime()),
                random.nextBoolean(),
                random.nextBoolean() ? List.of(Network.parse("10.0.0.0/8"), Network.parse("2001:db8::/32")) : List.of(),
                random.nextBoolean(),
                random.nextBoolean(),
                new NameSlot.Start(
                        random.nextBoolean(),
                        random.nextBoolean()
                                ? Optional.of(ServerAddress.numericAddress(one("127.0.0.1", "::1")))
                                : Optional.empty(),
                        random.nextBoolean()));
    }

    private VariableDefinition variable(String name) {
        return switch (random.nextInt(4)) {
            case 0 ->
                new VariableDefinition.TextMap(
                        name,
                        template(),
                        template(),
                        IntStream.range(0, random.nextInt(4))
                                .mapToObj(i -> new VariableDefinition.Rule(
                                        one(VariableDefinition.Kind.values()), text() + i, template()))
                                .toList(),
                        random.nextBoolean());
            case 1 ->
                new VariableDefinition.Geo(
                        name,
                        template(),
                        text(),
                        List.of(range("10.0.0.0", "10.255.255.255"), range("::", "::9"), range("1.2.3.4", "1.2.3.4")));
            case 2 -> new VariableDefinition.Computed(name, "haproxy.format", text());
            default ->
                new VariableDefinition.Split(
                        name,
                        template(),
                        List.of(
                                new VariableDefinition.Share(1 + random.nextInt(10_000), text()),
                                new VariableDefinition.Share(VariableDefinition.Share.REST, text())));
        };
    }

    private VariableDefinition.Range range(String first, String last) {
        return new VariableDefinition.Range(
                ServerAddress.numericAddress(first), ServerAddress.numericAddress(last), text());
    }

    private VirtualServer server(int number, List<String> pools) {
        boolean isTcp = random.nextBoolean();
        var builder = isTcp ? VirtualServer.tcp(number + text()) : VirtualServer.udp(number + text());
        boolean hasTls = isTcp && random.nextBoolean();
        if (hasTls) {
            builder.tls(tls().server());
        }
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            var parsed = ListenAddress.parse(one("127.0.0.1", "[::]", "*") + ":" + (number * 1_000 + i));
            builder.listen(
                    random.nextBoolean()
                            ? parsed
                            : new ListenAddress(
                                    parsed.address(),
                                    parsed.firstPort(),
                                    parsed.firstPort() + random.nextInt(1),
                                    random.nextInt(9),
                                    random.nextBoolean(),
                                    random.nextBoolean(),
                                    isTcp && random.nextBoolean(),
                                    hasTls && random.nextBoolean(),
                                    isTcp ? random.nextInt(9) - 1 : -1,
                                    isTcp && random.nextBoolean(),
                                    isTcp ? one("", "eth0", "br-lan.7") : "",
                                    one(SpokenHttp.values()),
                                    Optional.empty()));
        }
        builder.target(
                switch (random.nextInt(4)) {
                    case 0 -> new Target.Http(http(pools));
                    case 1 -> new Target.Pool(pools.get(random.nextInt(pools.size())));
                    case 2 -> new Target.Named(template());
                    default -> new Target.Reply(template());
                });
        var mode = one(
                new ForwardingMode.Proxy(),
                new ForwardingMode.Nat(),
                new ForwardingMode.FullNat(),
                new ForwardingMode.DirectRouting(),
                new ForwardingMode.Tunnel());
        builder.forwardingMode(mode);
        if (isTcp && mode instanceof ForwardingMode.Proxy) {
            builder.listen(ListenAddress.of(new UnixSocket(
                            one("/run/lb ", "@lb", "lb.sock") + number,
                            random.nextInt(01001) - 1,
                            one("", "www-data", "33"),
                            one("", "0")))
                    .backlog(random.nextInt(3)));
        }
        maybe(() -> builder.options(options(isTcp)));
        for (var network : List.of("10.0.0.0/8", "0.0.0.0/0", "::/0", "::1")) {
            maybe(() -> builder.access(AccessRule.parse(random.nextBoolean(), network)));
        }
        maybe(() -> builder.assignment(new Assignment("x", template())));
        maybe(() -> builder.limit(new ConnectionLimit(
                "zone", 1 + random.nextInt(65_535), random.nextBoolean(), one(ConnectionLimit.Level.values()))));
        maybe(() -> builder.accessLog(accessLog()));
        if (isTcp) {
            maybe(() -> builder.connectionRule(connectionRule()));
        }
        return builder.build();
    }

    private HttpService http(List<String> pools) {
        return new RandomHttp(
                        random,
                        pools,
                        this::text,
                        this::template,
                        this::positiveTime,
                        () -> options(true),
                        this::accessLog,
                        tls())
                .service();
    }

    private RandomTls tls() {
        return new RandomTls(random, this::text, this::template);
    }

    private ConnectionRule connectionRule() {
        var action = switch (random.nextInt(4)) {
            case 0 -> new ConnectionRule.Action.Accept();
            case 1 -> random.nextBoolean() ? new ConnectionRule.Action.Reject() : new ConnectionRule.Action.Vanish();
            case 2 ->
                new ConnectionRule.Action.Track(new Tracking(random.nextInt(3), RandomAffinity.TABLE, template()));
            default ->
                new ConnectionRule.Action.Count(
                        random.nextBoolean()
                                ? new Counting(random.nextInt(3), StickCount.GPC0, random.nextBoolean(), template())
                                : new Counting(
                                        random.nextInt(3),
                                        StickCount.GPC,
                                        random.nextInt(100),
                                        random.nextBoolean(),
                                        template()));
        };
        if (random.nextInt(8) == 0) {
            return new ConnectionRule(
                    ConnectionRule.Phase.CONNECTION, Optional.empty(), new ConnectionRule.Action.ExpectHeader());
        }
        var phases = ConnectionRule.Phase.values();
        return new ConnectionRule(
                phases[random.nextInt(phases.length)],
                random.nextBoolean() ? Optional.empty() : Optional.of(new Condition.IsTrue(template())),
                action);
    }

    private AccessLog accessLog() {
        if (random.nextInt(3) == 0) {
            return new AccessLog(
                    new AccessLog.Destination.Syslog(
                            ServerAddress.parse(one("10.0.0.1:514", "unix:/dev/log", "log.example:1514")),
                            random.nextInt(24),
                            random.nextInt(8),
                            one("lb", "nginx", "a_1"),
                            random.nextBoolean(),
                            random.nextBoolean()),
                    template(),
                    one(AccessLog.Escape.values()),
                    Optional.empty(),
                    0,
                    Duration.ZERO);
        }
        return new AccessLog(
                Path.of("logs/a b.log"),
                template(),
                one(AccessLog.Escape.values()),
                random.nextBoolean() ? Optional.of(template()) : Optional.empty(),
                random.nextInt(9_999),
                time());
    }

    private ProxyOptions options(boolean isTcp) {
        var builder = ProxyOptions.builder();
        maybe(() -> builder.connectTimeout(positiveTime()));
        maybe(() -> builder.idleTimeout(positiveTime()));
        maybe(() -> builder.halfClose(random.nextBoolean()));
        maybe(() -> builder.bufferBytes(1_024 + random.nextInt(99_999)));
        maybe(() -> builder.splice(random.nextBoolean()));
        maybe(() -> builder.nextServer(random.nextBoolean()));
        maybe(() -> builder.nextServerTries(random.nextInt(9)));
        maybe(() -> builder.nextServerTimeout(time()));
        maybe(() -> builder.sameServerRetries(random.nextInt(9)));
        maybe(() -> builder.retryDelay(time()));
        maybe(() -> builder.maxConnections(random.nextInt(9)));
        maybe(() -> builder.halfClosedTimeout(time()));
        maybe(() -> builder.keepAlive(random.nextBoolean()));
        maybe(() -> builder.userTimeout(time()));
        maybe(() -> builder.sourceAddress(one("127.0.0.9", "::1")));
        if (isTcp) {
            maybe(() -> builder.sourcePort(random.nextInt(65_536)));
            maybe(() -> builder.sourceText(template()));
            maybe(() -> builder.transparent(random.nextBoolean()));
            maybe(() -> builder.sendProxyProtocol(one(ProxyProtocol.values())));
            maybe(() -> builder.tls(tls().client()));
        }
        maybe(() -> builder.downloadRateText(template()));
        maybe(() -> builder.uploadRateText(template()));
        maybe(() -> builder.trustedProxies(List.of(Network.parse("10.0.0.0/8"), Network.parse("::1"))));
        maybe(() -> builder.proxyProtocolTimeout(positiveTime()));
        maybe(() -> builder.tlsPreread(random.nextBoolean()));
        maybe(() -> builder.prereadBytes(256 + random.nextInt(65_000)));
        maybe(() -> builder.prereadTimeout(positiveTime()));
        maybe(() -> builder.inspectDelay(positiveTime()));
        maybe(() -> builder.idleOfServer(random.nextBoolean()));
        maybe(() -> builder.downloadRate(random.nextLong() & Long.MAX_VALUE));
        maybe(() -> builder.uploadRate(random.nextInt(99_999)));
        maybe(() -> builder.responses(random.nextInt(9) - 1));
        maybe(() -> builder.requests(random.nextInt(9)));
        maybe(() -> builder.nameLookup(nameLookup()));
        return builder.build();
    }

    private Template template() {
        return TemplateForm.parse(
                (text() + text()).replace("$", "$$") + one("", "$remote_addr", "${a}b", "$a-", "$$", "$a$$"));
    }

    private Map<String, String> texts() {
        var texts = new HashMap<String, String>();
        for (int i = random.nextInt(3); i > 0; i--) {
            texts.put(text(), text());
        }
        return texts;
    }

    private String text() {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }

    private Duration time() {
        return random.nextInt(4) == 0 ? Duration.ZERO : positiveTime();
    }

    private Duration positiveTime() {
        return Duration.ofNanos(1_000 * (1 + (random.nextLong() & 0xFFFF_FFFF_FFFFL) / (1L << random.nextInt(40))));
    }

    private void maybe(Supplier<?> action) {
        if (random.nextInt(3) > 0) {
            action.get();
        }
    }

    @SafeVarargs
    private <V> V one(V... values) {
        return values[random.nextInt(values.length)];
    }
}
