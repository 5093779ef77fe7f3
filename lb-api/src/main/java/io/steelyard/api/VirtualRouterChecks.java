package io.steelyard.api;

import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualAddress;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks for what does not go together among virtual routers, sync groups and trackers. One use. */
final class VirtualRouterChecks {
    private final Configuration configuration;
    private final List<Problem> problems;
    private final Set<String> trackerNames = new HashSet<>();

    VirtualRouterChecks(Configuration configuration, List<Problem> problems) {
        this.configuration = configuration;
        this.problems = problems;
    }

    void check() {
        configuration.trackers().forEach(this::check);
        var names = new HashSet<String>();
        for (var router : configuration.virtualRouters()) {
            var path = "virtualRouters." + router.name();
            if (!names.add(router.name())) {
                problems.add(Problem.error(path, "virtual router '" + router.name() + "' is configured twice"));
            }
            problems.addAll(router.problems(path));
            checkTracks(router.tracks(), path + ".tracks");
        }
        checkIds();
        checkOwnership();
        checkGroups(names);
        checkStaticGroups(names);
    }

    private void checkStaticGroups(Set<String> routers) {
        var names = new HashSet<String>();
        for (var group : configuration.vrrp().staticGroups()) {
            var path = "vrrp.staticGroups." + group.name();
            if (!names.add(group.name())) {
                problems.add(Problem.error(path, "static group '" + group.name() + "' is configured twice"));
            }
            for (var router : group.routers()) {
                if (!routers.contains(router)) {
                    problems.add(Problem.error(path + ".routers", "unknown virtual router '" + router + "'")
                            .expected(oneOf(routers.stream())));
                }
            }
        }
    }

    private void check(Tracker tracker) {
        var path = "trackers." + tracker.name();
        if (!trackerNames.add(tracker.name())) {
            problems.add(Problem.error(path, "tracker '" + tracker.name() + "' is configured twice"));
        }
        if (tracker instanceof Tracker.Pool pool) {
            var known = configuration.pool(pool.pool());
            if (known.isEmpty()) {
                problems.add(Problem.error(path + ".pool", "unknown pool '" + pool.pool() + "'")
                        .expected(oneOf(configuration.pools().stream().map(ServerPool::name))));
            } else if (pool.leastServers() > known.get().servers().size()) {
                problems.add(Problem.error(
                                path + ".leastServers",
                                "pool '" + pool.pool() + "' never has " + pool.leastServers() + " servers")
                        .expected("at most " + known.get().servers().size()));
            }
        }
        if (tracker instanceof Tracker.Bfd bfd) {
            checkNeighbour(bfd, path);
        }
        if (tracker instanceof Tracker.Listener listener
                && configuration.virtualServers().stream()
                        .noneMatch(server -> server.name().equals(listener.virtualServer()))) {
            problems.add(Problem.error(
                            path + ".virtualServer", "unknown virtual server '" + listener.virtualServer() + "'")
                    .expected(oneOf(configuration.virtualServers().stream().map(VirtualServer::name))));
        }
    }

    /** The first packets of a neighbour say nothing but its address, so one session with it is all there can be. */
    private void checkNeighbour(Tracker.Bfd tracker, String path) {
        for (var other : configuration.trackers()) {
            if (other == tracker) {
                return;
            }
            if (other instanceof Tracker.Bfd rival
                    && rival.session().neighbour().equals(tracker.session().neighbour())
                    && rival.session().isMultihop() == tracker.session().isMultihop()) {
                problems.add(Problem.error(
                                path + ".bfd.neighbour",
                                "tracker '" + rival.name() + "' has a BFD session with "
                                        + tracker.session().neighbour().getHostAddress() + " already")
                        .expected("one session with a neighbour, which several routers may track"));
            }
        }
    }

    private void checkTracks(List<Track> tracks, String path) {
        var seen = new HashSet<String>();
        for (var track : tracks) {
            if (!trackerNames.contains(track.tracker())) {
                problems.add(Problem.error(path, "unknown tracker '" + track.tracker() + "'")
                        .expected(oneOf(trackerNames.stream())));
            }
            if (!seen.add(track.tracker())) {
                problems.add(Problem.error(path, "tracker '" + track.tracker() + "' is tracked twice"));
            }
        }
    }

