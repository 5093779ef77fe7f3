package io.steelyard.config.haproxy;

import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.ConnectionRule;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.config.haproxy.AddressRules.Client;
import io.steelyard.config.haproxy.AddressRules.Region;
import io.steelyard.config.haproxy.FrontReader.Front;
import io.steelyard.config.haproxy.FrontReader.Gate;
import io.steelyard.config.haproxy.FrontReader.Group;
import io.steelyard.config.haproxy.expression.Condition;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Makes virtual servers of the clients' sides of proxies. One use, one thread. */
final class VirtualServerMaker {
    private final Findings findings;
    private final OptionsReader options;
    private final Map<String, ServerPool> pools;
    private final FrontReader reader;
    private final ConnectionRuleReader connectionRules;
    private final AccessLogs logs;

    /** Of the front at hand. */
    private List<ConnectionRule> connections = List.of();

    private final Map<Proxy, List<Gate>> backendGates = new HashMap<>();
    private final List<VariableDefinition> variables = new ArrayList<>();

    VirtualServerMaker(
            Findings findings,
            OptionsReader options,
            Map<String, ServerPool> pools,
            FrontReader reader,
            ConnectionRuleReader connectionRules,
            AccessLogs logs) {
        this.logs = logs;
        this.connectionRules = connectionRules;
        this.findings = findings;
        this.options = options;
        this.pools = pools;
        this.reader = reader;
    }

    /** The variables that virtual servers choose their pools by. */
    List<VariableDefinition> variables() {
        return variables;
    }

    /**
     * What becomes of a client.
     *
     * @param pool empty for a connection that is closed at once
     */
    private record Outcome(boolean isAdmitted, String pool) {}

    /** The virtual servers of a front: more than one where its listeners are served differently. */
    List<VirtualServer> make(Front front) {
        var name = front.proxy().name();
        if (front.addresses().isEmpty()) {
            findings.warning(name.position(), front.proxy() + " has no bind and is left out", "");
            return List.of();
        }
        var conditions = new ArrayList<>(front.conditions());
        for (var backend : front.targets()) {
            var gates = backendGates.computeIfAbsent(backend, reader::gates);
            gates.forEach(gate -> conditions.add(gate.condition()));
        }
        connections = new ArrayList<>();
        if (connectionRules.isNeeded(front.proxy())) {
            connections.addAll(connectionRules.read(front.proxy()));
        }
        for (var backend : front.targets()) {
            if (backend.kind() == Place.BACKEND && connectionRules.isNeeded(backend)) {
                connections.addAll(connectionRules.ofBackend(backend));
            }
        }
        var servers = new ArrayList<VirtualServer>();
        for (var group : front.groups()) {
            make(front, group, conditions, servers);
        }
        return servers;
    }

    private void make(Front front, Group group, List<Condition> conditions, List<VirtualServer> servers) {
        var name = front.proxy().name();
        boolean asksPort = conditions.stream().anyMatch(condition -> AddressRules.asks(condition, "dst_port"));
        boolean asksAddress = conditions.stream().anyMatch(condition -> AddressRules.asks(condition, "dst"));
        var byOutcome = new LinkedHashMap<List<Region<Outcome>>, List<ListenAddress>>();
        for (var listen : group.addresses()) {
            if (asksAddress && listen.address().isAnyLocalAddress()) {
                findings.error(
                        name.position(),
                        front.proxy() + " asks 'dst' and listens on "
                                + (listen.isUnix() ? "a UNIX socket" : "every address"),
                        listen.isUnix() ? "a frontend of its own" : "a bind for each address",
                        "");
                return;
            }
            for (var single : asksPort ? ports(listen) : List.of(listen)) {
                var regions = AddressRules.evaluate(
                        conditions, source -> outcome(front, new Client(source, single.address(), single.firstPort())));
                byOutcome.computeIfAbsent(regions, ignored -> new ArrayList<>()).add(single);
            }
        }
        byOutcome.forEach((regions, addresses) -> {
            var own = servers.isEmpty() ? name.text() : name.text() + "-" + (servers.size() + 1);
            findings.place("virtualServers." + own, name.position());
            servers.add(server(front, own, addresses, group.tls(), regions));
        });
    }

