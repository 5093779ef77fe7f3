package io.steelyard.config.yaml;

import io.steelyard.api.Configuration;
import io.steelyard.api.Settings;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.http.RateLimit;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import java.util.List;

/** {@link Configuration}: the root of the table of keys. */
final class ConfigurationSection extends Section<Configuration> {
    private final Key<Configuration, Settings> settings = optional(
            "settings",
            new SettingsSection(),
            Configuration::settings,
            Settings.defaults(),
            "What holds for the whole balancer.");
    private final Key<Configuration, List<ServerPool>> pools = optional(
            "pools",
            Forms.named(new PoolSection(), ServerPool::name),
            Configuration::pools,
            List.of(),
            "Real servers that can stand in for each other, by the pool's name.");
    private final Key<Configuration, List<VirtualServer>> virtualServers = optional(
            "virtualServers",
            Forms.named(new VirtualServerSection(), VirtualServer::name),
            Configuration::virtualServers,
            List.of(),
            "Addresses offered to clients, by the virtual server's name.");
    private final Key<Configuration, List<VariableDefinition>> variables = optional(
            "variables",
            Forms.named(new VariableSection(), VariableDefinition::name),
            Configuration::variables,
            List.of(),
            "Variables made out of others, by name without the `$`.");
    private final Key<Configuration, List<ConnectionLimit.Zone>> limitZones = optional(
            "limitZones",
            Forms.named(new LimitZoneSection(), ConnectionLimit.Zone::name),
            Configuration::limitZones,
            List.of(),
            "Where connections are counted for limits, by the zone's name.");

    private final Key<Configuration, List<RateLimit.Zone>> rateZones = optional(
            "rateZones",
            Forms.named(new RateZoneSection(), RateLimit.Zone::name),
            Configuration::rateZones,
            List.of(),
            "Where requests are counted for rate limits, by the zone's name.");

    private final Key<Configuration, List<StickTable>> stickTables = optional(
            "stickTables",
            Forms.named(new StickTableSection(), StickTable::name),
            Configuration::stickTables,
            List.of(),
            "Where clients' servers are remembered for `requestAffinity`, by the table's name.");

    private final Key<Configuration, List<VirtualRouter>> virtualRouters = optional(
            "virtualRouters",
            Forms.named(new VirtualRouterSection(), VirtualRouter::name),
            Configuration::virtualRouters,
            List.of(),
            "Addresses that one of several machines has at a time (VRRP), by the router's name.");
    private final Key<Configuration, List<SyncGroup>> syncGroups = optional(
            "syncGroups",
            Forms.named(new SyncGroupSection(), SyncGroup::name),
            Configuration::syncGroups,
            List.of(),
            "Virtual routers that change their state together, by the group's name.");
    private final Key<Configuration, List<Tracker>> trackers = optional(
            "trackers",
            Forms.named(new TrackerSection(), Tracker::name),
            Configuration::trackers,
            List.of(),
            "What priorities of virtual routers follow, by the tracker's name.");
    private final Key<Configuration, VrrpSettings> vrrp = optional(
            "vrrp",
            new VrrpSettingsSection(),
            Configuration::vrrp,
            VrrpSettings.DEFAULT,
            "What holds for all virtual routers.");

    ConfigurationSection() {
        super("configuration");
    }

    @Override
    Configuration make(Values values) {
        return new Configuration(
                values.or(settings, Settings.defaults()),
                values.or(pools, List.of()),
                values.or(virtualServers, List.of()),
                values.or(variables, List.of()),
                values.or(limitZones, List.of()),
                values.or(rateZones, List.of()),
                values.or(stickTables, List.of()),
                values.or(virtualRouters, List.of()),
                values.or(syncGroups, List.of()),
                values.or(trackers, List.of()),
                values.or(vrrp, VrrpSettings.DEFAULT));
    }
}