    /** Who hears the other's adverts must not have the other's id: multicast hears all on its interface, unicast its peers. */
    private void checkIds() {
        var routers = configuration.virtualRouters();
        for (int i = 0; i < routers.size(); i++) {
            for (int k = 0; k < i; k++) {
                var one = routers.get(i);
                var other = routers.get(k);
                if (one.virtualRouterId() == other.virtualRouterId()
                        && one.interfaceName().equals(other.interfaceName())
                        && one.family() == other.family()
                        && hearsAlike(one.transport(), other.transport())) {
                    problems.add(Problem.error(
                                    "virtualRouters." + one.name() + ".virtualRouterId",
                                    "id " + one.virtualRouterId() + " on " + one.interfaceName() + " is that of '"
                                            + other.name() + "' too")
                            .expected("an id of its own"));
                }
            }
        }
    }

    private static boolean hearsAlike(AdvertTransport one, AdvertTransport other) {
        if (one instanceof AdvertTransport.Multicast first && other instanceof AdvertTransport.Multicast second) {
            return first.group().equals(second.group());
        }
        if (one instanceof AdvertTransport.Unicast first && other instanceof AdvertTransport.Unicast second) {
            return first.peers().stream()
                    .anyMatch(peer -> second.peers().stream()
                            .anyMatch(rival -> rival.address().equals(peer.address())));
        }
        return true;
    }

    private void checkOwnership() {
        var owners = new HashMap<InetAddress, String>();
        for (var router : configuration.virtualRouters()) {
            Stream.concat(router.addresses().stream(), router.excludedAddresses().stream())
                    .map(VirtualAddress::address)
                    .distinct()
                    .forEach(address -> {
                        var other = owners.putIfAbsent(address, router.name());
                        if (other != null && !other.equals(router.name())) {
                            problems.add(Problem.error(
                                    "virtualRouters." + router.name() + ".addresses",
                                    address.getHostAddress() + " belongs to virtual router '" + other + "' too"));
                        }
                    });
        }
        for (var address : configuration.vrrp().addresses()) {
            var other = owners.get(address.address());
            if (other != null) {
                problems.add(Problem.error(
                        "vrrp.addresses",
                        address.address().getHostAddress() + " belongs to virtual router '" + other + "' too"));
            }
        }
    }

    private void checkGroups(Set<String> routerNames) {
        var names = new HashSet<String>();
        var groupOf = new HashMap<String, String>();
        for (var group : configuration.syncGroups()) {
            var path = "syncGroups." + group.name();
            if (!names.add(group.name())) {
                problems.add(Problem.error(path, "sync group '" + group.name() + "' is configured twice"));
            }
            if (group.members().isEmpty()) {
                problems.add(Problem.error(path + ".members", "sync group '" + group.name() + "' has no member")
                        .expected("at least one"));
            }
            for (var member : group.members()) {
                if (!routerNames.contains(member)) {
                    problems.add(Problem.error(path + ".members", "unknown virtual router '" + member + "'")
                            .expected(oneOf(routerNames.stream())));
                }
                var other = groupOf.putIfAbsent(member, group.name());
                if (other != null) {
                    problems.add(Problem.error(
                            path + ".members", "virtual router '" + member + "' is in sync group '" + other + "' too"));
                }
            }
            checkTracks(group.tracks(), path + ".tracks");
            checkWeights(group, path);
        }
    }

    private void checkWeights(SyncGroup group, String path) {
        if (group.weighsPriorities()) {
            return;
        }
        for (var track : group.tracks()) {
            checkWeight(track, path + ".tracks");
        }
        for (var router : configuration.virtualRouters()) {
            if (group.members().contains(router.name())) {
                router.tracks().forEach(track -> checkWeight(track, "virtualRouters." + router.name() + ".tracks"));
            }
        }
    }

    private void checkWeight(Track track, String path) {
        var tracker = configuration.trackers().stream()
                .filter(one -> one.name().equals(track.tracker()))
                .findFirst();
        int own = tracker.map(Tracker::weight).orElse(0);
        boolean isFile = tracker.filter(Tracker.File.class::isInstance).isPresent();
        if (track.weight().orElse(own) != 0 && !isFile) {
            problems.add(Problem.error(path, "in a sync group tracker '" + track.tracker() + "' acts by FAULT alone")
                    .expected("weight 0")
                    .remedy("or give the group weighsPriorities"));
        }
    }

    private static String oneOf(Stream<String> names) {
        var text = names.sorted().collect(Collectors.joining(", "));
        return text.isEmpty() ? "" : "one of " + text;
    }
}
