package io.steelyard.vrrp.wire;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.ChecksumReading;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpVersion;
import java.net.InetAddress;

/**
 * Checks what a virtual router receives, in keepalived's order, and counts. What is accepted can be read from this object until the next check.
 * Nothing allocates. Used by one thread at a time.
 *
 * <p>Ours against keepalived 2.3: with {@link ChecksumReading#RFC_9568} a wrong checksum is dropped, which there is forgotten.
 */
public final class AdvertDecoder {
    private static final int OWNER_PRIORITY = 255;

    private final RouterSecrets secrets;
    private final AdvertCounters counters;
    private final AdvertFlyweight advert = new AdvertFlyweight();
    private final boolean isIpv6;
    private final boolean isV2;
    private final boolean isPseudo;
    private final PeerChecksums checksums;
    private final boolean isUnicast;
    private final boolean checksSource;
    private final boolean ignoresAll;
    private final boolean comparesOnceEach;
    private final int virtualRouterId;
    private final int intervalSeconds;
    private final int intervalCentiseconds;
    private final long[] peers;
    private final int[] ttls;
    private final long[] addresses;

    private int expected;
    private int priority;
    private int heardCentiseconds;
    private boolean hasOtherAddresses;
    private boolean hasOtherInterval;

    /** Whose advert was accepted last. */
    private long senderHigh;

    private long senderLow;

    public AdvertDecoder(VirtualRouter router, RouterSecrets secrets, AdvertCounters counters) {
        this.secrets = secrets;
        this.counters = counters;
        isIpv6 = router.family() == AddressFamily.IPV6;
        isV2 = router.version() == VrrpVersion.V2;
        isPseudo = PeerChecksums.isPseudo(router);
        checksums = new PeerChecksums(router);
        isUnicast = router.isUnicast();
        ignoresAll = router.priority() == OWNER_PRIORITY && router.dialect().ownerIgnoresAdverts();
        comparesOnceEach = router.dialect().checksAddresses() == VirtualRouter.AddressCheck.ON_NEW_ACTIVE;
        virtualRouterId = router.virtualRouterId();
        intervalSeconds = (int) router.advertInterval().toSeconds();
        intervalCentiseconds = (int) (router.advertInterval().toMillis() / 10);
        var addressList = router.addresses().stream().map(one -> one.address()).toList();
        addresses = halves(addressList.toArray(InetAddress[]::new));
        expected = addressList.size();
        if (router.transport() instanceof AdvertTransport.Unicast unicast) {
            checksSource = unicast.checksSource();
            peers = halves(unicast.peers().stream()
                    .map(AdvertTransport.UnicastPeer::address)
                    .toArray(InetAddress[]::new));
            ttls = unicast.peers().stream()
                    .mapToInt(peer -> peer.leastTtl() << 8 | peer.mostTtl())
                    .toArray();
        } else {
            checksSource = false;
            peers = new long[0];
            ttls = new int[0];
        }
    }

    private static long[] halves(InetAddress[] list) {
        var halves = new long[2 * list.length];
        for (int i = 0; i < list.length; i++) {
            halves[2 * i] = Bytes.high(list[i]);
            halves[2 * i + 1] = Bytes.low(list[i]);
        }
        return halves;
    }

    /** How many of our addresses others are to advertise, from the first on: as many as fit; all until this is called. */
    public void expectAddresses(int count) {
        expected = count;
    }

    /**
     * Checks a packet and counts what was found.
     *
     * @param wallNs time of day, nanoseconds since 1970, for the trailer's window
     */
    public Verdict check(ReceivedPacket packet, long wallNs) {
        var verdict = verdict(packet, wallNs);
        counters.count(verdict);
        if (verdict == Verdict.ACCEPTED) {
            if (priority == 0) {
                counters.count(AdvertCounters.Event.PRIORITY_ZERO_RECEIVED);
            }
            if (hasOtherAddresses) {
                counters.count(AdvertCounters.Event.OTHER_ADDRESSES);
            }
            if (hasOtherInterval) {
                counters.count(AdvertCounters.Event.OTHER_INTERVAL_LEARNED);
            }
        }
        return verdict;
    }

