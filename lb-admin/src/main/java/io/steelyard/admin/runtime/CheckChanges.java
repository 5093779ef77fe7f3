package io.steelyard.admin.runtime;

import io.steelyard.admin.runtime.ConfiguredServers.Found;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.health.ProbeResult.Verdict;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.ServerAddress;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** The commands about servers' checks and agents: whether they probe, where, and what they are taken to have found. One thread at a time. */
final class CheckChanges {
    private static final String AGENT = "agent";
    private static final int MOST_PORT = 65_535;

    private final LoadBalancer balancer;
    private final ConfiguredServers servers;

    /** What was stopped from probing. */
    private final Set<Stopped> stopped = new HashSet<>();

    /** One of a server's checks, by its index. */
    private record Stopped(String pool, String server, int check) {}

    CheckChanges(LoadBalancer balancer, ConfiguredServers servers) {
        this.balancer = balancer;
        this.servers = servers;
    }

    /** The configuration was read again: everything that is still there probes again. */
    void forget() {
        for (var one : stopped) {
            var isThere = balancer.configuration()
                    .pool(one.pool())
                    .filter(pool -> pool.servers().stream()
                            .anyMatch(server -> server.id().equals(one.server())
                                    && pool.healthChecksOf(server).size() > one.check()))
                    .isPresent();
            if (isThere) {
                balancer.probing(one.pool(), one.server(), one.check(), true);
            }
        }
        stopped.clear();
    }

    private static boolean isAgent(HealthCheckSpec check) {
        return check.type().equals(AGENT);
    }

    private static List<HealthCheckSpec> checks(Found found) {
        return found.pool().healthChecksOf(found.server());
    }

    private static boolean has(Found found, boolean ofAgent) {
        return checks(found).stream().anyMatch(check -> isAgent(check) == ofAgent);
    }

    // ---- enable and disable

    /** @param kind {@code health} or {@code agent} */
    String probing(String kind, String path, boolean isOn) {
        var found = servers.find(path);
        boolean ofAgent = kind.equals(AGENT);
        if (isOn && !has(found, ofAgent)) {
            throw new RefusedCommandException(
                    (ofAgent ? "Agent" : "Health check") + " was not configured on this server, cannot enable.");
        }
        var checks = checks(found);
        for (int i = 0; i < checks.size(); i++) {
            if (isAgent(checks.get(i)) == ofAgent) {
                var check = stopping(found, i);
                balancer.probing(check.pool(), check.server(), i, isOn);
                if (isOn) {
                    stopped.remove(check);
                } else {
                    stopped.add(check);
                }
            }
        }
        return "";
    }

    private static Stopped stopping(Found found, int check) {
        return new Stopped(found.pool().name(), found.server().id(), check);
    }

    // ---- what they are taken to have found

    String health(Found found, String state) {
        settle(
                found,
                false,
                switch (state) {
                    case "up" -> Verdict.PASSED;
                    case "stopping" -> Verdict.CONDITIONAL;
                    case "down" -> Verdict.FAILED;
                    default ->
                        throw new RefusedCommandException(
                                "'set server <srv> health' expects 'up', 'stopping', or 'down'.");
                });
        return "";
    }

    String agent(Found found, String state) {
        requireAgent(found);
        settle(
                found,
                true,
                switch (state) {
                    case "up" -> Verdict.PASSED;
                    case "down" -> Verdict.FAILED;
                    default -> throw new RefusedCommandException("'set server <srv> agent' expects 'up' or 'down'.");
                });
        return "";
    }

    private void settle(Found found, boolean ofAgent, Verdict verdict) {
        var checks = checks(found);
        int index = 0;
        while (index < checks.size() - 1 && isAgent(checks.get(index)) != ofAgent) {
            index++;
        }
        balancer.health(found.pool().name(), found.server().id(), index, verdict);
    }

    private void requireAgent(Found found) {
        var checks = checks(found);
        boolean isAsked = IntStream.range(0, checks.size())
                .anyMatch(i -> isAgent(checks.get(i)) && !stopped.contains(stopping(found, i)));
        if (!isAsked) {
            throw new RefusedCommandException("agent checks are not enabled on this server.");
        }
    }

    // ---- where they probe

    /** @param words the server, {@code check-addr}, {@code check-port}, {@code agent-addr}, {@code agent-port} or {@code agent-send}, and values */
    String place(Found found, List<String> words) {
        var what = words.get(1);
        var value = words.size() > 2 ? words.get(2) : "";
        boolean ofAgent = what.startsWith(AGENT);
        if (ofAgent) {
            requireAgent(found);
        } else if (!has(found, false)) {
            throw new RefusedCommandException("health checks are not enabled on this server");
        }
        change(
                found,
                ofAgent,
                switch (what.substring(what.indexOf('-') + 1)) {
                    case "addr" ->
                        addressed(value, words.size() > 4 && words.get(3).equals("port") ? words.get(4) : "");
                    case "port" -> spec -> spec.port(port(value));
                    default -> spec -> spec.changedOption("send", value);
                });
        return "";
    }

    private static UnaryOperator<HealthCheckSpec.Builder> addressed(String host, String port) {
        InetAddress address;
        try {
            address = ServerAddress.numericAddress(host);
        } catch (IllegalArgumentException none) {
            throw new RefusedCommandException("invalid addr '" + host + "'");
        }
        return spec ->
                port.isEmpty() ? spec.address(address) : spec.address(address).port(port(port));
    }

    private static int port(String text) {
        int port;
        try {
            port = Integer.parseInt(text);
        } catch (NumberFormatException none) {
            throw new RefusedCommandException("provided port is not an integer");
        }
        if (port < 0 || port > MOST_PORT) {
            throw new RefusedCommandException("provided port is invalid");
        }
        return port;
    }

    private void change(Found found, boolean ofAgent, UnaryOperator<HealthCheckSpec.Builder> change) {
        var changed = checks(found).stream()
                .map(check -> isAgent(check) == ofAgent
                        ? change.apply(check.toBuilder()).build()
                        : check)
                .toList();
        servers.change(found, server -> server.healthChecks(changed));
    }
}
