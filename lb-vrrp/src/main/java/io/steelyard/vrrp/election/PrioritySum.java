package io.steelyard.vrrp.election;

import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualRouter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a virtual router's priority is made of: the configured one and what its trackers add, kept within 1 to 254. An owner's 255 never changes.
 * Immutable.
 *
 * @param base as configured
 * @param parts what each tracker does, in order
 * @param effective what is said in adverts
 */
public record PrioritySum(int base, List<Part> parts, int effective) {
    private static final int MOST = 254;
    private static final int FAULT_VALUE = -254;

    /** What is known of a tracker. */
    public sealed interface Reading {
        /** It did not speak yet. */
        record Unknown() implements Reading {}

        /** It is up or down. */
        record Level(boolean isUp) implements Reading {}

        /** The number in a file. */
        record Number(long value) implements Reading {}
    }

    /**
     * What one tracker does.
     *
     * @param tracker its name
     * @param weight that holds here
     * @param change of the priority
     * @param isFault it keeps the router from serving
     * @param isUnknown it did not speak yet, which keeps a router from starting where its weight is 0
     */
    public record Part(String tracker, int weight, int change, boolean isFault, boolean isUnknown) {}

    public PrioritySum {
        parts = List.copyOf(parts);
    }

    /**
     * Adds up.
     *
     * @param tracks of the router and of its group
     * @param trackers all, by name
     * @param readings by the tracker's name; what is missing is unknown
     */
    public static PrioritySum of(
            int base, List<Track> tracks, Map<String, Tracker> trackers, Map<String, Reading> readings) {
        var parts = new ArrayList<Part>();
        long sum = base;
        for (var track : tracks) {
            var tracker = trackers.get(track.tracker());
            int weight = track.weight().orElse(tracker == null ? 0 : tracker.weight());
            var reading = readings.getOrDefault(track.tracker(), new Reading.Unknown());
            var part = part(track, weight, reading);
            parts.add(part);
            sum += part.change();
        }
        int effective = base == VirtualRouter.OWNER_PRIORITY ? base : (int) Math.clamp(sum, 1L, (long) MOST);
        return new PrioritySum(base, parts, effective);
    }

    private static Part part(Track track, int weight, Reading reading) {
        return switch (reading) {
            case Reading.Unknown unknown -> new Part(track.tracker(), weight, 0, false, true);
            case Reading.Number number -> {
                // A file's weight is a factor, and with 0 any other number than 0 is a fault (keepalived track_file).
                long product = number.value() * weight;
                long change = Math.clamp(track.isReversed() ? -product : product, FAULT_VALUE, MOST);
                boolean isFault = weight == 0 ? number.value() != 0 != track.isReversed() : change <= FAULT_VALUE;
                yield new Part(track.tracker(), weight, (int) change, isFault, false);
            }
            case Reading.Level level -> {
                boolean isUp = level.isUp() != track.isReversed();
                boolean counts = weight > 0 ? isUp : !isUp;
                yield new Part(track.tracker(), weight, counts ? weight : 0, weight == 0 && !isUp, false);
            }
        };
    }

    /** Whether a tracker of weight 0 is down. */
    public boolean isFault() {
        return parts.stream().anyMatch(Part::isFault);
    }

    /** Whether every tracker of weight 0 has spoken. */
    public boolean isKnown() {
        return parts.stream().noneMatch(part -> part.isUnknown() && part.weight() == 0);
    }

    /** The sum as one line, such as {@code 100 - 20 (nginx) = 80}. */
    public String text() {
        return base
                + parts.stream()
                        .map(part -> {
                            if (part.isFault()) {
                                return ", FAULT (" + part.tracker() + ")";
                            }
                            if (part.isUnknown()) {
                                return " + ? (" + part.tracker() + ")";
                            }
                            return (part.change() < 0 ? " - " : " + ") + Math.abs(part.change()) + " (" + part.tracker()
                                    + ")";
                        })
                        .collect(Collectors.joining())
                + " = " + effective;
    }
}
