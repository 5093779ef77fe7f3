package io.steelyard.admin.runtime;

import io.steelyard.api.LoadBalancer;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The commands that change servers: each applies a changed configuration, or sets a server's state. One thread at a time. */
final class ServerChanges {
    private static final int MOST_WEIGHT = 256;

    private final LoadBalancer balancer;

    /** By {@code pool/server}: the weight before it was changed here. */
    private final Map<String, Integer> initialWeights = new HashMap<>();

    ServerChanges(LoadBalancer balancer) {
        this.balancer = balancer;
    }

    void forget() {
        initialWeights.clear();
    }

    /** A server by its name {@code pool/server}. */
    private record Found(ServerPool pool, RealServer server) {
        String key() {
            return pool.name() + "/" + server.id();
        }
    }

    private ServerPool pool(String name) {
        return balancer.configuration().pool(name).orElseThrow(() -> new RefusedCommandException("No such backend."));
    }

    private static String[] parts(String path) {
        int slash = path.indexOf('/');
        if (slash < 0) {
            throw new RefusedCommandException("Require 'backend/server'.");
        }
        return new String[] {path.substring(0, slash), path.substring(slash + 1)};
    }

    private Found find(String path) {
        var names = parts(path);
        var pool = pool(names[0]);
        return pool.servers().stream()
                .filter(server -> server.id().equals(names[1]))
                .findFirst()
                .map(server -> new Found(pool, server))
                .orElseThrow(() -> new RefusedCommandException("No such server."));
    }

    private void change(Found found, UnaryOperator<RealServer.Builder> change) {
        var changed = change.apply(found.server().toBuilder()).build();
        replace(
                found.pool(),
                found.pool().servers().stream()
                        .map(server -> server.id().equals(found.server().id()) ? changed : server)
                        .toList());
    }

    private void replace(ServerPool pool, List<RealServer> servers) {
        var changed = pool.withServers(servers);
        var now = balancer.configuration();
        balancer.apply(now.withPools(now.pools().stream()
                .map(one -> one.name().equals(pool.name()) ? changed : one)
                .toList()));
    }

    // ---- weights and limits

    String weight(String path) {
        var found = find(path);
        int initial = initialWeights.getOrDefault(found.key(), found.server().weight());
        return found.server().weight() + " (initial " + initial + ")\n";
    }

    String setWeight(String path, String text) {
        var found = find(path);
        if (text.isEmpty()) {
            throw new RefusedCommandException("Require <weight> or <weight%>.");
        }
        int initial = initialWeights.getOrDefault(found.key(), found.server().weight());
        int weight = wantedWeight(text, initial);
        change(found, server -> server.weight(weight));
        initialWeights.put(found.key(), initial);
        return "";
    }

    private static int wantedWeight(String text, int initial) {
        try {
            if (text.endsWith("%")) {
                int percent = Integer.parseInt(text.substring(0, text.length() - 1));
                if (percent < 0 || percent > 25_600) {
                    throw new RefusedCommandException("Relative weight can only be between 0 and 25600% inclusive.");
                }
                return Math.min((int) ((long) initial * percent / 100), MOST_WEIGHT);
            }
            int weight = Integer.parseInt(text);
            if (weight < 0 || weight > MOST_WEIGHT) {
                throw new RefusedCommandException("Absolute weight can only be between 0 and 256 inclusive.");
            }
            return weight;
        } catch (NumberFormatException notOne) {
            throw new RefusedCommandException("Trailing garbage in weight string.");
        }
    }

    String setMaxConnections(String path, String text) {
        var found = find(path);
        int most = positive(text);
        change(found, server -> server.maxConnections(most));
        return "";
    }

    String setMaxConnections(String text) {
        var now = balancer.configuration();
        var settings = now.settings();
        balancer.apply(now.toBuilder()
                .settings(settings.withMaxConnections(positive(text)))
                .build());
        return "";
    }

