package io.steelyard.vrrp.election;

import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpVersion;

/**
 * How long to wait. Whole microseconds, rounded down as keepalived does.
 *
 * <pre>
 *   skew, version 2   (256 - priority) / 256 s                      RFC 3768 section 6.1
 *   skew, version 3   (256 - priority) * interval / 256             RFC 9568 section 6.1
 *   down interval     adverts * interval + skew, with 3 adverts
 * </pre>
 *
 * <p>So for version 3 and an interval of 1 s, priority 100 waits 609 375 us on top of 3 s, priority 254 waits 7812 us and priority 1 waits
 * 996 093 us.
 */
public final class Timers {
    static final long CENTISECOND_NS = 10_000_000L;

    private final boolean isV2;
    private final int downAdverts;
    private final long intervalNs;

    public Timers(VirtualRouter router) {
        isV2 = router.version() == VrrpVersion.V2;
        downAdverts = router.downAdverts();
        intervalNs = router.advertInterval().toNanos();
    }

    /** Our own, in nanoseconds. */
    public long intervalNs() {
        return intervalNs;
    }

    /** By how much lower priorities wait longer, in nanoseconds. */
    public long skewNs(int priority, long activeIntervalNs) {
        long share = 256 - priority;
        return 1_000 * (isV2 ? share * 1_000_000 / 256 : share * (activeIntervalNs / CENTISECOND_NS) * 625 / 16);
    }

    /** After how long without an advert a backup takes over, in nanoseconds. */
    public long downNs(int priority, long activeIntervalNs) {
        return downAdverts * activeIntervalNs + skewNs(priority, activeIntervalNs);
    }

    /** The interval an advert tells of, in nanoseconds: version 2 has one for all. */
    long learnedNs(int centiseconds) {
        return isV2 ? intervalNs : centiseconds * CENTISECOND_NS;
    }
}
