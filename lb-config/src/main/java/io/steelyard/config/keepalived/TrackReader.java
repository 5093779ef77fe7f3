package io.steelyard.config.keepalived;

import io.steelyard.api.vrrp.Track;
import io.steelyard.config.keepalived.grammar.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Reads {@code track_script}, {@code track_process}, {@code track_file}, {@code track_bfd} and {@code track_interface} of a router or a group. */
final class TrackReader {
    private final Findings findings;
    private final Values values;
    private final Trackers trackers;

    TrackReader(Findings findings, Trackers trackers) {
        this.findings = findings;
        this.trackers = trackers;
        values = new Values(findings);
    }

    static boolean reads(Entry entry) {
        return Set.of("track_script", "track_process", "track_file", "track_bfd", "track_interface")
                .contains(entry.keyword());
    }

    /** What is tracked; names that are not defined are told, as an error here, and left out. */
    List<Track> read(Entry block) {
        var tracks = new ArrayList<Track>();
        boolean isInterface = block.keyword().equals("track_interface");
        for (var line : block.entries()) {
            var name = line.keyword();
            var weight = OptionalInt.empty();
            boolean isReversed = trackers.isReversed(name);
            var options = line.arguments();
            for (int i = 0; i < options.size(); i++) {
                switch (options.get(i).text()) {
                    case "weight" -> {
                        if (i + 1 < options.size()) {
                            weight = values.number(options.get(++i), "weight", -254, 254);
                            boolean hasReverse = i + 1 < options.size()
                                    && options.get(i + 1).text().equals("reverse");
                            isReversed |= hasReverse;
                            i += hasReverse ? 1 : 0;
                        } else {
                            findings.error(options.get(i).position(), "'weight' has no value", "-254 to 254");
                        }
                    }
                    case "reverse" -> isReversed = true;
                    default ->
                        findings.error(
                                options.get(i).position(),
                                "unknown option '" + options.get(i) + "' of a tracker",
                                "weight or reverse");
                }
            }
            if (isInterface) {
                tracks.add(new Track(trackers.interfaceNamed(name, line.position()), weight, isReversed));
            } else if (trackers.has(name)) {
                tracks.add(new Track(name, weight, isReversed));
            } else {
                findings.error(
                        line.position(),
                        "there is no tracker '" + name + "'",
                        switch (block.keyword()) {
                            case "track_script" -> "the name of a vrrp_script";
                            case "track_bfd" -> "the name of a bfd_instance that is not for 'checker' alone";
                            default -> "the name of a vrrp_" + block.keyword();
                        },
                        trackers.suggestion(name));
            }
        }
        return tracks;
    }
}
