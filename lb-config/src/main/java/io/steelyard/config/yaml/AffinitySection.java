package io.steelyard.config.yaml;

import io.steelyard.api.pool.Affinity;
import java.time.Duration;

/** {@link Affinity}. */
final class AffinitySection extends Section<Affinity> {
    private static final Affinity DEFAULTS = Affinity.bySource(Duration.ofSeconds(1));

    private final Key<Affinity, Duration> timeout = required(
            "timeout", Forms.positiveTime(), Affinity::timeout, "How long a client without open flows is remembered.");
    private final Key<Affinity, Integer> ipv4Prefix = optional(
            "ipv4Prefix",
            Forms.whole(1, 32),
            Affinity::ipv4Prefix,
            DEFAULTS.ipv4Prefix(),
            "How many leading bits of an IPv4 address tell clients apart.");
    private final Key<Affinity, Integer> ipv6Prefix = optional(
            "ipv6Prefix",
            Forms.whole(1, 128),
            Affinity::ipv6Prefix,
            DEFAULTS.ipv6Prefix(),
            "How many leading bits of an IPv6 address tell clients apart.");
    private final Key<Affinity, Integer> capacity = optional(
            "capacity",
            Forms.whole(1, 1 << 24),
            Affinity::capacity,
            DEFAULTS.capacity(),
            "Clients remembered at most; the longest idle one gives way.");

    AffinitySection() {
        super("affinity");
    }

    @Override
    Affinity make(Values values) {
        return new Affinity(
                values.or(ipv4Prefix, DEFAULTS.ipv4Prefix()),
                values.or(ipv6Prefix, DEFAULTS.ipv6Prefix()),
                values.get(timeout),
                values.or(capacity, DEFAULTS.capacity()));
    }
}
