package io.steelyard.api.vrrp;

import java.util.List;
import java.util.Objects;

/**
 * Virtual routers that change their state together: active only when all could be; where one is in FAULT all are, where one is backup all are
 * (keepalived {@code vrrp_sync_group}).
 *
 * @param name unique within a configuration
 * @param members names of virtual routers, each in no other group
 * @param tracks looked at for all members
 * @param weighsPriorities weights of the group's trackers and of its members' count; else trackers of a group act by FAULT alone and members'
 *     trackers must have weight 0 (keepalived {@code sync_group_tracking_weight})
 * @param notifications of the group
 */
public record SyncGroup(
        String name, List<String> members, List<Track> tracks, boolean weighsPriorities, Notifications notifications) {
    public SyncGroup {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a sync group's name is empty");
        }
        members = List.copyOf(members);
        tracks = List.copyOf(tracks);
        Objects.requireNonNull(notifications, "notifications");
        if (members.stream().distinct().count() != members.size()) {
            throw new IllegalArgumentException("sync group '" + name + "' has a member twice");
        }
    }

    /** Without trackers and notifications. */
    public static SyncGroup of(String name, String... members) {
        return new SyncGroup(name, List.of(members), List.of(), false, Notifications.NONE);
    }
}
