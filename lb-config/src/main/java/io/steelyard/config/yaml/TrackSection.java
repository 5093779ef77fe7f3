package io.steelyard.config.yaml;

import io.steelyard.api.vrrp.Track;

/** {@link Track}. */
final class TrackSection extends Section<Track> {
    private final Key<Track, String> tracker = required("tracker", Forms.text(), Track::tracker, "Its name.");
    private final Key<Track, Integer> weight = absent(
            "weight",
            Forms.whole(-254, 254),
            track -> Endpoints.present(track.weight()),
            "the tracker's own",
            "0: while it is down, the router is in FAULT. Above 0: added while it is up. Below: taken away while it is down.");
    private final Key<Track, Boolean> reversed =
            optional("reversed", Forms.flag(), Track::isReversed, false, "Up and down are exchanged.");

    TrackSection() {
        super("track");
    }

    @Override
    Track make(Values values) {
        return new Track(values.get(tracker), Endpoints.number(values.find(weight)), values.or(reversed, false));
    }
}