    private Verdict verdict(ReceivedPacket packet, long wallNs) {
        int at = packet.messageOffset();
        if (packet.isIpv6() != isIpv6 || at < 0 || packet.length() < at + AdvertFlyweight.HEADER_LENGTH) {
            return Verdict.WRONG_LENGTH;
        }
        advert.wrap(packet.memory(), packet.offset() + at);
        if (advert.virtualRouterId() != virtualRouterId) {
            return Verdict.OTHER_ROUTER;
        }
        if (packet.isAuthenticated() != (secrets.header() != null)) {
            return Verdict.OTHER_AUTHENTICATION_TYPE;
        }
        int total =
                isIpv6 ? packet.length() : Bytes.shortAt(packet.memory(), packet.offset() + Ipv4Flyweight.TOTAL_LENGTH);
        int message = AdvertFlyweight.length(advert.version(), advert.addressCount(), isIpv6);
        int trailing = total - at - message;
        if (total > packet.length() || trailing != 0 && trailing != HmacTrailer.LENGTH) {
            return Verdict.WRONG_LENGTH;
        }
        if (!isRightTtl(packet)) {
            return Verdict.WRONG_TTL;
        }
        if (advert.version() != (isV2 ? 2 : 3)) {
            return Verdict.WRONG_VERSION;
        }
        var authenticity = authenticity(packet, at, message, trailing, total, wallNs);
        return authenticity == Verdict.ACCEPTED ? content(packet, message, trailing) : authenticity;
    }

    private boolean isRightTtl(ReceivedPacket packet) {
        if (!isUnicast) {
            return packet.ttl() == 255;
        }
        int peer = peer(packet);
        return peer < 0 || packet.ttl() >= ttls[peer] >>> 8 && packet.ttl() <= (ttls[peer] & 0xFF);
    }

    /** Whether it is from a peer of ours, or to the group that all listen to. */
    public boolean isFromPeer(ReceivedPacket packet) {
        return !isUnicast || peer(packet) >= 0;
    }

    private int peer(ReceivedPacket packet) {
        for (int i = 0; i < ttls.length; i++) {
            if (peers[2 * i] == packet.sourceHigh() && peers[2 * i + 1] == packet.sourceLow()) {
                return i;
            }
        }
        return -1;
    }

    private Verdict authenticity(ReceivedPacket packet, int at, int message, int trailing, int total, long wallNs) {
        var trailer = secrets.trailer();
        if (trailer == null) {
            if (trailing != 0) {
                return Verdict.WRONG_LENGTH;
            }
        } else if (trailing == 0) {
            if (trailer.isEnforced()) {
                return Verdict.TRAILER_MISSING;
            }
        } else {
            var result = trailer.check(
                    packet.memory(),
                    packet.offset() + at,
                    message,
                    isIpv6,
                    packet.sourceHigh(),
                    packet.sourceLow(),
                    wallNs);
            if (result != HmacTrailer.Result.OK) {
                return verdict(result);
            }
        }
        return isV2 ? authenticityOfV2(packet, at, message, total) : Verdict.ACCEPTED;
    }

    private Verdict authenticityOfV2(ReceivedPacket packet, int at, int message, int total) {
        int type = advert.authenticationType();
        if (type > 2) {
            return Verdict.INVALID_AUTHENTICATION_TYPE;
        }
        if (type != secrets.authenticationType()) {
            return Verdict.OTHER_AUTHENTICATION_TYPE;
        }
        long data = packet.offset() + at + message - AdvertFlyweight.AUTHENTICATION_LENGTH;
        if (type == 1
                && !KeyedDigest.isEqual(
                        secrets.password(), packet.memory(), data, AdvertFlyweight.AUTHENTICATION_LENGTH)) {
            return Verdict.AUTHENTICATION_FAILED;
        }
        var header = secrets.header();
        if (header != null
                && !header.check(
                        packet.memory(), packet.offset(), at - Ipv4Flyweight.AUTHENTICATION_HEADER_LENGTH, total)) {
            return Verdict.AUTHENTICATION_FAILED;
        }
        return Verdict.ACCEPTED;
    }

    private static Verdict verdict(HmacTrailer.Result result) {
        return switch (result) {
            case OK -> Verdict.ACCEPTED;
            case MALFORMED -> Verdict.TRAILER_MALFORMED;
            case UNKNOWN_KEY -> Verdict.TRAILER_UNKNOWN_KEY;
            case WRONG_CODE -> Verdict.TRAILER_WRONG_CODE;
            case STALE -> Verdict.TRAILER_STALE;
            case REPLAYED -> Verdict.TRAILER_REPLAYED;
        };
    }

