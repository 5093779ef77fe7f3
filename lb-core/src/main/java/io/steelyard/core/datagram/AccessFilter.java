package io.steelyard.core.datagram;

import io.steelyard.api.proxy.AccessRule;
import java.net.Inet4Address;
import java.util.List;

/**
 * Access rules over addresses of 128 bits: the first rule that is about a client decides, and without one it is let in. As
 * {@link AccessRule#matches}, but without an object for each client. Immutable.
 */
final class AccessFilter {
    private static final long MAPPED_PREFIX = 0x0000_FFFF_0000_0000L;

    private final Entry[] entries;

    /** @param isIpv4 a rule of one family is never about clients of the other */
    private record Entry(
            boolean isAllowed, boolean isIpv4, long networkHigh, long networkLow, long maskHigh, long maskLow) {}

    private AccessFilter(Entry[] entries) {
        this.entries = entries;
    }

    static AccessFilter of(List<AccessRule> rules) {
        return new AccessFilter(rules.stream().map(AccessFilter::entry).toArray(Entry[]::new));
    }

    /** Whether a client is let in. */
    boolean admits(long high, long low) {
        boolean isIpv4 = high == 0 && (low & 0xFFFF_FFFF_0000_0000L) == MAPPED_PREFIX;
        for (var entry : entries) {
            if (entry.isIpv4 == isIpv4
                    && (high & entry.maskHigh) == entry.networkHigh
                    && (low & entry.maskLow) == entry.networkLow) {
                return entry.isAllowed;
            }
        }
        return true;
    }

    private static Entry entry(AccessRule rule) {
        boolean isIpv4 = rule.network() instanceof Inet4Address;
        var bytes = rule.network().getAddress();
        long high = isIpv4 ? 0 : bigEndian(bytes, 0, 8);
        long low = isIpv4 ? MAPPED_PREFIX | bigEndian(bytes, 0, 4) : bigEndian(bytes, 8, 8);
        int prefix = rule.prefix() + (isIpv4 ? 96 : 0);
        long maskHigh = leadingOnes(Math.min(prefix, 64));
        long maskLow = leadingOnes(Math.max(prefix - 64, 0));
        return new Entry(rule.isAllowed(), isIpv4, high & maskHigh, low & maskLow, maskHigh, maskLow);
    }

    private static long leadingOnes(int count) {
        return count == 0 ? 0 : -1L << 64 - count;
    }

    private static long bigEndian(byte[] bytes, int offset, int length) {
        long value = 0;
        for (int i = 0; i < length; i++) {
            value = value << 8 | bytes[offset + i] & 0xFF;
        }
        return value;
    }
}
