package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.vrrp.RouterStatus;
import io.steelyard.vrrp.bfd.SessionEffect;
import io.steelyard.vrrp.election.PrioritySum;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the trackers of all routers have said last, and what that makes of a priority. Used by the control thread. */
final class Trackers implements TrackerSet.Listener, AutoCloseable {
    private final TrackerSet set;
    private VrrpSettings settings;
    private boolean isBecoming;
    private final InterfaceState interfaces;
    private final Runnable onChange;
    private final RunningSession.Listener onSession;
    private final Map<String, Tracker> byName = new HashMap<>();
    private final Map<String, PrioritySum.Reading> readings = new HashMap<>();

    /** Names of trackers that cannot be watched: no priority follows them. */
    private final Set<String> unwatched = new HashSet<>();

    /**
     * Known, and not watched yet.
     *
     * @param known with names of their own
     * @param onChange called when one has said something new
     * @param onSession told of BFD sessions
     */
    Trackers(
            List<Tracker> known,
            ControlThread control,
            VrrpSettings settings,
            InterfaceState interfaces,
            Runnable onChange,
            RunningSession.Listener onSession) {
        set = new TrackerSet(control, this);
        this.settings = settings;
        this.interfaces = interfaces;
        this.onChange = onChange;
        this.onSession = onSession;
        known.forEach(tracker -> byName.put(tracker.name(), tracker));
    }

    /** Begins to watch. */
    void start() {
        byName.values().forEach(this::watch);
    }

    private void watch(Tracker tracker) {
        set.add(tracker, settings.scriptUser(), settings.scriptSecurity(), interfaces);
    }

    /**
     * Goes on with these, and says nothing of it: who calls looks at all routers afterwards, which may know other trackers until then. Those that are
     * watched already notice nothing, and one that differs counts as before until it has spoken.
     */
    void become(List<Tracker> wanted, VrrpSettings given) {
        boolean runsOtherwise = !settings.scriptUser().equals(given.scriptUser())
                || settings.scriptSecurity() != given.scriptSecurity();
        settings = given;
        isBecoming = true;
        for (var tracker : List.copyOf(byName.values())) {
            if (!wanted.contains(tracker) || runsOtherwise && tracker instanceof Tracker.Script) {
                set.remove(tracker.name());
                byName.remove(tracker.name());
                unwatched.remove(tracker.name());
                if (wanted.stream().noneMatch(each -> isOfSameKind(each, tracker))) {
                    readings.remove(tracker.name());
                }
            }
        }
        for (var tracker : wanted) {
            if (byName.put(tracker.name(), tracker) == null) {
                watch(tracker);
            }
        }
        isBecoming = false;
    }

    private static boolean isOfSameKind(Tracker one, Tracker other) {
        return one.name().equals(other.name()) && one.getClass() == other.getClass();
    }

    /** A router's priority after what its trackers have said. */
    PrioritySum sum(VirtualRouter router, List<Track> tracks) {
        var watched = tracks.stream()
                .filter(track -> !unwatched.contains(track.tracker()))
                .toList();
        return PrioritySum.of(router.priority(), watched, byName, readings);
    }

    /** How often a script had to be ended because it ran too long; 0 for other trackers. */
    long hungRuns(String tracker) {
        return set.hungRuns(tracker);
    }

    /** A pool or a listener of the application's own is up or down. */
    void tell(String tracker, boolean isUp) {
        set.tell(tracker, isUp);
    }

    void interfacesChanged() {
        set.interfacesChanged(interfaces);
    }

    /** The BFD sessions among these. */
    List<RouterStatus.TrackedSession> sessions(List<Track> tracks) {
        return tracks.stream()
                .flatMap(track -> set.session(track.tracker()).stream())
                .toList();
    }

    private void changed() {
        if (!isBecoming) {
            onChange.run();
        }
    }

    @Override
    public void refused(Tracker tracker) {
        unwatched.add(tracker.name());
        changed();
    }

    @Override
    public void changed(Tracker.Bfd tracker, SessionEffect.Changed change) {
        onSession.changed(tracker, change);
    }

    @Override
    public void turned(Tracker tracker, boolean isUp, int value) {
        readings.put(
                tracker.name(),
                tracker instanceof Tracker.File
                        ? new PrioritySum.Reading.Number(value)
                        : new PrioritySum.Reading.Level(isUp));
        changed();
    }

    @Override
    public void close() {
        set.close();
    }
}
