package io.steelyard.api;

import io.steelyard.api.affinity.RequestAffinity;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.affinity.TableAffinity;
import io.steelyard.api.affinity.Tracking;
import io.steelyard.api.http.Content;
import io.steelyard.api.http.HttpAction;
import io.steelyard.api.http.HttpService;
import io.steelyard.api.http.RateLimit;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.proxy.ConnectionRule;
import io.steelyard.api.proxy.ForwardingMode;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.Protocol;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything a balancer is told, as an immutable tree. A builder, a configuration reader and the runtime API all make one; nothing else
 * configures anything.
 *
 * @param settings what holds for the whole
 * @param pools names are unique
 * @param virtualServers names are unique
 * @param variables made out of other variables; names are unique
 * @param limitZones where connections are counted for {@link io.steelyard.api.proxy.ConnectionLimit}; names are unique
 * @param rateZones where requests are counted for {@link io.steelyard.api.http.RateLimit}; names are unique
 * @param stickTables where clients' servers are remembered for {@link io.steelyard.api.affinity.TableAffinity}; names are unique
 * @param virtualRouters addresses shared with other machines; names are unique
 * @param syncGroups virtual routers that change their state together; names are unique
 * @param trackers what virtual routers' priorities follow; names are unique
 * @param vrrp what holds for all virtual routers
 */
