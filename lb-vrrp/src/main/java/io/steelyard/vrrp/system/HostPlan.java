package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.vrrp.RouterEvent;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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

    /** Whether a host that runs this can go on with the other: it has the same name, and none that comes, goes or changes its group is tied to others. */
    boolean leadsTo(HostPlan next) {
        return settings.routerId().equals(next.settings.routerId())
                && Stream.concat(
                                routers.stream()
                                        .filter(router -> next.same(router).isEmpty()),
                                next.routers.stream()
                                        .filter(router -> same(router).isEmpty()))
                        .allMatch(HostPlan::standsAlone)
                && routers.stream()
                        .filter(router -> router.defence().witness().isPresent())
                        .allMatch(router -> groupOf(router).equals(next.groupOf(router)));
    }

    /** All that makes a router run as it does; one that has the same in two plans notices nothing of a change. */
    Part part(VirtualRouter router) {
        boolean isFencing = router.defence().fencing().isPresent();
        return new Part(
                router,
                tracksOf(router),
                groupOf(router).isPresent(),
                settings.pacedTogether(),
                isFencing ? settings.scriptUser() : "",
                isFencing && settings.scriptSecurity());
    }

    /**
     * What a plan has for one router.
     *
     * @param tracks what it looks at: by itself, and with its group
     * @param pacedTogether interfaces whose announcements wait for each other
     * @param fencingUser who runs a script that fences; empty for the default, and where nothing fences
     * @param isFencingSecure whether such a script must be safe from others
     */
    record Part(
            VirtualRouter router,
            List<Track> tracks,
            boolean isInGroup,
            List<List<String>> pacedTogether,
            String fencingUser,
            boolean isFencingSecure) {}

    /** Whether something differs for a router from what another plan has. */
    boolean isAnew(VirtualRouter router, HostPlan before) {
        return before.routers.stream().noneMatch(each -> before.part(each).equals(part(router)));
    }

    Set<String> names() {
        return routers.stream().map(VirtualRouter::name).collect(Collectors.toSet());
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
                && one.ipvlan().equals(other.ipvlan())
                && one.isOwner() == other.isOwner()
                && defence.witness().equals(others.witness())
                && defence.paths().equals(others.paths())
                && defence.pathKey().equals(others.pathKey())
                && (defence.paths().isEmpty() || one.advertInterval().equals(other.advertInterval()));
    }

    private static boolean standsAlone(VirtualRouter router) {
        return router.defence().witness().isEmpty() && router.defence().paths().isEmpty();
    }
}
