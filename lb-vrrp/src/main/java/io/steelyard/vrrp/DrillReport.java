package io.steelyard.vrrp;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What happened when an active router withheld its adverts. Immutable; all times are since the drill began.
 *
 * @param router its name
 * @param outcome in a word
 * @param withheld for how long no advert was sent
 * @param takeover who took over; absent where nobody did
 * @param backAfter when this router was active again; absent where it was not within the time it should need
 * @param happenings all in order
 */
public record DrillReport(
        String router,
        Outcome outcome,
        Duration withheld,
        Optional<Takeover> takeover,
        Optional<Duration> backAfter,
        List<Happening> happenings) {
    public DrillReport {
        happenings = List.copyOf(happenings);
    }

    /** How a drill can end. */
    public enum Outcome {
        /** Another took over, and this router has the addresses again. */
        TAKEN_OVER_AND_BACK,
        /** Another took over and stays active: preemption is off, or it did not come to pass in time. */
        TAKEN_OVER,
        /** Nobody: there is no backup, it does not hear us, a defence kept it from claiming, or the time was too short. */
        NOBODY_TOOK_OVER,
        /** The router stopped being active for another reason. */
        ENDED_EARLY
    }

    /**
     * The other router that became active.
     *
     * @param address its adverts come from
     * @param priority it says
     * @param after when its first advert was heard
     */
    public record Takeover(String address, int priority, Duration after) {}

    /**
     * One thing.
     *
     * @param after when
     * @param text for people
     */
    public record Happening(Duration after, String text) {}
}
