package io.steelyard.pool;

import io.steelyard.api.pool.Affinity;
import io.steelyard.api.schedule.Flow;

/** An {@link Affinity} made ready for picks: which bits of a client's address count, and for how long it is remembered. Immutable. */
final class AffinityRule {
    private final long ipv4Mask;
    private final long ipv6HighMask;
    private final long ipv6LowMask;
    final long timeoutNs;
    final AffinityTable table;

    AffinityRule(Affinity affinity, AffinityTable table) {
        ipv4Mask = mask(affinity.ipv4Prefix() + 32);
        ipv6HighMask = mask(Math.min(affinity.ipv6Prefix(), 64));
        ipv6LowMask = mask(Math.max(affinity.ipv6Prefix() - 64, 0));
        timeoutNs = affinity.timeout().toNanos();
        this.table = table;
    }

    long keyHigh(Flow flow) {
        return flow.isClientIpv4() ? 0 : flow.clientHigh() & ipv6HighMask;
    }

    /** IPv4 clients keep the bits that mark a mapped address, so that they are never mistaken for IPv6 ones. */
    long keyLow(Flow flow) {
        return flow.clientLow() & (flow.isClientIpv4() ? ipv4Mask : ipv6LowMask);
    }

    /** The upper {@code bits} of 64. */
    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << (64 - bits);
    }
}
