package io.steelyard.api.pool;

import java.time.Duration;

/**
 * Brings a client's later flows back to the server of its earlier ones, before the scheduler is asked. The client is its source address cut
 * to a prefix. An entry lives {@code timeout} after the last flow it brought back began or ended.
 *
 * @param ipv4Prefix 1 to 32
 * @param ipv6Prefix 1 to 128
 * @param timeout how long an idle client is remembered
 * @param capacity how many clients are remembered at most; the longest idle one gives way
 */
public record Affinity(int ipv4Prefix, int ipv6Prefix, Duration timeout, int capacity) {
    public Affinity {
        if (ipv4Prefix < 1 || ipv4Prefix > 32 || ipv6Prefix < 1 || ipv6Prefix > 128) {
            throw new IllegalArgumentException(
                    "prefix " + ipv4Prefix + "/" + ipv6Prefix + ", expected 1 to 32 for IPv4, 1 to 128 for IPv6");
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be greater than zero");
        }
        if (capacity < 1 || capacity > 1 << 24) {
            throw new IllegalArgumentException("capacity is " + capacity + ", expected 1 to 16777216");
        }
    }

    /** By whole address, for 65536 clients. */
    public static Affinity bySource(Duration timeout) {
        return new Affinity(32, 128, timeout, 65_536);
    }
}
