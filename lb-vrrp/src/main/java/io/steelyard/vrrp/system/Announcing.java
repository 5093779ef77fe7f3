package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.announce.AnnouncementSchedule;
import io.steelyard.vrrp.election.Effect;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells neighbours of a virtual router's addresses, when its schedule says so. Used by the control thread. */
final class Announcing {
    private static final Logger LOG = LoggerFactory.getLogger(Announcing.class);

    private final VirtualRouter router;
    private final RouterHost host;
    private final Holdings holdings;
    private final List<VirtualAddress> addresses;
    private final AnnouncementSchedule schedule;
    private final Timers.Timer next;

    /** @param downNs how long a backup waits for adverts */
    Announcing(VirtualRouter router, RouterHost host, Holdings holdings, long downNs) {
        this.router = router;
        this.host = host;
        this.holdings = holdings;
        addresses = holdings.all();
        var isIpv6 = new boolean[addresses.size()];
        for (int i = 0; i < isIpv6.length; i++) {
            isIpv6[i] = addresses.get(i).family() == AddressFamily.IPV6;
        }
        // A rival's adverts come an interval apart, and may be late by the half of one.
        long silenceNs = Math.min(router.advertInterval().toNanos() * 3 / 2, downNs);
        schedule = new AnnouncementSchedule(router.announcements(), silenceNs, downNs, isIpv6);
        next = host.control().timer(this::announce);
    }

    void begin(Effect.Cause cause) {
        schedule.begin(cause, host.control().nowNs());
        announce();
    }

    /** Whoever was active beside us is not any more. */
    void rivalGone() {
        schedule.rivalGone(host.control().nowNs());
        announce();
    }

    void stop() {
        schedule.stop();
        next.stop();
    }

    private void announce() {
        long nowNs = host.control().nowNs();
        for (int at; (at = schedule.poll(nowNs)) != AnnouncementSchedule.NONE; ) {
            var address = addresses.get(at);
            try {
                int index = holdings.indexOf(address);
                host.announcer().announce(index, host.hardwareAddress(index), address.address());
            } catch (IOException failed) {
                LOG.warn("virtual router '{}': announcing {}: {}", router.name(), address.text(), failed.getMessage());
            }
        }
        long nextNs = schedule.nextNs(nowNs);
        if (nextNs == Long.MAX_VALUE) {
            next.stop();
        } else {
            next.set(Math.max(nextNs, nowNs + 1));
        }
    }
}
