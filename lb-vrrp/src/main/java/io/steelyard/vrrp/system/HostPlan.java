package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.SyncGroup;
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

    /** Whether a host that runs this can go on with the other: what routers share is the same, and none that differs is tied to others. */
    boolean leadsTo(HostPlan next) {
        return settings.equals(next.settings)
                && groups.equals(next.groups)
                && Stream.concat(
                                routers.stream().filter(router -> !next.routers.contains(router)),
                                next.routers.stream().filter(router -> !routers.contains(router)))
                        .allMatch(this::standsAlone);
    }

    private boolean standsAlone(VirtualRouter router) {
        return groupOf(router).isEmpty()
                && router.defence().witness().isEmpty()
                && router.defence().paths().isEmpty();
    }
}
