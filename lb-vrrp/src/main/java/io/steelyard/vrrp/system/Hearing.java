package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.wire.AdvertDecoder;
import io.steelyard.vrrp.wire.ForeignAdvert;
import io.steelyard.vrrp.wire.ReceivedPacket;
import io.steelyard.vrrp.wire.Verdict;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a virtual router hears on the wire: adverts of its number, judged and remembered, and what is wrong with them or with those of other numbers,
 * told. A good advert allocates nothing. Used by the control thread.
 */
final class Hearing implements AdvertPorts.Hearer {
    private final RunningRouter running;
    private final VirtualRouter router;
    private final AdvertDecoder decoder;
    private final ForeignAdvert foreign;
    private final ControlThread control;
    private final HeardAdverts adverts;

    /** Why adverts were dropped in this state of the router, as far as it was told. */
    private final Set<Verdict> toldOf = EnumSet.noneOf(Verdict.class);

    /** @param adverts what was heard before */
    Hearing(RunningRouter running, AdvertDecoder decoder, HeardAdverts adverts, ControlThread control) {
        this.running = running;
        this.adverts = adverts;
        this.decoder = decoder;
        this.control = control;
        router = running.router();
        foreign = new ForeignAdvert(router);
    }

    /** The last advert of each sender. */
    HeardAdverts adverts() {
        return adverts;
    }

    /** The router's state is another: what is wrong is told anew. */
    void stateChanged() {
        toldOf.clear();
    }

    /** So many of the router's addresses are expected in adverts. */
    void expectAddresses(int count) {
        decoder.expectAddresses(count);
    }

    @Override
    public int virtualRouterId() {
        return router.virtualRouterId();
    }

    @Override
    public boolean isFromPeer(ReceivedPacket packet) {
        return decoder.isFromPeer(packet);
    }

    @Override
    public void heard(ReceivedPacket packet) {
        var verdict = decoder.check(packet, System.currentTimeMillis() * 1_000_000L);
        if (verdict != Verdict.ACCEPTED) {
            dropped(verdict, packet);
            return;
        }
        int priority = decoder.priority();
        int interval = decoder.intervalCentiseconds();
        long high = packet.sourceHigh();
        long low = packet.sourceLow();
        adverts.heard(high, low, priority, interval, control.nowNs());
        if (decoder.hasOtherAddresses()) {
            running.warn(
                    RouterEvent.Kind.OTHER_ADDRESSES,
                    sender(packet) + " advertises other addresses for router id " + router.virtualRouterId());
        }
        running.advertHeard(priority, interval, high, low);
    }

    /** What two routers of one number disagree on makes both active: it is told, each kind once for each state of ours (RFC 9568 section 7.1). */
    private void dropped(Verdict verdict, ReceivedPacket packet) {
        if (verdict != Verdict.OWNER_IGNORES && toldOf.add(verdict)) {
            running.warn(
                    RouterEvent.Kind.ADVERT_DROPPED,
                    "an advert of " + sender(packet) + " is dropped: " + verdict.text());
        }
    }

    @Override
    public void overheard(ReceivedPacket packet) {
        running.counters().count(Verdict.OTHER_ROUTER);
        int place = router.defence().fingerprint() ? foreign.find(packet) : ForeignAdvert.NONE;
        if (place != ForeignAdvert.NONE) {
            running.warn(
                    RouterEvent.Kind.FOREIGN_ROUTER,
                    sender(packet) + " advertises our address "
                            + router.addresses().get(place).address().getHostAddress() + " as router id "
                            + foreign.virtualRouterId());
        }
    }

    private static String sender(ReceivedPacket packet) {
        return RouterPath.inet(packet.sourceHigh(), packet.sourceLow()).getHostAddress();
    }
}
