package io.steelyard.admin.runtime;

import io.steelyard.api.LoadBalancer;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The commands that change servers: each applies a changed configuration, or sets a server's state. One thread at a time. */
final class ServerChanges {
    private static final int MOST_WEIGHT = 256;

    private final LoadBalancer balancer;
    private final ConfiguredServers servers;
    private final CheckChanges checks;

    /** By {@code pool/server}: the weight before it was changed here. */
    private final Map<String, Integer> initialWeights = new HashMap<>();

    ServerChanges(LoadBalancer balancer, ConfiguredServers servers, CheckChanges checks) {
        this.balancer = balancer;
        this.servers = servers;
        this.checks = checks;
    }

    void forget() {
        initialWeights.clear();
    }

    // ---- weights and limits

    String weight(String path) {
        var found = servers.find(path);
        int initial = initialWeights.getOrDefault(found.key(), found.server().weight());
        return found.server().weight() + " (initial " + initial + ")\n";
    }

    String setWeight(String path, String text) {
        var found = servers.find(path);
        if (text.isEmpty()) {
            throw new RefusedCommandException("Require <weight> or <weight%>.");
        }
        int initial = initialWeights.getOrDefault(found.key(), found.server().weight());
        int weight = wantedWeight(text, initial);
        servers.change(found, server -> server.weight(weight));
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
        var found = servers.find(path);
        if (text.isEmpty()) {
            throw new RefusedCommandException("Require <maxconn>.");
        }
        int most = positive(text, "maxconn string empty or preceded by garbage");
        servers.change(found, server -> server.maxConnections(most));
        return "";
    }

    String setMaxConnections(String text) {
        var now = balancer.configuration();
        var settings = now.settings();
        balancer.apply(now.toBuilder()
                .settings(settings.withMaxConnections(positive(text, "Expects an integer value.")))
                .build());
        return "";
    }

    /** @throws RefusedCommandException where it is none, with these words */
    static int positive(String text, String refusal) {
        try {
            int value = Integer.parseInt(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException notOne) {
            throw new RefusedCommandException(refusal);
        }
        throw new RefusedCommandException("Value out of range.");
    }

    // ---- set server

    String set(List<String> words) {
        var found = servers.find(words.isEmpty() ? "" : words.getFirst());
        var value = words.size() > 2 ? words.get(2) : "";
        return switch (words.size() > 1 ? words.get(1) : "") {
            case "state" -> state(words.getFirst(), value);
            case "weight" -> setWeight(words.getFirst(), value);
            case "addr" -> address(found, value, words);
            case "fqdn" -> hostName(found, value);
            case "name" -> rename(found, value);
            case "health" -> checks.health(found, value);
            case "agent" -> checks.agent(found, value);
            case "check-addr", "check-port", "agent-addr", "agent-port", "agent-send" -> checks.place(found, words);
            case "ssl" ->
                throw new RefusedCommandException(
                        "'set server <srv> ssl' cannot be set.  default-server should define ssl settings");
            default ->
                throw new RefusedCommandException(
                        "usage: set server <backend>/<server> addr | agent | agent-addr"
                                + " | agent-port | agent-send | check-addr | check-port | fqdn | health | name | ssl | state | weight");
        };
    }

    String state(String path, String text) {
        var found = servers.find(path);
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

    private String address(ConfiguredServers.Found found, String host, List<String> words) {
        if (!(found.server().address() instanceof ServerAddress.Ip old)) {
            throw new RefusedCommandException("Only the address of a server that has a numeric one can be set.");
        }
        boolean hasPort = words.size() > 4 && words.get(3).equals("port");
        if (host.isEmpty() || words.size() > 3 && !hasPort) {
            throw new RefusedCommandException("set server <b>/<s> addr requires an address and optionally a port.");
        }
        var address = ServerAddress.numericAddress(host);
        int port = hasPort ? positive(words.get(4), "provided port is not an integer") : old.port();
        boolean isOtherAddress = !address.equals(old.address());
        boolean isOtherPort = port != old.port();
        if (isOtherAddress || isOtherPort) {
            servers.change(found, server -> server.address(new ServerAddress.Ip(address, port)));
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

    private String hostName(ConfiguredServers.Found found, String host) {
        if (!(found.server().address() instanceof ServerAddress.Name old)) {
            throw new RefusedCommandException("set server <b>/<s> fqdn failed because no resolution is configured.");
        }
        servers.change(found, server -> server.address(new ServerAddress.Name(host, old.port())));
        return found.key() + " changed its FQDN from " + old.host() + " to " + host + " by 'stats socket command'\n";
    }

    private String rename(ConfiguredServers.Found found, String name) {
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
        servers.replace(
                found.pool(),
                found.pool().servers().stream()
                        .map(server -> server.id().equals(old.id()) ? renamed : server)
                        .toList());
        return "";
    }

    private boolean isInMaintenance(ConfiguredServers.Found found) {
        return balancer.status().pools().stream()
                .filter(pool -> pool.name().equals(found.pool().name()))
                .flatMap(pool -> pool.servers().stream())
                .anyMatch(server ->
                        server.id().equals(found.server().id()) && server.adminState() == AdminState.DISABLED);
    }

    // ---- add and delete

    String add(List<String> words) {
        var names = ConfiguredServers.parts(words.isEmpty() ? "" : words.getFirst());
        var pool = servers.pool(names[0]);
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
        var all = new ArrayList<>(pool.servers());
        all.add(server.build());
        servers.replace(pool, all);
        return "New server registered.\n";
    }

    /** Takes a parameter; gives how many values it had. */
    private static int parameter(RealServer.Builder server, List<String> words, int at) {
        var value = at + 1 < words.size() ? words.get(at + 1) : "";
        switch (words.get(at)) {
            case "weight" -> server.weight(Math.min(positive(value, "Integer value expected."), MOST_WEIGHT));
            case "maxconn" -> server.maxConnections(positive(value, "Integer value expected."));
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
        var found = servers.find(path);
        if (!isInMaintenance(found)) {
            throw new RefusedCommandException("Only servers in maintenance mode can be deleted.");
        }
        boolean isUsed = balancer.balancer(found.pool().name()).stream()
                .anyMatch(running -> running.activeFlows(found.server().id()) > 0);
        if (isUsed) {
            throw new RefusedCommandException("Server still has connections attached to it, cannot remove it.");
        }
        servers.replace(
                found.pool(),
                found.pool().servers().stream()
                        .filter(server -> !server.id().equals(found.server().id()))
                        .toList());
        initialWeights.remove(found.key());
        return "Server deleted.\n";
    }
}
