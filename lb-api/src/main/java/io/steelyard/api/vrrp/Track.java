package io.steelyard.api.vrrp;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * A tracker that a virtual router or a sync group looks at.
 *
 * @param tracker its name
 * @param weight what it does to the priority, -254 to 254; absent for the tracker's own. 0: while it is down the router is in FAULT. Above 0:
 *     added while it is up. Below 0: taken away while it is down
 * @param isReversed up and down are exchanged
 */
public record Track(String tracker, OptionalInt weight, boolean isReversed) {
    public Track {
        Objects.requireNonNull(tracker, "tracker");
        weight.ifPresent(Track::checkWeight);
    }

    /** With the tracker's own weight. */
    public static Track of(String tracker) {
        return new Track(tracker, OptionalInt.empty(), false);
    }

    public static Track of(String tracker, int weight) {
        return new Track(tracker, OptionalInt.of(weight), false);
    }

    static void checkWeight(int weight) {
        if (weight < -254 || weight > 254) {
            throw new IllegalArgumentException("weight is " + weight + ", expected -254 to 254");
        }
    }
}
