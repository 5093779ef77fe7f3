package io.steelyard.vrrp.wire;

import static io.steelyard.vrrp.wire.Packets.NOON_NS;
import static io.steelyard.vrrp.wire.Packets.SOURCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.ChecksumReading;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.tck.Allocation;
import io.steelyard.vrrp.wire.Packets.Party;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

/** Checksums of unicast adverts as keepalived before 1.3.7 worked them out. */
class PeerChecksumsTest {
    private static final InetAddress OTHER = InetAddress.ofLiteral("198.51.100.20");
    private static final InetAddress THIRD = InetAddress.ofLiteral("198.51.100.30");

    private static VirtualRouter router(ChecksumReading reading, InetAddress... peers) {
        return VirtualRouter.builder("gate", "eth0", 51)
                .address("192.0.2.1")
                .checksum(reading)
                .transport(AdvertTransport.Unicast.to(peers))
                .build();
    }

    /** At {@link Packets#SOURCE}. */
    private static Party us(ChecksumReading reading) {
        return new Party(router(reading, OTHER, THIRD), SOURCE);
    }

    private static MemorySegment sent(ChecksumReading reading, InetAddress from) {
        return new Party(router(reading, SOURCE), from).send(100, SOURCE, NOON_NS);
    }

    @Test
    void theTwoWaysAreNotUnderstoodByTheOther() {
        assertThat(us(ChecksumReading.RFC_5798).hear(sent(ChecksumReading.RFC_5798_OLD_UNICAST, OTHER)))
                .isEqualTo(Verdict.WRONG_CHECKSUM);
        assertThat(us(ChecksumReading.RFC_5798_OLD_UNICAST).hear(sent(ChecksumReading.RFC_5798, OTHER)))
                .isEqualTo(Verdict.WRONG_CHECKSUM);
        assertThat(us(ChecksumReading.RFC_5798_OLD_UNICAST).hear(sent(ChecksumReading.RFC_5798_OLD_UNICAST, OTHER)))
                .isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void aPeerIsAnsweredInItsOwnWayAndOthersInTheirs() {
        var us = us(ChecksumReading.RFC_5798_ANY_UNICAST);
        us.encoder.follow(us.decoder.checksums());
        var old = new Party(router(ChecksumReading.RFC_5798_OLD_UNICAST, SOURCE), OTHER);
        var today = new Party(router(ChecksumReading.RFC_5798, SOURCE), THIRD);

        assertThat(old.hear(us.send(100, OTHER, NOON_NS))).isEqualTo(Verdict.WRONG_CHECKSUM);
        assertThat(us.hear(old.send(100, SOURCE, NOON_NS))).isEqualTo(Verdict.ACCEPTED);
        assertThat(us.hear(today.send(100, SOURCE, NOON_NS))).isEqualTo(Verdict.ACCEPTED);

        assertThat(old.hear(us.send(100, OTHER, NOON_NS))).isEqualTo(Verdict.ACCEPTED);
        assertThat(today.hear(us.send(100, THIRD, NOON_NS))).isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void aPeerThatIsBroughtUpToDateIsUnderstoodAgain() {
        var us = us(ChecksumReading.RFC_5798_ANY_UNICAST);
        us.encoder.follow(us.decoder.checksums());
        us.hear(sent(ChecksumReading.RFC_5798_OLD_UNICAST, OTHER));
        var today = new Party(router(ChecksumReading.RFC_5798, SOURCE), OTHER);

        assertThat(us.hear(today.send(100, SOURCE, NOON_NS))).isEqualTo(Verdict.ACCEPTED);
        assertThat(today.hear(us.send(100, OTHER, NOON_NS))).isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void whatIsWrongInBothWaysAndWhatAStrangerSendsTurnsNothing() {
        var us = us(ChecksumReading.RFC_5798_ANY_UNICAST);
        us.encoder.follow(us.decoder.checksums());
        var damaged = sent(ChecksumReading.RFC_5798_OLD_UNICAST, OTHER);
        damaged.set(java.lang.foreign.ValueLayout.JAVA_BYTE, damaged.byteSize() - 1, (byte) 77);

        assertThat(us.hear(damaged)).isEqualTo(Verdict.WRONG_CHECKSUM);
        assertThat(us.hear(sent(ChecksumReading.RFC_5798_OLD_UNICAST, InetAddress.ofLiteral("198.51.100.99"))))
                .isEqualTo(Verdict.WRONG_CHECKSUM);

        var today = new Party(router(ChecksumReading.RFC_5798, SOURCE), OTHER);
        assertThat(today.hear(us.send(100, OTHER, NOON_NS))).isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void anAdvertOfAnOldPeerAllocatesNothing() {
        var us = us(ChecksumReading.RFC_5798_ANY_UNICAST);
        var advert = sent(ChecksumReading.RFC_5798_OLD_UNICAST, OTHER);
        var packet = new ReceivedPacket();

        assertThat(Allocation.bytes(10_000, () -> {
                    packet.ipv4(advert, 0, (int) advert.byteSize());
                    if (us.decoder.check(packet, NOON_NS) != Verdict.ACCEPTED) {
                        throw new AssertionError();
                    }
                }))
                .isZero();
    }
}
