package io.steelyard.config.haproxy;

import io.steelyard.api.http.RetryRule;
import io.steelyard.api.http.RetryRule.Reason;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.Network;
import io.steelyard.api.proxy.ProxyOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;

/** Makes the proxy options of a frontend and the backend behind it. */
final class OptionsReader {
    private static final Duration TURN_AROUND = Duration.ofSeconds(1);
    private static final int DEFAULT_RETRIES = 3;
    private static final List<Network> EVERYBODY = List.of(Network.parse("0.0.0.0/0"), Network.parse("::/0"));

    private final Findings findings;
    private final GlobalReader global;
    private final SourceReader source;

    OptionsReader(Findings findings, GlobalReader global, SourceReader source) {
        this.findings = findings;
        this.global = global;
        this.source = source;
    }

    /** Options of a frontend that hands connections to this backend. */
    ProxyOptions read(Proxy frontend, Proxy backend, ServerPool pool) {
        var connect = positive(Times.of(backend, "timeout connect", "contimeout"));
        var client = positive(Times.of(frontend, "timeout client", "clitimeout"));
        var server = positive(Times.of(backend, "timeout server", "srvtimeout"));
        var tunnel = positive(Times.of(backend, "timeout tunnel"));
        var options = ProxyOptions.builder()
                .connectTimeout(connect.orElse(Values.LONGEST))
                .idleTimeout(tunnel.or(() -> least(client, server)).orElse(Values.LONGEST))
                .halfClosedTimeout(least(
                                positive(Times.of(frontend, "timeout client-fin")),
                                positive(Times.of(backend, "timeout server-fin")))
                        .orElse(Duration.ZERO))
                .keepAlive(backend.has("option tcpka") || backend.has("option srvtcpka"))
                .maxConnections(maxConnections(frontend))
                .bufferBytes(global.bufferBytes())
                .splice(global.splice());
        idle(client, server, tunnel, options);
        header(frontend, client, options);
        Times.of(frontend, "tcp-request inspect-delay")
                .or(() -> Times.of(backend, "tcp-request inspect-delay"))
                .ifPresent(options::inspectDelay);
        tellMissing(frontend, backend, connect, client, server);
        retries(backend, pool, connect, options);
        source.read(backend, options);
        return options.build();
    }

    /** With several timeouts the shorter one ends a silent connection; of two alike the client's. */
    private static void idle(
            Optional<Duration> client,
            Optional<Duration> server,
            Optional<Duration> tunnel,
            ProxyOptions.Builder options) {
        boolean isServers = server.isPresent()
                && client.map(time -> server.get().compareTo(time) < 0).orElse(true);
        options.idleOfServer(tunnel.isEmpty() && isServers);
    }

    /** Whoever connects is believed what its PROXY protocol header says, and has as long for it as for anything else. */
    private static void header(Proxy frontend, Optional<Duration> client, ProxyOptions.Builder options) {
        boolean isRead = Stream.concat(frontend.all("bind").stream(), frontend.all("tcp-request connection").stream())
                .anyMatch(statement -> statement.texts().contains("accept-proxy")
                        || statement.texts().contains("expect-proxy"));
        if (isRead) {
            options.trustedProxies(EVERYBODY).proxyProtocolTimeout(client.orElse(Values.LONGEST));
        }
    }

    /** How requests are repeated: by the same server, or elsewhere where that is said; with algorithms that turn elsewhere each time. */
    RetryRule repeating(Proxy backend, ServerPool pool, Set<Reason> reasons) {
        int retries = backend.last("retries")
                .map(statement -> findings.number(statement, 0, Integer.MAX_VALUE, DEFAULT_RETRIES))
                .orElse(DEFAULT_RETRIES);
        int interval = redispatch(backend);
        boolean hasOthers =
                pool.servers().stream().filter(server -> server.tier() == 0).count() > 1;
        var pause = positive(Times.of(backend, "timeout connect", "contimeout"))
                .filter(time -> time.compareTo(TURN_AROUND) < 0)
                .orElse(TURN_AROUND);
        boolean turns = interval != 0 && hasOthers && BalanceReader.isTurning(pool);
        return new RetryRule(
                reasons,
                true,
                Math.min(retries, 1 << 20) + 1,
                Duration.ZERO,
                Optional.of(new RetryRule.SameServer(turns ? 1 : interval, pause)));
    }

    /** Options of a frontend in mode http, for whole connections. */
    ProxyOptions ofFrontend(Proxy frontend) {
        var options =
                ProxyOptions.builder().maxConnections(maxConnections(frontend)).bufferBytes(global.bufferBytes());
        header(frontend, positive(Times.of(frontend, "timeout client", "clitimeout")), options);
        return options.build();
    }

    private void tellMissing(
            Proxy frontend,
            Proxy backend,
            Optional<Duration> connect,
            Optional<Duration> client,
            Optional<Duration> server) {
        if (client.isEmpty()) {
            findings.warning(
                    frontend.name().position(),
                    frontend + " has no 'timeout client': clients that are gone are kept for weeks",
                    "write 'timeout client 1m' or the like");
        }
        if (connect.isEmpty() || server.isEmpty()) {
            findings.warning(
                    backend.name().position(),
                    backend + " has no 'timeout " + (connect.isEmpty() ? "connect" : "server") + "'",
                    "write 'timeout connect 5s' and 'timeout server 1m' or the like");
        }
    }

    private int maxConnections(Proxy frontend) {
        return frontend.last("maxconn")
                .map(statement -> findings.number(statement, 0, Integer.MAX_VALUE, 0))
                .orElse(0);
    }

    /**
     * HAProxy tries the same server again after a pause. With {@code option redispatch} the last retry goes to another server; where the
     * algorithm turns and there are others, each retry does, at once.
     */
    private void retries(Proxy backend, ServerPool pool, Optional<Duration> connect, ProxyOptions.Builder options) {
        int retries = backend.last("retries")
                .map(statement -> findings.number(statement, 0, Integer.MAX_VALUE, DEFAULT_RETRIES))
                .orElse(DEFAULT_RETRIES);
        int interval = redispatch(backend);
        boolean hasOthers =
                pool.servers().stream().filter(server -> server.tier() == 0).count() > 1;
        options.retryDelay(
                connect.filter(time -> time.compareTo(TURN_AROUND) < 0).orElse(TURN_AROUND));
        if (retries == 0 || interval == 0) {
            options.nextServer(false).sameServerRetries(retries);
        } else if (BalanceReader.isTurning(pool) && hasOthers) {
            options.nextServer(true).nextServerTries(Math.min(retries, 1 << 20) + 1);
        } else {
            int same = interval < 0 ? Math.max(retries + interval, 0) : Math.min(interval - 1, retries);
            options.nextServer(true).sameServerRetries(same).nextServerTries(1 + Math.max(retries - same, 0));
        }
    }

    /** After how many retries another server is tried: negative ones count from the last; 0 for never. */
    private int redispatch(Proxy backend) {
        var option = backend.last("option redispatch", "redispatch");
        if (option.isEmpty()) {
            return 0;
        }
        return option.get().arguments().isEmpty()
                ? -1
                : findings.number(option.get(), -Integer.MAX_VALUE, Integer.MAX_VALUE, -1);
    }

    private static Optional<Duration> positive(Optional<Duration> time) {
        return time.filter(duration -> duration.toMillis() > 0);
    }

    private static Optional<Duration> least(Optional<Duration> one, Optional<Duration> other) {
        return Stream.of(one, other).flatMap(Optional::stream).reduce(BinaryOperator.minBy(Duration::compareTo));
    }
}
