package io.steelyard.vrrp.wire;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.VirtualRouter;
import java.net.InetAddress;

/**
 * Looks for our addresses in adverts of virtual routers of other numbers: a fault of configuration on one side, which makes two active routers of one
 * address. Nothing else of such an advert is checked, and nothing allocates. Used by one thread at a time.
 */
public final class ForeignAdvert {
    /** None of ours is in it. */
    public static final int NONE = -1;

    private final AdvertFlyweight advert = new AdvertFlyweight();
    private final boolean isIpv6;
    private final long[] highs;
    private final long[] lows;

    public ForeignAdvert(VirtualRouter router) {
        isIpv6 = router.family() == AddressFamily.IPV6;
        var addresses =
                router.addresses().stream().map(address -> address.address()).toArray(InetAddress[]::new);
        highs = new long[addresses.length];
        lows = new long[addresses.length];
        for (int i = 0; i < addresses.length; i++) {
            highs[i] = Bytes.high(addresses[i]);
            lows[i] = Bytes.low(addresses[i]);
        }
    }

    /**
     * Looks at a packet.
     *
     * @return the place of the first of our addresses that it advertises, or {@link #NONE}
     */
    public int find(ReceivedPacket packet) {
        int at = packet.messageOffset();
        if (packet.isIpv6() != isIpv6 || at < 0 || packet.length() < at + AdvertFlyweight.HEADER_LENGTH) {
            return NONE;
        }
        advert.wrap(packet.memory(), packet.offset() + at);
        boolean isComplete =
                packet.length() >= at + AdvertFlyweight.length(advert.version(), advert.addressCount(), isIpv6);
        if (!isComplete || advert.type() != AdvertFlyweight.TYPE_ADVERTISEMENT) {
            return NONE;
        }
        for (int i = 0; i < highs.length; i++) {
            for (int k = 0; k < advert.addressCount(); k++) {
                if (advert.addressHigh(k, isIpv6) == highs[i] && advert.addressLow(k, isIpv6) == lows[i]) {
                    return i;
                }
            }
        }
        return NONE;
    }

    /** The number of the router that sent the packet last looked at. */
    public int virtualRouterId() {
        return advert.virtualRouterId();
    }
}
