package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.vrrp.RouterEvent;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What runs.
 *
 * @param routers with names of their own
 * @param groups of them
 * @param trackers that they look at
 * @param settings for all
 * @param onEvent called on the control thread, and must be short
 */
public record HostPlan(
        List<VirtualRouter> routers,
        List<SyncGroup> groups,
        List<Tracker> trackers,
        VrrpSettings settings,
        Consumer<RouterEvent> onEvent) {
    Optional<SyncGroup> groupOf(VirtualRouter router) {
        return groups.stream()
                .filter(each -> each.members().contains(router.name()))
                .findFirst();
    }

    /** What a router looks at: by itself, and with its group. */
    List<Track> tracksOf(VirtualRouter router) {
        return Stream.concat(
                        router.tracks().stream(), groupOf(router).stream().flatMap(group -> group.tracks().stream()))
                .toList();
    }

    /** Whether a host that runs this can go on with the other: what routers share is the same, and none that comes or goes is tied to others. */
    boolean leadsTo(HostPlan next) {
        return settings.equals(next.settings)
                && groups.equals(next.groups)
                && Stream.concat(
                                routers.stream()
                                        .filter(router -> next.same(router).isEmpty()),
                                next.routers.stream()
                                        .filter(router -> same(router).isEmpty()))
                        .allMatch(this::standsAlone);
    }

    /** The router of this plan that is the same as one of another plan: to the network and to third places, whatever else differs. */
    Optional<VirtualRouter> same(VirtualRouter router) {
        return routers.stream().filter(each -> isSame(each, router)).findFirst();
    }

    private static boolean isSame(VirtualRouter one, VirtualRouter other) {
        var defence = one.defence();
        var others = other.defence();
        return one.name().equals(other.name())
                && one.interfaceName().equals(other.interfaceName())
                && one.virtualRouterId() == other.virtualRouterId()
                && one.family() == other.family()
                && one.virtualMac().equals(other.virtualMac())
                && one.isOwner() == other.isOwner()
                && defence.witness().equals(others.witness())
                && defence.paths().equals(others.paths())
                && defence.pathKey().equals(others.pathKey())
                && (defence.paths().isEmpty() || one.advertInterval().equals(other.advertInterval()));
    }

    private boolean standsAlone(VirtualRouter router) {
        return groupOf(router).isEmpty()
                && router.defence().witness().isEmpty()
                && router.defence().paths().isEmpty();
    }
}
