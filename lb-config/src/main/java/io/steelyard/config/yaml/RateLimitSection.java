package io.steelyard.config.yaml;

import io.steelyard.api.http.RateLimit;
import io.steelyard.api.proxy.ConnectionLimit;

/** {@link RateLimit}. */
final class RateLimitSection extends Section<RateLimit> {
    private final Key<RateLimit, String> zone = required(
            "zone",
            Forms.parsed("rate zone name", text -> text, text -> text),
            RateLimit::zone,
            "The rate zone that counts; limits of one zone count together.");
    private final Key<RateLimit, Integer> burst = optional(
            "burst",
            Forms.whole(0, Integer.MAX_VALUE),
            RateLimit::burst,
            0,
            "How many requests above the rate are let through, late or at once; further ones are refused.");
    private final Key<RateLimit, Integer> undelayed = optional(
            "undelayed",
            Forms.whole(0, Integer.MAX_VALUE),
            RateLimit::undelayed,
            0,
            "How many of the burst are served at once; the others wait until they are within the rate.");
    private final Key<RateLimit, Boolean> dryRun =
            optional("dryRun", Forms.flag(), RateLimit::isDryRun, false, "Whether they are only counted and logged.");
    private final Key<RateLimit, ConnectionLimit.Level> level = optional(
            "level",
            Forms.word(ConnectionLimit.Level.class),
            RateLimit::level,
            ConnectionLimit.Level.ERROR,
            "How a refused request is logged; one that waits is logged one level lower.");
    private final Key<RateLimit, Integer> status =
            optional("status", Forms.whole(400, 599), RateLimit::status, 503, "The status of refused requests.");

    RateLimitSection() {
        super("rate limit");
    }

    @Override
    RateLimit make(Values values) {
        return new RateLimit(
                values.get(zone),
                values.or(burst, 0),
                values.or(undelayed, 0),
                values.or(dryRun, false),
                values.or(level, ConnectionLimit.Level.ERROR),
                values.or(status, 503));
    }
}
