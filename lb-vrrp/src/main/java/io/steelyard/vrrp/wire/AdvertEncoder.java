package io.steelyard.vrrp.wire;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpVersion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;

/**
 * Makes a virtual router's adverts in memory of its own: for IPv4 whole packets with their IP header, for IPv6 the message alone. An advert is
 * {@link #prepare prepared} once and then {@link #addressTo addressed} to the group or to each peer. Neither allocates. Used by one thread at a time.
 */
public final class AdvertEncoder {
    private final VirtualRouter router;
    private final int advertised;
    private final RouterSecrets secrets;
    private final boolean isIpv6;
    private final boolean isV2;
    private final long sourceHigh;
    private final long sourceLow;
    private final MemorySegment memory;
    private final AdvertFlyweight advert = new AdvertFlyweight();
    private PeerChecksums checksums;
    private final int messageOffset;
    private final int messageLength;
    private final int length;

    /**
     * Writes all of a packet that stays the same.
     *
     * @param advertised how many of the router's addresses are in it, from the first on; see {@link #advertised}
     * @param source of the packets, of the router's family
     */
    public AdvertEncoder(VirtualRouter router, int advertised, RouterSecrets secrets, InetAddress source, Arena arena) {
        this.router = router;
        this.advertised = advertised;
        this.secrets = secrets;
        checksums = new PeerChecksums(router);
        isIpv6 = router.family() == AddressFamily.IPV6;
        isV2 = router.version() == VrrpVersion.V2;
        sourceHigh = Bytes.high(source);
        sourceLow = Bytes.low(source);
        int before = (isIpv6 ? 0 : Ipv4Flyweight.HEADER_LENGTH)
                + (secrets.header() == null ? 0 : Ipv4Flyweight.AUTHENTICATION_HEADER_LENGTH);
        messageOffset = before;
        messageLength = AdvertFlyweight.length(isV2 ? 2 : 3, advertised, isIpv6);
        boolean isSigned = secrets.trailer() != null && secrets.trailer().signs();
        length = before + messageLength + (isSigned ? HmacTrailer.LENGTH : 0);
        memory = arena.allocate(length, 8);
        writeHeader();
        writeMessage();
    }

    private void writeHeader() {
        if (!isIpv6) {
            int ttl = router.transport() instanceof AdvertTransport.Unicast unicast ? unicast.ttl() : 255;
            int protocol =
                    secrets.header() == null ? Ipv4Flyweight.PROTOCOL_VRRP : Ipv4Flyweight.PROTOCOL_AUTHENTICATION;
            Ipv4Flyweight.write(memory, 0, length, ttl, protocol, (int) sourceLow);
        }
    }

    private void writeMessage() {
        advert.wrap(memory, messageOffset)
                .versionAndType(isV2 ? 2 : 3, AdvertFlyweight.TYPE_ADVERTISEMENT)
                .virtualRouterId(router.virtualRouterId())
                .addressCount(advertised);
        int index = 0;
        for (var address : router.addresses().subList(0, advertised)) {
            advert.address(index++, isIpv6, Bytes.high(address.address()), Bytes.low(address.address()));
        }
        if (isV2) {
            advert.authenticationType(secrets.authenticationType())
                    .intervalSeconds((int) router.advertInterval().toSeconds());
            var password = secrets.password();
            for (int i = 0; i < password.length; i++) {
                Bytes.putByte(
                        memory, messageOffset + messageLength - AdvertFlyweight.AUTHENTICATION_LENGTH + i, password[i]);
            }
        } else {
            advert.intervalCentiseconds((int) (router.advertInterval().toMillis() / 10));
        }
    }

    /** What is known of the peers' checksums from now on. */
    public void follow(PeerChecksums heard) {
        checksums = heard;
    }

    /**
     * A new advert; each needs one, since the trailer's counter must grow.
     *
     * @param priority 0 to 255
     * @param wallNs time of day, nanoseconds since 1970, for the trailer
     */
    public AdvertEncoder prepare(int priority, long wallNs) {
        advert.priority(priority).checksum(0);
        var trailer = secrets.trailer();
        if (trailer != null && trailer.signs()) {
            trailer.sign(memory, messageOffset, messageLength, isIpv6, sourceHigh, sourceLow, wallNs);
        }
        return this;
    }

    /**
     * The prepared advert for one destination, with all checksums. That of IPv6 covers the trailer, as the kernel would have it that works it out
     * too; those of IPv4 do not.
     *
     * @return the length in octets of what {@link #memory()} holds from its start
     */
    public int addressTo(long destinationHigh, long destinationLow) {
        advert.checksum(0);
        if (isIpv6) {
            long sum = Bytes.words(sourceHigh)
                    + Bytes.words(sourceLow)
                    + Bytes.words(destinationHigh)
                    + Bytes.words(destinationLow)
                    + length
                    + Ipv4Flyweight.PROTOCOL_VRRP;
            advert.checksum(Bytes.fold(Bytes.sum(memory, 0, length, sum)));
            return length;
        }
        Bytes.putInt(memory, Ipv4Flyweight.DESTINATION, (int) destinationLow);
        boolean isPseudo = !isV2 && PeerChecksums.isPseudo(router);
        long sum = isPseudo
                ? Bytes.words(sourceLow & 0xFFFF_FFFFL)
                        + checksums.destinationWords(destinationLow, destinationLow)
                        + Ipv4Flyweight.PROTOCOL_VRRP
                        + messageLength
                : 0;
        advert.checksum(Bytes.fold(Bytes.sum(memory, messageOffset, messageLength, sum)));
        Bytes.putShort(memory, Ipv4Flyweight.CHECKSUM, 0);
        var header = secrets.header();
        if (header != null) {
            header.write(memory, 0, length);
        }
        Bytes.putShort(
                memory, Ipv4Flyweight.CHECKSUM, Bytes.fold(Bytes.sum(memory, 0, Ipv4Flyweight.HEADER_LENGTH, 0)));
        return length;
    }

    /** Where packets are; overwritten by the next. */
    public MemorySegment memory() {
        return memory;
    }

    /** Where in it the VRRP message begins: 0 for IPv6. */
    public int messageOffset() {
        return messageOffset;
    }

    /** How many of a router's addresses its adverts have on a link with this MTU, from the first on; the rest is had, and not advertised. */
    public static int advertised(VirtualRouter router, int mtu) {
        return Math.min(router.addresses().size(), router.mostAdvertised(mtu));
    }
}