    private Verdict content(ReceivedPacket packet, int message, int trailing) {
        if (isV2 && advert.intervalSeconds() != intervalSeconds) {
            return Verdict.OTHER_INTERVAL;
        }
        if (advert.type() != AdvertFlyweight.TYPE_ADVERTISEMENT) {
            return Verdict.WRONG_TYPE;
        }
        if (!isRightChecksum(packet, message, trailing)) {
            return Verdict.WRONG_CHECKSUM;
        }
        if (packet.isMulticast() == isUnicast) {
            return Verdict.WRONG_DESTINATION;
        }
        if (ignoresAll) {
            return Verdict.OWNER_IGNORES;
        }
        if (checksSource && peer(packet) < 0) {
            return Verdict.UNKNOWN_PEER;
        }
        priority = advert.priority();
        heardCentiseconds = isV2 ? advert.intervalSeconds() * 100 : advert.intervalCentiseconds();
        hasOtherInterval = !isV2 && heardCentiseconds != intervalCentiseconds;
        boolean isSameSender = packet.sourceHigh() == senderHigh && packet.sourceLow() == senderLow;
        senderHigh = packet.sourceHigh();
        senderLow = packet.sourceLow();
        hasOtherAddresses = !(comparesOnceEach && isSameSender) && !hasOurAddresses();
        return Verdict.ACCEPTED;
    }

    private boolean isRightChecksum(ReceivedPacket packet, int message, int trailing) {
        if (isFittingChecksum(packet, message, trailing)) {
            return true;
        }
        if (isV2 || isIpv6 || !checksums.mayTurn(packet.sourceLow())) {
            return false;
        }
        checksums.turn(packet.sourceLow());
        boolean isFitting = isFittingChecksum(packet, message, trailing);
        if (!isFitting) {
            checksums.turn(packet.sourceLow());
        }
        return isFitting;
    }

    private boolean isFittingChecksum(ReceivedPacket packet, int message, int trailing) {
        long sum = 0;
        int covered = message;
        if (isIpv6) {
            covered += trailing;
            sum = Bytes.words(packet.sourceHigh())
                    + Bytes.words(packet.sourceLow())
                    + Bytes.words(packet.destinationHigh())
                    + Bytes.words(packet.destinationLow())
                    + covered
                    + Ipv4Flyweight.PROTOCOL_VRRP;
        } else if (!isV2 && isPseudo) {
            sum = Bytes.words(packet.sourceLow() & 0xFFFF_FFFFL)
                    + checksums.destinationWords(packet.sourceLow(), packet.destinationLow())
                    + Ipv4Flyweight.PROTOCOL_VRRP
                    + covered;
        }
        return Bytes.fold(Bytes.sum(advert.memory(), advert.offset(), covered, sum)) == 0;
    }

    /** What was heard of the peers' checksums, as it changes. */
    public PeerChecksums checksums() {
        return checksums;
    }

    /** In any order. */
    private boolean hasOurAddresses() {
        int count = expected;
        if (advert.addressCount() != count) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            boolean isThere = false;
            // Both sides mostly list them alike: look at the same place first.
            for (int k = 0; k < count && !isThere; k++) {
                int at = (i + k) % count;
                isThere = advert.addressHigh(at, isIpv6) == addresses[2 * i]
                        && advert.addressLow(at, isIpv6) == addresses[2 * i + 1];
            }
            if (!isThere) {
                return false;
            }
        }
        return true;
    }

    /** 0 to 255. */
    public int priority() {
        return priority;
    }

    /** The sender's interval in centiseconds. A 0, which RFC 9568 does not allow, stands for our own. */
    public int intervalCentiseconds() {
        return heardCentiseconds == 0 ? intervalCentiseconds : heardCentiseconds;
    }

    /** Whether its addresses are not ours: a fault of configuration, not of the packet. */
    public boolean hasOtherAddresses() {
        return hasOtherAddresses;
    }

    /** The addresses it advertises. */
    public AdvertFlyweight advert() {
        return advert;
    }
}
