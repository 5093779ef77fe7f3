package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.linux.netlink.Route;
import io.steelyard.linux.netlink.RoutingRule;
import io.steelyard.vrrp.RouterStatus;
import io.steelyard.vrrp.announce.Pace;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The virtual routers of a host, with what ties them to each other: their groups, further paths, names of interfaces and pauses between
 * announcements; and how they become those of another plan. Used by who makes the host, and then by the control thread.
 */
final class RouterSet {
    private final RouterHost host;
    private final SyncGroups groups;
    private final List<RunningRouter> routers = new ArrayList<>();

    /** By the interface's name, or the first of those that are paced with it. */
    private final Map<String, Pace> paces = new HashMap<>();

    private List<Heartbeats> heartbeats = List.of();
    private InterfacePlan interfaces = InterfacePlan.NONE;
    private HostPlan plan;
    private boolean hasStarted;

    /** None runs, and none is there, before {@link #fill}. */
    RouterSet(HostPlan plan, RouterHost host) {
        this.plan = plan;
        this.host = host;
        groups = new SyncGroups(host::tell);
    }

    /**
     * Makes all routers.
     *
     * @param fencings of each router
     * @param node this machine's name towards others
     */
    void fill(Map<VirtualRouter, Optional<FencingLink>> fencings, String node) {
        interfaces = interfaces.with(plan.routers(), plan.settings());
        for (var router : plan.routers()) {
            routers.add(router(router, fencings.get(router), null));
        }
        groups.become(plan.groups(), routers);
        heartbeats = Heartbeats.of(routers, node, host.control(), host.kernel().interfaces());
    }

    private RunningRouter router(
            VirtualRouter router, @Nullable Optional<FencingLink> fencing, @Nullable RunningRouter before) {
        return new RunningRouter(plan.part(router), host, fencing == null ? null : fencing.orElse(null), before);
    }

    void start() {
        hasStarted = true;
        routers.forEach(this::start);
        heartbeats.forEach(Heartbeats::start);
    }

    private void start(RunningRouter router) {
        router.start(groups.contain(router), plan.settings().startDelay().toNanos());
    }

    /** Becomes the routers of another plan that this one leads to. Groups are made anew when all that stay go on; who is new begins after that. */
    void become(HostPlan next, Map<VirtualRouter, Optional<FencingLink>> fencings) {
        var before = plan;
        var ended = routers.stream()
                .filter(each -> next.same(each.router()).isEmpty())
                .toList();
        ended.forEach(each -> each.stop(!next.names().contains(each.router().name())));
        ended.forEach(RunningRouter::close);
        routers.removeAll(ended);
        plan = next;
        interfaces = interfaces.with(next.routers(), next.settings());
        host.kernel().restriction().quieten(interfaces.quiet());
        var begun = new ArrayList<RunningRouter>();
        for (var router : next.routers()) {
            if (next.isAnew(router, before)) {
                before.same(router)
                        .ifPresentOrElse(
                                same -> replace(find(same.name()), router, fencings.get(router)),
                                () -> begun.add(router(router, fencings.get(router), null)));
            }
        }
        routers.addAll(begun);
        routers.sort(Comparator.comparingInt(each -> next.routers().indexOf(each.router())));
        groups.become(next.groups(), routers);
        if (hasStarted) {
            begun.forEach(this::start);
        }
        trackersChanged();
    }

    private void replace(RunningRouter before, VirtualRouter router, @Nullable Optional<FencingLink> fencing) {
        var after = router(router, fencing, before);
        routers.replaceAll(each -> each == before ? after : each);
        groups.replace(before, after);
        heartbeats.forEach(each -> each.replace(before, after));
        if (hasStarted) {
            after.goOn(before);
        } else {
            before.close();
        }
    }

    // ---- for one of them

    SyncGroups groups() {
        return groups;
    }

    InterfacePlan interfaces() {
        return interfaces;
    }

    /** When announcements may leave an interface, whichever router they are of. */
    Pace pace(String interfaceName) {
        var first = plan.settings().pacedTogether().stream()
                .filter(group -> group.contains(interfaceName))
                .map(List::getFirst)
                .findFirst()
                .orElse(interfaceName);
        return paces.computeIfAbsent(first, name -> new Pace());
    }

    /** Whether changes of a router's priority are told, by itself or by its group. */
    boolean tellsPriority(VirtualRouter router) {
        return Stream.concat(
                        Stream.of(router.notifications()),
                        plan.groupOf(router).stream().map(group -> group.notifications()))
                .anyMatch(notifications -> notifications.tellsPriority());
    }

    /** A router's further paths. */
    Optional<Heartbeats> heartbeats(RunningRouter running) {
        return heartbeats.stream().filter(each -> each.contains(running)).findFirst();
    }

    // ---- for all of them

    void trackersChanged() {
        routers.forEach(RunningRouter::trackersChanged);
    }

    void interfacesChanged(List<InetAddress> removed) {
        routers.forEach(RunningRouter::interfacesChanged);
        heartbeats.forEach(Heartbeats::interfacesChanged);
        removed.forEach(address -> routers.forEach(each -> each.addressRemoved(address)));
    }

    /** What is there whoever is active has changed. */
    void staticsChanged() {
        routers.forEach(RunningRouter::interfacesChanged);
    }

    void routesRemoved(List<Route> routes, List<RoutingRule> rules) {
        routers.forEach(each -> each.routesRemoved(routes, rules));
    }

    void routesUnknown() {
        routers.forEach(RunningRouter::routesUnknown);
    }

    /** The thread looked that much later than it meant to. */
    void paused(long gapNs) {
        routers.forEach(each -> each.paused(gapNs));
    }

    /** The names of those that look at a tracker. */
    List<String> tracking(String tracker) {
        return routers.stream()
                .filter(each -> each.health().isTracking(tracker))
                .map(each -> each.router().name())
                .toList();
    }

    /** Half of the shortest wait for adverts, of routers to which a pause matters; {@link Long#MAX_VALUE} without such. */
    long leastPauseNs() {
        return routers.stream()
                .filter(each -> each.router().defence().pauseAware())
                .mapToLong(each -> each.downNs() / 2)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    List<RouterStatus> status() {
        return routers.stream().map(RunningRouter::status).toList();
    }

    /** @throws IllegalArgumentException where there is none of the name */
    RunningRouter find(String name) {
        return routers.stream()
                .filter(each -> each.router().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no virtual router '" + name + "'"));
    }

    /** Ends all. @param staying names of routers that are not configured away */
    void close(Set<String> staying) {
        routers.forEach(each -> each.stop(!staying.contains(each.router().name())));
        heartbeats.forEach(Heartbeats::close);
        routers.forEach(RunningRouter::close);
    }
}
