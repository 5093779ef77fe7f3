package io.steelyard.config.yaml;

import io.steelyard.api.vrrp.Notifications;
import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.api.vrrp.Track;
import java.util.List;

/** {@link SyncGroup}. */
final class SyncGroupSection extends Section<SyncGroup> {
    private final Key<SyncGroup, List<String>> members =
            required("members", Forms.list(Forms.text()), SyncGroup::members, "Names of virtual routers.");
    private final Key<SyncGroup, List<Track>> tracks = optional(
            "tracks",
            Forms.list(Forms.shortened(new TrackSection(), "tracker")),
            SyncGroup::tracks,
            List.of(),
            "Looked at for all members.");
    private final Key<SyncGroup, Boolean> weighsPriorities = optional(
            "weighsPriorities",
            Forms.flag(),
            SyncGroup::weighsPriorities,
            false,
            "Weights of trackers count; else they act by FAULT alone, and those of members must be 0.");
    private final Key<SyncGroup, Notifications> notifications = optional(
            "notifications", new NotificationsSection(), SyncGroup::notifications, Notifications.NONE, "Who is told.");

    SyncGroupSection() {
        super("sync group");
    }

    @Override
    SyncGroup make(Values values) {
        return new SyncGroup(
                values.name(),
                values.get(members),
                values.or(tracks, List.of()),
                values.or(weighsPriorities, false),
                values.or(notifications, Notifications.NONE));
    }
}
