package io.steelyard.tck;

import io.steelyard.api.schedule.Flow;
import java.nio.charset.StandardCharsets;

/**
 * Flows that follow from a seed: each has a client address and port, a destination address and a hash key, all pseudo-random, and the time
 * of a clock. The same seed gives the same flows. One thread at a time.
 */
public final class SeededFlows {
    private static final int KEY_BYTES = 12;

    private final Flow source;
    private final Flow flow;
    private final ManualClock clock;
    private final byte[] key = new byte[KEY_BYTES];

    public SeededFlows(long seed) {
        this(seed, new ManualClock());
    }

    public SeededFlows(long seed, ManualClock clock) {
        source = new Flow(seed);
        flow = new Flow(~seed);
        this.clock = clock;
    }

    /** The next flow: always the same object, filled anew. Allocates nothing. */
    public Flow next() {
        return fill(flow, source.nextLong());
    }

    /** The flow of a number: the same addresses and key whenever it is asked for; the same object as {@link #next()} gives. */
    public Flow numbered(int number) {
        return fill(flow, mix(number));
    }

    /** A flow whose key is this text, with a client and destination that follow from it. */
    public Flow keyed(String text) {
        fill(flow, mix(text.hashCode()));
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return flow.key(bytes, 0, bytes.length);
    }

    private Flow fill(Flow target, long bits) {
        target.clear().nowNs(clock.nowNs());
        target.clientIpv4(0x0A00_0000 | (int) bits & 0xFF_FFFF, 1_024 + (int) (bits >>> 48) % 60_000);
        target.destination(0, 0x0000_FFFF_AC00_0000L | (bits >>> 24) & 0xFF_FFFF, 80);
        long rest = bits;
        for (int i = 0; i < KEY_BYTES; i++) {
            key[i] = (byte) ('a' + (rest & 15));
            rest >>>= 4;
        }
        return target.key(key, 0, KEY_BYTES);
    }

    private static long mix(long number) {
        long z = (number + 1) * 0x9E37_79B9_7F4A_7C15L;
        z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }
}
