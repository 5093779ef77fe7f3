package io.steelyard.config.yaml;

import io.steelyard.api.proxy.ConnectionLimit;

/** {@link ConnectionLimit}. */
final class LimitSection extends Section<ConnectionLimit> {
    private final Key<ConnectionLimit, String> zone = required(
            "zone",
            Forms.parsed("limit zone name", text -> text, text -> text),
            ConnectionLimit::zone,
            "The limit zone that counts; limits of one zone count together.");
    private final Key<ConnectionLimit, Integer> most = required(
            "most", Forms.whole(1, 65_535), ConnectionLimit::most, "Connections or UDP sessions of one key at once.");
    private final Key<ConnectionLimit, Boolean> dryRun = optional(
            "dryRun", Forms.flag(), ConnectionLimit::isDryRun, false, "Whether one more is only counted and logged.");
    private final Key<ConnectionLimit, ConnectionLimit.Level> level = optional(
            "level",
            Forms.word(ConnectionLimit.Level.class),
            ConnectionLimit::level,
            ConnectionLimit.Level.ERROR,
            "How one more is logged.");

    LimitSection() {
        super("limit");
    }

    @Override
    ConnectionLimit make(Values values) {
        return new ConnectionLimit(
                values.get(zone),
                values.get(most),
                values.or(dryRun, false),
                values.or(level, ConnectionLimit.Level.ERROR));
    }
}
