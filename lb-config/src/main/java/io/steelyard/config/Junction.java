package io.steelyard.config;

import io.steelyard.api.Configuration;
import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import io.steelyard.api.Settings;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.config.ReadResult;
import io.steelyard.api.http.RateLimit;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Joins what several files say. What two files say alike counts once; what they say differently is told with both places. One use. */
final class Junction {
    private final List<Problem> problems = new ArrayList<>();
    private final Configuration configuration;

    Junction(List<ReadResult> parts) {
        var builder = Configuration.builder().settings(settings(parts));
        joined(parts, "pools", "pool", Configuration::pools, ServerPool::name).forEach(builder::pool);
        joined(parts, "variables", "variable", Configuration::variables, VariableDefinition::name)
                .forEach(builder::variable);
        joined(parts, "limitZones", "limit zone", Configuration::limitZones, ConnectionLimit.Zone::name)
                .forEach(builder::limitZone);
        joined(parts, "stickTables", "stick table", Configuration::stickTables, StickTable::name)
                .forEach(builder::stickTable);
        joined(parts, "rateZones", "rate zone", Configuration::rateZones, RateLimit.Zone::name)
                .forEach(builder::rateZone);
        var listening = withoutTakenListeners(parts);
        configuration = unchecked(parts, builder, listening);
    }

    /** The whole, without what conflicts with an earlier file. */
    Configuration configuration() {
        return configuration;
    }

    List<Problem> problems() {
        return problems;
    }

    private Configuration unchecked(
            List<ReadResult> parts, Configuration.Builder builder, List<VirtualServer> servers) {
        var rest = builder.build();
        return new Configuration(
                rest.settings(),
                rest.pools(),
                servers,
                rest.variables(),
                rest.limitZones(),
                rest.rateZones(),
                rest.stickTables(),
                joined(parts, "virtualRouters", "virtual router", Configuration::virtualRouters, VirtualRouter::name),
                joined(parts, "syncGroups", "sync group", Configuration::syncGroups, SyncGroup::name),
                joined(parts, "trackers", "tracker", Configuration::trackers, Tracker::name),
                onlyVrrpSettings(parts));
    }

    /** They belong together, so one file alone may give them. */
    private VrrpSettings onlyVrrpSettings(List<ReadResult> parts) {
        var joined = VrrpSettings.DEFAULT;
        Optional<ReadResult> giver = Optional.empty();
        for (var part : parts) {
            var given = part.configuration().map(Configuration::vrrp).orElse(VrrpSettings.DEFAULT);
            if (given.equals(VrrpSettings.DEFAULT) || given.equals(joined)) {
                continue;
            }
            if (giver.isEmpty()) {
                joined = given;
                giver = Optional.of(part);
            } else {
                conflict("vrrp", "what holds for all virtual routers is given twice", giver.get(), part);
            }
        }
        return joined;
    }

    /** One entry of one file. */
    private record Entry<T>(T value, ReadResult file) {}

    private <T> List<T> joined(
            List<ReadResult> parts,
            String path,
            String kind,
            Function<Configuration, List<T>> list,
            Function<T, String> nameOf) {
        var byName = new LinkedHashMap<String, Entry<T>>();
        for (var part : parts) {
            for (var value : part.configuration().map(list).orElse(List.of())) {
                var name = nameOf.apply(value);
                var first = byName.putIfAbsent(name, new Entry<>(value, part));
                if (first != null && !first.value().equals(value)) {
                    conflict(path + "." + name, kind + " '" + name + "' is configured twice", first.file(), part);
                }
            }
        }
        return byName.values().stream().map(Entry::value).toList();
    }

    private List<VirtualServer> withoutTakenListeners(List<ReadResult> parts) {
        Map<String, Entry<VirtualServer>> owners = new LinkedHashMap<>();
        var kept = new ArrayList<VirtualServer>();
        for (var server :
                joined(parts, "virtualServers", "virtual server", Configuration::virtualServers, VirtualServer::name)) {
            var part = parts.stream()
                    .filter(file -> file.configuration().stream()
                            .anyMatch(configured -> configured.virtualServers().contains(server)))
                    .findFirst()
                    .orElseThrow();
            boolean isFree = true;
            for (var address : addresses(server)) {
                var owner = owners.get(address);
                if (owner != null && owner.file() != part) {
                    listenerConflict(address, server, part, owner);
                    isFree = false;
                    break;
                }
            }
            if (isFree) {
                kept.add(server);
            }
            addresses(server).forEach(address -> owners.putIfAbsent(address, new Entry<>(server, part)));
        }
        return kept;
    }

    private static List<String> addresses(VirtualServer server) {
        var texts = new ArrayList<String>();
        for (var listen : server.listen()) {
            for (int port = listen.firstPort(); port <= listen.lastPort(); port++) {
                texts.add(server.protocol() + " " + listen.text(port));
            }
        }
        return texts;
    }

    private void listenerConflict(String address, VirtualServer server, ReadResult part, Entry<VirtualServer> owner) {
        var path = "virtualServers." + server.name() + ".listen";
        var other = "virtualServers." + owner.value().name() + ".listen";
        var first = place(owner.file(), other);
        var problem = Problem.error(
                path,
                "duplicate listener " + address + ": '" + owner.value().name() + "' has it too"
                        + first.map(at -> " at " + at).orElse(""));
        problems.add(part.locate(problem));
    }

    private void conflict(String path, String what, ReadResult firstFile, ReadResult secondFile) {
        var first = place(firstFile, path);
        var problem = Problem.error(
                        path,
                        what + " and differently"
                                + first.map(at -> "; the first is at " + at).orElse(""))
                .remedy("rename or remove one of them");
        problems.add(secondFile.locate(problem));
    }

    private static Optional<Position> place(ReadResult file, String path) {
        return file.locate(Problem.notice(path, "")).position();
    }

    /** Each setting may be given by one file, or alike by several. */
    private Settings settings(List<ReadResult> parts) {
        var joined = Settings.defaults();
        var givers = new LinkedHashMap<String, ReadResult>();
        for (var component : Settings.class.getRecordComponents()) {
            for (var part : parts) {
                var given =
                        part.configuration().map(Configuration::settings).map(settings -> value(component, settings));
                var isDefault = given.equals(Optional.of(value(component, Settings.defaults())));
                if (given.isEmpty() || isDefault || given.get().equals(value(component, joined))) {
                    continue;
                }
                var first = givers.putIfAbsent(component.getName(), part);
                if (first == null) {
                    joined = with(joined, component, given.get());
                } else {
                    conflict(
                            "settings." + component.getName(),
                            "setting '" + component.getName() + "' is given twice",
                            first,
                            part);
                }
            }
        }
        return joined;
    }

    private static Object value(RecordComponent component, Settings settings) {
        try {
            return component.getAccessor().invoke(settings);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Settings with(Settings settings, RecordComponent changed, Object value) {
        var components = Settings.class.getRecordComponents();
        BiFunction<RecordComponent, Settings, Object> chosen =
                (component, from) -> component.getName().equals(changed.getName()) ? value : value(component, from);
        var arguments = Arrays.stream(components)
                .map(component -> chosen.apply(component, settings))
                .toArray();
        try {
            Constructor<Settings> constructor = Settings.class.getConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