    private static int positive(String text) {
        try {
            int value = Integer.parseInt(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException notOne) {
            // Told below.
        }
        throw new RefusedCommandException(text.isEmpty() ? "Value out of range." : "Integer value expected.");
    }

    // ---- set server

    String set(List<String> words) {
        var found = find(words.isEmpty() ? "" : words.getFirst());
        var value = words.size() > 2 ? words.get(2) : "";
        return switch (words.size() > 1 ? words.get(1) : "") {
            case "state" -> state(words.getFirst(), value);
            case "weight" -> setWeight(words.getFirst(), value);
            case "addr" -> address(found, value, words);
            case "fqdn" -> hostName(found, value);
            case "name" -> rename(found, value);
            case "health", "agent", "agent-addr", "agent-port", "agent-send", "check-addr", "check-port", "ssl" ->
                throw new RefusedCommandException("'" + words.get(1) + "' of a server cannot be set here.");
            default ->
                throw new RefusedCommandException(
                        "usage: set server <backend>/<server> addr | fqdn | name | state | weight");
        };
    }

    String state(String path, String text) {
        var found = find(path);
        var state = switch (text) {
            case "ready" -> AdminState.ENABLED;
            case "drain" -> AdminState.DRAINING;
            case "maint" -> AdminState.DISABLED;
            default ->
                throw new RefusedCommandException("'set server <srv> state' expects 'ready', 'drain' and 'maint'.");
        };
        balancer.adminState(found.pool().name(), found.server().id(), state);
        return "";
    }

    private String address(Found found, String host, List<String> words) {
        if (!(found.server().address() instanceof ServerAddress.Ip old)) {
            throw new RefusedCommandException("Only the address of a server that has a numeric one can be set.");
        }
        boolean hasPort = words.size() > 4 && words.get(3).equals("port");
        if (host.isEmpty() || words.size() > 3 && !hasPort) {
            throw new RefusedCommandException("set server <b>/<s> addr requires an address and optionally a port.");
        }
        var address = ServerAddress.numericAddress(host);
        int port = hasPort ? positive(words.get(4)) : old.port();
        boolean isOtherAddress = !address.equals(old.address());
        boolean isOtherPort = port != old.port();
        if (isOtherAddress || isOtherPort) {
            change(found, server -> server.address(new ServerAddress.Ip(address, port)));
        }
        var first = isOtherAddress
                ? "IP changed from '" + old.address().getHostAddress() + "' to '" + address.getHostAddress() + "'"
                : "no need to change the addr";
        var second = !hasPort
                ? ""
                : isOtherPort
                        ? ", port changed from '" + old.port() + "' to '" + port + "'"
                        : ", no need to change the port";
        return first + second + (isOtherAddress || isOtherPort ? " by 'stats socket command'" : "") + "\n";
    }

    private String hostName(Found found, String host) {
        if (!(found.server().address() instanceof ServerAddress.Name old)) {
            throw new RefusedCommandException("set server <b>/<s> fqdn failed because no resolution is configured.");
        }
        change(found, server -> server.address(new ServerAddress.Name(host, old.port())));
        return found.key() + " changed its FQDN from " + old.host() + " to " + host + " by 'stats socket command'\n";
    }

    private String rename(Found found, String name) {
        if (!isInMaintenance(found)) {
            throw new RefusedCommandException("Only servers in maintenance mode can be renamed.");
        }
        boolean isTaken =
                found.pool().servers().stream().anyMatch(server -> server.id().equals(name));
        if (name.isEmpty() || name.indexOf('/') >= 0 || isTaken) {
            throw new RefusedCommandException("The name is empty, taken, or has a '/'.");
        }
        var old = found.server();
        var renamed = new RealServer(
                name,
                name,
                old.address(),
                old.weight(),
                old.tier(),
                AdminState.DISABLED,
                old.maxConnections(),
                old.resumeConnections(),
                old.maxFails(),
                old.failTimeout(),
                old.slowStart(),
                old.healthChecks(),
                old.sendProxyProtocol(),
                old.checkProxyProtocol(),
                old.tls(),
                old.publicUrl(),
                old.stickyName(),
                old.maxQueued(),
                old.minConnections(),
                old.observation(),
                old.endsFlowsWhenDown(),
                old.endsBackupFlowsWhenUp(),
                old.nameLookup(),
                old.labels());
        replace(
                found.pool(),
                found.pool().servers().stream()
                        .map(server -> server.id().equals(old.id()) ? renamed : server)
                        .toList());
        return "";
    }

    private boolean isInMaintenance(Found found) {
        return balancer.status().pools().stream()
                .filter(pool -> pool.name().equals(found.pool().name()))
                .flatMap(pool -> pool.servers().stream())
                .anyMatch(server ->
                        server.id().equals(found.server().id()) && server.adminState() == AdminState.DISABLED);
    }

    // ---- add and delete

    String add(List<String> words) {
        var names = parts(words.isEmpty() ? "" : words.getFirst());
        var pool = pool(names[0]);
        if (words.size() < 2) {
            throw new RefusedCommandException("'" + names[1] + "' : no address specified.");
        }
        if (names[1].isEmpty()
                || pool.servers().stream().anyMatch(server -> server.id().equals(names[1]))) {
            throw new RefusedCommandException("Already exists a server with the same name in backend.");
        }
        // As in HAProxy, an added server is in maintenance until it is enabled.
        var server = RealServer.builder(names[1], ServerAddress.parse(words.get(1)))
                .adminState(AdminState.DISABLED)
                .healthChecks(List.of());
        for (int i = 2; i < words.size(); i++) {
            i += parameter(server, words, i);
        }
        var servers = new ArrayList<>(pool.servers());
        servers.add(server.build());
        replace(pool, servers);
        return "New server registered.\n";
    }

    /** Takes a parameter; gives how many values it had. */
    private static int parameter(RealServer.Builder server, List<String> words, int at) {
        var value = at + 1 < words.size() ? words.get(at + 1) : "";
        switch (words.get(at)) {
            case "weight" -> server.weight(Math.min(positive(value), MOST_WEIGHT));
            case "maxconn" -> server.maxConnections(positive(value));
            case "cookie" -> server.stickyName(value);
            case "backup" -> {
                server.backup();
                return 0;
            }
            case "check" -> {
                server.healthChecks(List.of(HealthCheckSpec.builder("tcp").build()));
                return 0;
            }
            case "disabled" -> {
                return 0;
            }
            default ->
                throw new RefusedCommandException("'" + words.get(at)
                        + "' : unknown or unsupported parameter; weight, maxconn, cookie, backup and check are known.");
        }
        return 1;
    }

    String remove(String path) {
        var found = find(path);
        if (!isInMaintenance(found)) {
            throw new RefusedCommandException("Only servers in maintenance mode can be deleted.");
        }
        boolean isUsed = balancer.balancer(found.pool().name()).stream()
                .anyMatch(running -> running.activeFlows(found.server().id()) > 0);
        if (isUsed) {
            throw new RefusedCommandException("Server still has connections attached to it, cannot remove it.");
        }
        replace(
                found.pool(),
                found.pool().servers().stream()
                        .filter(server -> !server.id().equals(found.server().id()))
                        .toList());
        initialWeights.remove(found.key());
        return "Server deleted.\n";
    }
}
