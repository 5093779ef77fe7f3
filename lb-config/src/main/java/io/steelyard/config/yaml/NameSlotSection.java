package io.steelyard.config.yaml;

import io.steelyard.api.pool.NameSlot;
import io.steelyard.api.pool.NameSlot.Holds;
import io.steelyard.api.pool.NameSlot.Start;
import io.steelyard.api.proxy.Network;
import java.time.Duration;
import java.util.List;

/** {@link NameSlot}. */
final class NameSlotSection extends Section<NameSlot> {
    private static final NameSlot DEFAULTS = NameSlot.DEFAULT;

    private final Key<NameSlot, String> section = optional(
            "section",
            Forms.text(),
            NameSlot::section,
            DEFAULTS.section(),
            "What the name servers are called together, for people.");
    private final Key<NameSlot, Integer> tries = optional(
            "tries",
            Forms.whole(1, Integer.MAX_VALUE),
            NameSlot::tries,
            DEFAULTS.tries(),
            "How often all name servers are asked before nobody is thought to answer.");
    private final Key<NameSlot, Duration> tryTimeout = optional(
            "tryTimeout",
            Forms.positiveTime(),
            NameSlot::tryTimeout,
            DEFAULTS.tryTimeout(),
            "How long an answer is waited for each time.");
    private final Key<NameSlot, Duration> again = optional(
            "again",
            Forms.positiveTime(),
            NameSlot::again,
            DEFAULTS.again(),
            "When a name is asked for again that was not answered well.");
    private final Key<NameSlot, Integer> payloadBytes = optional(
            "payloadBytes",
            Forms.whole(512, 65_535),
            NameSlot::payloadBytes,
            DEFAULTS.payloadBytes(),
            "The longest answer by UDP that is offered to take, in bytes.");
    private final Key<NameSlot, Holds> holds = optional(
            "holds",
            new NameHoldsSection(),
            NameSlot::holds,
            DEFAULTS.holds(),
            "How long after the last good answer it is used on where a later question fails; then the server takes no flow.");
    private final Key<NameSlot, Boolean> prefersIpv4 = optional(
            "prefersIpv4",
            Forms.flag(),
            NameSlot::prefersIpv4,
            DEFAULTS.prefersIpv4(),
            "Whether IPv4 addresses are asked for first; the other kind is where there is none of the first.");
    private final Key<NameSlot, List<Network>> preferred = optional(
            "preferred",
            Forms.list(Forms.parsed("network", Network::parse, Network::text)),
            NameSlot::preferred,
            DEFAULTS.preferred(),
            "Addresses of these networks are chosen before others.");
    private final Key<NameSlot, Boolean> sharesAddresses = optional(
            "sharesAddresses",
            Forms.flag(),
            NameSlot::sharesAddresses,
            DEFAULTS.sharesAddresses(),
            "Whether it may have an address that another server of the pool has.");
    private final Key<NameSlot, Boolean> ignoresWeights = optional(
            "ignoresWeights",
            Forms.flag(),
            NameSlot::ignoresWeights,
            DEFAULTS.ignoresWeights(),
            "Whether the weights of SRV records are left; otherwise a record's weight, divided by 256 and rounded up, is the server's.");
    private final Key<NameSlot, Start> start = optional(
            "start",
            new NameStartSection(),
            NameSlot::start,
            DEFAULTS.start(),
            "How the first address is found, before name servers were asked.");

    NameSlotSection() {
        super("name slot");
    }

    @Override
    NameSlot make(Values values) {
        return new NameSlot(
                values.or(section, DEFAULTS.section()),
                values.or(tries, DEFAULTS.tries()),
                values.or(tryTimeout, DEFAULTS.tryTimeout()),
                values.or(again, DEFAULTS.again()),
                values.or(payloadBytes, DEFAULTS.payloadBytes()),
                values.or(holds, DEFAULTS.holds()),
                values.or(prefersIpv4, DEFAULTS.prefersIpv4()),
                values.or(preferred, DEFAULTS.preferred()),
                values.or(sharesAddresses, DEFAULTS.sharesAddresses()),
                values.or(ignoresWeights, DEFAULTS.ignoresWeights()),
                values.or(start, DEFAULTS.start()));
    }
}
