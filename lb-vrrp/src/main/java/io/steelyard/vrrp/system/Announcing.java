package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.announce.AnnouncementSchedule;
import io.steelyard.vrrp.election.Effect;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells neighbours of a virtual router's addresses, when its schedule says so. Used by the control thread. */
final class Announcing {
    private static final Logger LOG = LoggerFactory.getLogger(Announcing.class);

    private final VirtualRouter router;
    private final RouterHost host;
    private final Holdings holdings;
    private final Attachment attachment;
    private final List<VirtualAddress> addresses;
    private final AnnouncementSchedule schedule;
    private final Timers.Timer next;
    private final Timers.Timer extra;

    /** @param downNs how long a backup waits for adverts */
    Announcing(VirtualRouter router, RouterHost host, Holdings holdings, Attachment attachment, long downNs) {
        this.attachment = attachment;
        this.router = router;
        this.host = host;
        this.holdings = holdings;
        addresses = holdings.all();
        var isIpv6 = new boolean[addresses.size()];
        for (int i = 0; i < isIpv6.length; i++) {
            isIpv6[i] = addresses.get(i).family() == AddressFamily.IPV6;
        }
        var paces = addresses.stream()
                .map(address -> host.routers().pace(address.interfaceName().orElse(router.interfaceName())))
                .toList();
        // A rival's adverts come an interval apart, and may be late by the half of one.
        long silenceNs = Math.min(router.advertInterval().toNanos() * 3 / 2, downNs);
        schedule = new AnnouncementSchedule(router.announcements(), silenceNs, downNs, paces, isIpv6);
        next = host.control().timer(this::announce);
        extra = host.control().timer(this::announceExtra);
    }

    void begin(Effect.Cause cause) {
        schedule.begin(cause, host.control().nowNs());
        planExtra();
        announce();
    }

    /** Whoever was active beside us is not any more. */
    void rivalGone() {
        schedule.rivalGone(host.control().nowNs());
        announce();
    }

    /** Tells neighbours who has the address that adverts come from, once, so that unicast finds the way. */
    void announceSource(RouterPath way) {
        try {
            int index = way.interfaceIndex();
            host.announcer().announce(index, host.hardwareAddress(index), way.source());
        } catch (IOException failed) {
            LOG.warn(
                    "virtual router '{}': announcing {}: {}",
                    router.name(),
                    way.source().getHostAddress(),
                    failed.getMessage());
        }
    }

    void stop() {
        schedule.stop();
        next.stop();
        extra.stop();
    }

    private void planExtra() {
        long everyNs = router.announcements().extraRefresh().toNanos();
        if (everyNs > 0) {
            extra.set(host.control().nowNs() + everyNs);
        }
    }

    /** One address of each interface by which no adverts go, so that switches keep its link-layer address in mind. */
    private void announceExtra() {
        planExtra();
        var done = new HashSet<Integer>();
        var way = attachment.path();
        if (way != null) {
            done.add(way.interfaceIndex());
        }
        for (var address : addresses) {
            try {
                int index = holdings.indexOf(address);
                var link = host.kernel().interfaces().link(index);
                boolean isMeant = router.announcements().isExtraEverywhere()
                        || link.filter(each -> each.kind().equals("macvlan")).isPresent();
                if (isMeant && done.add(index)) {
                    host.announcer().announce(index, host.hardwareAddress(index), address.address());
                }
            } catch (IOException failed) {
                LOG.warn("virtual router '{}': announcing {}: {}", router.name(), address.text(), failed.getMessage());
            }
        }
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