public record Configuration(
        Settings settings,
        List<ServerPool> pools,
        List<VirtualServer> virtualServers,
        List<VariableDefinition> variables,
        List<ConnectionLimit.Zone> limitZones,
        List<RateLimit.Zone> rateZones,
        List<StickTable> stickTables,
        List<VirtualRouter> virtualRouters,
        List<SyncGroup> syncGroups,
        List<Tracker> trackers,
        VrrpSettings vrrp) {
    public Configuration {
        Objects.requireNonNull(settings, "settings");
        pools = List.copyOf(pools);
        virtualServers = List.copyOf(virtualServers);
        variables = List.copyOf(variables);
        limitZones = List.copyOf(limitZones);
        rateZones = List.copyOf(rateZones);
        stickTables = List.copyOf(stickTables);
        virtualRouters = List.copyOf(virtualRouters);
        syncGroups = List.copyOf(syncGroups);
        trackers = List.copyOf(trackers);
        Objects.requireNonNull(vrrp, "vrrp");
    }

    /** Without anything of VRRP. */
    public Configuration(
            Settings settings,
            List<ServerPool> pools,
            List<VirtualServer> virtualServers,
            List<VariableDefinition> variables,
            List<ConnectionLimit.Zone> limitZones,
            List<RateLimit.Zone> rateZones,
            List<StickTable> stickTables) {
        this(
                settings,
                pools,
                virtualServers,
                variables,
                limitZones,
                rateZones,
                stickTables,
                List.of(),
                List.of(),
                List.of(),
                VrrpSettings.DEFAULT);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Starts with this configuration's values. */
    public Builder toBuilder() {
        var builder = new Builder().settings(settings);
        pools.forEach(builder::pool);
        virtualServers.forEach(builder::virtualServer);
        variables.forEach(builder::variable);
        limitZones.forEach(builder::limitZone);
        rateZones.forEach(builder::rateZone);
        stickTables.forEach(builder::stickTable);
        virtualRouters.forEach(builder::virtualRouter);
        syncGroups.forEach(builder::syncGroup);
        trackers.forEach(builder::tracker);
        builder.vrrp(vrrp);
        return builder;
    }

    /** The same with these pools instead of its own. */
    public Configuration withPools(List<ServerPool> changed) {
        return with(changed, virtualServers);
    }

    /** The same with these virtual servers instead of its own. */
    public Configuration withVirtualServers(List<VirtualServer> changed) {
        return with(pools, changed);
    }

    private Configuration with(List<ServerPool> changedPools, List<VirtualServer> changedServers) {
        return new Configuration(
                settings,
                changedPools,
                changedServers,
                variables,
                limitZones,
                rateZones,
                stickTables,
                virtualRouters,
                syncGroups,
                trackers,
                vrrp);
    }

    public Optional<ServerPool> pool(String name) {
        return pools.stream().filter(pool -> pool.name().equals(name)).findFirst();
    }

    /**
     * Every fault that can be seen without knowing the plug-ins: names used twice, unknown pools, pools without servers, listeners in each
     * other's way. Paths are {@code pools.NAME…}, {@code virtualServers.NAME…}, {@code virtualRouters.NAME…} and so on.
     */
    public List<Problem> problems() {
        var problems = new ArrayList<Problem>();
        var poolNames = new HashSet<String>();
        for (var pool : pools) {
            if (!poolNames.add(pool.name())) {
                problems.add(Problem.error("pools." + pool.name(), "pool '" + pool.name() + "' is configured twice"));
            }
            if (pool.servers().isEmpty()) {
                problems.add(Problem.error("pools." + pool.name(), "pool '" + pool.name() + "' has no server")
                        .expected("at least one"));
            }
        }
        checkStickTables(problems);
        var zoneNames = new HashSet<String>();
        for (var zone : limitZones) {
            if (!zoneNames.add(zone.name())) {
                problems.add(Problem.error(
                        "limitZones." + zone.name(), "limit zone '" + zone.name() + "' is configured twice"));
            }
        }
        var rateZoneNames = new HashSet<String>();
        for (var zone : rateZones) {
            if (!rateZoneNames.add(zone.name())) {
                problems.add(Problem.error(
                        "rateZones." + zone.name(), "rate zone '" + zone.name() + "' is configured twice"));
            }
        }
        var variableNames = new HashSet<String>();
        for (var variable : variables) {
            if (!variableNames.add(variable.name())) {
                problems.add(Problem.error(
                        "variables." + variable.name(), "variable '" + variable.name() + "' is configured twice"));
            }
        }
        var serverNames = new HashSet<String>();
        var listeners = new HashMap<String, String>();
        for (var server : virtualServers) {
            var path = "virtualServers." + server.name();
            if (!serverNames.add(server.name())) {
                problems.add(Problem.error(path, "virtual server '" + server.name() + "' is configured twice"));
            }
            if (server.target() instanceof Target.Pool && !poolNames.contains(server.pool())) {
                problems.add(Problem.error(path + ".pool", "unknown pool '" + server.pool() + "'")
                        .expected(oneOf(poolNames)));
            }
            if (server.target() instanceof Target.Http http) {
                check(http.service(), path + ".http", poolNames, zoneNames, rateZoneNames, problems);
                checkRedirections(http.service(), path + ".http", problems);
            }
            for (var limit : server.limits()) {
                if (!zoneNames.contains(limit.zone())) {
                    problems.add(Problem.error(path + ".limits", "unknown limit zone '" + limit.zone() + "'")
                            .expected(oneOf(zoneNames)));
                }
            }
            if (server.protocol() == Protocol.UDP
                    && (server.options().sourcePort() != 0
                            || server.options().sourceText().isPresent()
                            || server.options().transparent())) {
                problems.add(Problem.error(
                                path + ".options",
                                "a local port, variables or a foreign address are for TCP servers only")
                        .expected("sourceAddress alone"));
            }
            if (server.listen().stream().anyMatch(ListenAddress::isUnix)
                    && (server.protocol() == Protocol.UDP
                            || !(server.forwardingMode() instanceof ForwardingMode.Proxy))) {
                problems.add(Problem.error(path + ".listen", "UNIX sockets are for TCP servers that are proxied only")
                        .expected("an address and a port"));
            }
            for (var listen : server.listen()) {
                for (int port = listen.firstPort(); port <= listen.lastPort(); port++) {
                    var key = server.protocol() + " " + listen.text(port);
                    var other = listeners.put(key, server.name());
                    if (other != null) {
                        problems.add(Problem.error(
                                path + ".listen", "duplicate listener " + key + ": '" + other + "' has it too"));
                        break;
                    }
                }
            }
        }
        new VirtualRouterChecks(this, problems).check();
        return problems;
    }

    private static void check(
            HttpService service,
            String path,
            Set<String> poolNames,
            Set<String> zoneNames,
            Set<String> rateZoneNames,
            List<Problem> problems) {
        service.pools().stream()
                .filter(pool -> !poolNames.contains(pool) && !isAddress(pool))
                .forEach(pool -> problems.add(
                        Problem.error(path, "unknown pool '" + pool + "'").expected(oneOf(poolNames))));
        for (var route : service.routes()) {
            for (var limit : route.limits()) {
                if (!zoneNames.contains(limit.zone())) {
                    problems.add(Problem.error(path, "unknown limit zone '" + limit.zone() + "'")
                            .expected(oneOf(zoneNames)));
                }
            }
            for (var limit : route.rateLimits()) {
                if (!rateZoneNames.contains(limit.zone())) {
                    problems.add(Problem.error(path, "unknown rate zone '" + limit.zone() + "'")
                            .expected(oneOf(rateZoneNames)));
                }
            }
        }
    }

    private void checkRedirections(HttpService service, String path, List<Problem> problems) {
        for (var route : service.routes()) {
            if (route.content() instanceof Content.RedirectToPool redirect) {
                var pool = pools.stream()
                        .filter(one -> one.name().equals(redirect.pool()))
                        .findFirst();
                if (pool.isEmpty()) {
                    problems.add(
                            Problem.error(path, "'" + redirect.pool() + "' is no pool that clients can be sent to"));
                    continue;
                }
                for (var server : pool.get().servers()) {
                    if (server.publicUrl().isEmpty()) {
                        problems.add(Problem.error(
                                        path,
                                        "clients are sent to pool '" + redirect.pool() + "', whose server '"
                                                + server.id() + "' has no public URL")
                                .expected("a public URL for each server of the pool"));
                    }
                }
            }
        }
    }

    private void checkStickTables(List<Problem> problems) {
        var names = new HashSet<String>();
        for (var table : stickTables) {
            if (!names.add(table.name())) {
                problems.add(Problem.error(
                        "stickTables." + table.name(), "stick table '" + table.name() + "' is configured twice"));
            }
        }
        for (var pool : pools) {
            for (var rule : pool.requestAffinity().map(RequestAffinity::rules).orElse(List.of())) {
                if (rule instanceof TableAffinity use && !names.contains(use.table())) {
                    problems.add(Problem.error(
                                    "pools." + pool.name() + ".requestAffinity",
                                    "unknown stick table '" + use.table() + "'")
                            .expected(oneOf(names)));
                }
            }
        }
        for (var server : virtualServers) {
            tracked(server)
                    .filter(tracking -> !names.contains(tracking.table()))
                    .map(Tracking::table)
                    .distinct()
                    .forEach(table -> problems.add(
                            Problem.error("virtualServers." + server.name(), "unknown stick table '" + table + "'")
                                    .expected(oneOf(names))));
        }
    }

    private static Stream<Tracking> tracked(VirtualServer server) {
        var ofConnections = server.connectionRules().stream()
                .map(ConnectionRule::action)
                .filter(ConnectionRule.Action.Track.class::isInstance)
                .map(action -> ((ConnectionRule.Action.Track) action).tracking());
        if (!(server.target() instanceof Target.Http http)) {
            return ofConnections;
        }
        var ofRequests = http.service().routes().stream()
                .flatMap(route -> Stream.of(route.rules(), route.responseRules(), route.answerRules()))
                .flatMap(List::stream)
                .flatMap(rule -> rule.actions().stream())
                .filter(HttpAction.Track.class::isInstance)
                .map(action -> ((HttpAction.Track) action).tracking());
        return Stream.concat(ofConnections, ofRequests);
    }

    private static boolean isAddress(String text) {
        try {
            ServerAddress.parse(text);
            return true;
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }

    private static String oneOf(Set<String> names) {
        return names.isEmpty() ? "" : "one of " + names.stream().sorted().collect(Collectors.joining(", "));
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private Settings settings = Settings.defaults();
        private final List<ServerPool> pools = new ArrayList<>();
        private final List<VirtualServer> virtualServers = new ArrayList<>();
        private final List<VariableDefinition> variables = new ArrayList<>();
        private final List<ConnectionLimit.Zone> limitZones = new ArrayList<>();
        private final List<RateLimit.Zone> rateZones = new ArrayList<>();
        private final List<StickTable> stickTables = new ArrayList<>();
        private final List<VirtualRouter> virtualRouters = new ArrayList<>();
        private final List<SyncGroup> syncGroups = new ArrayList<>();
        private final List<Tracker> trackers = new ArrayList<>();
        private VrrpSettings vrrp = VrrpSettings.DEFAULT;

        private Builder() {}

        public Builder settings(Settings value) {
            settings = value;
            return this;
        }

        public Builder pool(ServerPool pool) {
            pools.add(pool);
            return this;
        }

        public Builder pool(ServerPool.Builder pool) {
            return pool(pool.build());
        }

        public Builder virtualServer(VirtualServer server) {
            virtualServers.add(server);
            return this;
        }

        public Builder virtualServer(VirtualServer.Builder server) {
            return virtualServer(server.build());
        }

        public Builder variable(VariableDefinition variable) {
            variables.add(variable);
            return this;
        }

        public Builder limitZone(ConnectionLimit.Zone zone) {
            limitZones.add(zone);
            return this;
        }

        public Builder rateZone(RateLimit.Zone zone) {
            rateZones.add(zone);
            return this;
        }

        public Builder stickTable(StickTable table) {
            stickTables.add(table);
            return this;
        }

        public Builder virtualRouter(VirtualRouter router) {
            virtualRouters.add(router);
            return this;
        }

        public Builder virtualRouter(VirtualRouter.Builder router) {
            return virtualRouter(router.build());
        }

        public Builder syncGroup(SyncGroup group) {
            syncGroups.add(group);
            return this;
        }

        public Builder tracker(Tracker tracker) {
            trackers.add(tracker);
            return this;
        }

        public Builder vrrp(VrrpSettings value) {
            vrrp = value;
            return this;
        }

        /** Takes over everything {@code other} has but its settings, and those of VRRP. */
        public Builder addAll(Configuration other) {
            pools.addAll(other.pools());
            virtualServers.addAll(other.virtualServers());
            variables.addAll(other.variables());
            limitZones.addAll(other.limitZones());
            rateZones.addAll(other.rateZones());
            stickTables.addAll(other.stickTables());
            virtualRouters.addAll(other.virtualRouters());
            syncGroups.addAll(other.syncGroups());
            trackers.addAll(other.trackers());
            return this;
        }

        /**
         * The configuration.
         *
         * @throws ConfigurationException with everything {@link Configuration#problems()} finds
         */
        public Configuration build() {
            var configuration = new Configuration(
                    settings,
                    pools,
                    virtualServers,
                    variables,
                    limitZones,
                    rateZones,
                    stickTables,
                    virtualRouters,
                    syncGroups,
                    trackers,
                    vrrp);
            var problems = configuration.problems();
            if (problems.stream().anyMatch(Problem::isError)) {
                throw new ConfigurationException(problems);
            }
            return configuration;
        }
    }
}
