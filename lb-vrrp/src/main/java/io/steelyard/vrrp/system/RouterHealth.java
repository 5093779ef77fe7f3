package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.RouterStatus;
import io.steelyard.vrrp.election.PrioritySum;
import java.util.List;
import java.util.Optional;

/** Whether a virtual router could serve, and with which priority: its interface, its source address, and its trackers. Used by the control thread. */
final class RouterHealth {
    private final VirtualRouter router;
    private final RouterHost host;
    private final List<Track> tracks;
    private final Attachment attachment;
    private PrioritySum sum;
    private Optional<String> unhealthy = Optional.of("it has not started");

    RouterHealth(VirtualRouter router, RouterHost host, List<Track> tracks, Attachment attachment) {
        this.router = router;
        this.host = host;
        this.tracks = tracks;
        this.attachment = attachment;
        sum = host.trackers().sum(router, tracks);
    }

    void trackersChanged() {
        sum = host.trackers().sum(router, tracks);
    }

    /** How often a script that it looks at had to be ended. */
    long hungRuns() {
        return tracks.stream()
                .mapToLong(track -> host.trackers().hungRuns(track.tracker()))
                .sum();
    }

    /** Whether it looks at a tracker. */
    boolean isTracking(String tracker) {
        return tracks.stream().anyMatch(track -> track.tracker().equals(tracker));
    }

    /** The BFD sessions that it looks at. */
    List<RouterStatus.TrackedSession> sessions() {
        return host.trackers().sessions(tracks);
    }

    /** What the priority is made of. */
    PrioritySum sum() {
        return sum;
    }

    boolean isHealthy() {
        return unhealthy.isEmpty();
    }

    /** Why it cannot serve; empty where it can. */
    Optional<String> unhealthy() {
        return unhealthy;
    }

    /** Looks again. @return whether that makes a difference */
    boolean look() {
        boolean was = isHealthy();
        unhealthy = problem();
        return was != isHealthy();
    }

    private Optional<String> problem() {
        var link = host.kernel().interfaces().link(router.interfaceName());
        if (link.isEmpty()) {
            return Optional.of("there is no interface " + router.interfaceName());
        }
        if (router.tracksInterface() && !link.get().isUsable()) {
            return Optional.of("interface " + router.interfaceName() + " is down");
        }
        if (router.transport() instanceof AdvertTransport.Unicast unicast
                && unicast.peers().isEmpty()
                && unicast.faultWithoutPeers()) {
            return Optional.of("it has no peers");
        }
        if (attachment.path() == null) {
            return Optional.of(attachment.problem());
        }
        var missing = host.statics().problem(router.name());
        if (missing.isPresent()) {
            return missing;
        }
        return sum.isFault() ? Optional.of("a tracker is down: " + sum.text()) : Optional.empty();
    }
}
