package io.steelyard.vrrp.wire;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.ChecksumReading;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpVersion;

/**
 * Which unicast peers of VRRPv3 over IPv4 work out checksums as keepalived before 1.3.7 did: with the multicast group for a destination. What is heard
 * of a peer holds for what is sent to it. Nothing allocates but the constructor. Used by one thread at a time.
 */
public final class PeerChecksums {
    /** 224.0.0.18, as a sum of 16-bit words. */
    private static final long GROUP_WORDS = 0xE000L + 0x0012L;

    private final boolean isOldAlways;
    private final boolean learns;
    private final long[] peers;
    private final boolean[] isOld;

    public PeerChecksums(VirtualRouter router) {
        boolean matters = router.version() == VrrpVersion.V3
                && router.family() == AddressFamily.IPV4
                && router.transport() instanceof AdvertTransport.Unicast;
        isOldAlways = matters && router.checksum() == ChecksumReading.RFC_5798_OLD_UNICAST;
        learns = matters && router.checksum() == ChecksumReading.RFC_5798_ANY_UNICAST;
        peers = router.transport() instanceof AdvertTransport.Unicast unicast
                ? unicast.peers().stream()
                        .mapToLong(peer -> Bytes.low(peer.address()))
                        .toArray()
                : new long[0];
        isOld = new boolean[peers.length];
    }

    /** Whether checksums cover a pseudo-header at all. */
    static boolean isPseudo(VirtualRouter router) {
        return router.checksum() != ChecksumReading.RFC_9568;
    }

    /** What of a destination goes into the checksum of an advert to a peer, or from it to us. @param peerLow the peer's address, IPv4 mapped */
    long destinationWords(long peerLow, long destinationLow) {
        return isOldAlways || isOld(peerLow) ? GROUP_WORDS : Bytes.words(destinationLow & 0xFFFF_FFFFL);
    }

    private boolean isOld(long peerLow) {
        int at = find(peerLow);
        return at >= 0 && isOld[at];
    }

    private int find(long peerLow) {
        for (int i = 0; i < peers.length; i++) {
            if (peers[i] == peerLow) {
                return i;
            }
        }
        return -1;
    }

    /**
     * A checksum was wrong in the way that held for its sender until now.
     *
     * @return whether the other way may be tried
     */
    boolean mayTurn(long peerLow) {
        return learns && find(peerLow) >= 0;
    }

    /** The other way holds for a peer from now on. */
    void turn(long peerLow) {
        int at = find(peerLow);
        if (at >= 0) {
            isOld[at] = !isOld[at];
        }
    }
}