    private static List<ListenAddress> ports(ListenAddress range) {
        var singles = new ArrayList<ListenAddress>();
        for (int port = range.firstPort(); port <= range.lastPort(); port++) {
            singles.add(range.onPort(port));
        }
        return singles;
    }

    private Outcome outcome(Front front, Client client) {
        var backend = front.choices().stream()
                .filter(choice -> choice.condition().applies(client))
                .findFirst()
                .map(choice -> Optional.of(choice.backend()))
                .orElse(front.backend());
        boolean isAdmitted = admits(front.gates(), client)
                && backend.map(used -> admits(backendGates.getOrDefault(used, List.of()), client))
                        .orElse(true);
        return new Outcome(isAdmitted, backend.map(used -> used.name().text()).orElse(""));
    }

    private static boolean admits(List<Gate> gates, Client client) {
        int passed = -1;
        for (int phase = 0; phase < 4; phase++) {
            for (var gate : gates) {
                boolean isNext = gate.phase() == phase
                        && passed < phase
                        && gate.condition().applies(client);
                if (isNext && !gate.isAccepted()) {
                    return false;
                }
                passed = isNext ? phase : passed;
            }
        }
        return true;
    }

    private VirtualServer server(
            Front front,
            String name,
            List<ListenAddress> addresses,
            Optional<TlsServer> tls,
            List<Region<Outcome>> regions) {
        var server = VirtualServer.tcp(name);
        tls.ifPresent(server::tls);
        addresses.forEach(server::listen);
        if (regions.stream().anyMatch(region -> !region.outcome().isAdmitted())) {
            for (var region : regions) {
                var network = region.network();
                server.access(new AccessRule(region.outcome().isAdmitted(), network.network(), network.prefix()));
            }
        }
        var names = regions.stream()
                .map(region -> region.outcome().pool())
                .distinct()
                .toList();
        var used = front.targets().stream()
                .filter(backend -> front.chosen().isPresent()
                        || names.contains(backend.name().text()))
                .toList();
        server.target(front.chosen()
                .<Target>map(Target.Named::new)
                .orElseGet(() -> names.size() == 1 ? target(names.getFirst()) : chosen(name, regions)));
        connections.forEach(server::connectionRule);
        logs.read(front.proxy()).forEach(server::accessLog);
        server.options(options(front, used));
        return server.build();
    }

    private Target target(String pool) {
        return pools.containsKey(pool) ? new Target.Pool(pool) : new Target.Reply(Template.literal(""));
    }

    private ProxyOptions options(Front front, List<Proxy> used) {
        Optional<ProxyOptions> first = Optional.empty();
        for (var backend : used) {
            var pool = pools.get(backend.name().text());
            if (pool == null) {
                continue;
            }
            var own = options.read(front.proxy(), backend, pool);
            if (first.isPresent() && !first.get().equals(own)) {
                findings.warning(
                        backend.name().position(),
                        "timeouts and retries of " + used.getFirst() + " hold for " + backend + " too, as "
                                + front.proxy() + " chooses between them",
                        "");
            }
            first = first.or(() -> Optional.of(own));
        }
        return first.orElseGet(ProxyOptions::defaults);
    }

    /** A pool by the client's address. */
    private Target chosen(String name, List<Region<Outcome>> regions) {
        var variable = "backend_of_" + name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        while (variables.stream().map(VariableDefinition::name).toList().contains(variable)) {
            variable += "_";
        }
        var all = everybody(regions, 4);
        var ranges = new ArrayList<VariableDefinition.Range>();
        for (var region : regions) {
            boolean isAllOfIpv4 =
                    region.network().prefix() == 0 && region.network().network().getAddress().length == 4;
            if (!isAllOfIpv4) {
                ranges.add(new VariableDefinition.Range(
                        region.network().network(),
                        last(region.network()),
                        region.outcome().pool()));
            }
        }
        variables.add(new VariableDefinition.Geo(variable, Template.parse("$remote_addr"), all, ranges));
        return new Target.Named(Template.parse("$" + variable));
    }

    private static String everybody(List<Region<Outcome>> regions, int length) {
        return regions.stream()
                .filter(region -> region.network().prefix() == 0
                        && region.network().network().getAddress().length == length)
                .map(region -> region.outcome().pool())
                .findFirst()
                .orElse("");
    }

    private static InetAddress last(AccessRule network) {
        return AddressRules.lastAddress(network);
    }
}
