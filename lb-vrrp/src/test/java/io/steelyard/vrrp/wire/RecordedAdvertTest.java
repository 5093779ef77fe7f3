package io.steelyard.vrrp.wire;

import static io.steelyard.vrrp.wire.Packets.GROUP;
import static io.steelyard.vrrp.wire.Packets.GROUP6;
import static io.steelyard.vrrp.wire.Packets.NOON_NS;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.Authentication;
import io.steelyard.api.vrrp.ChecksumReading;
import io.steelyard.api.vrrp.HmacAuthentication;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpVersion;
import io.steelyard.vrrp.wire.Packets.Party;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Packets of keepalived 2.2.7, recorded on a veth pair with source 198.51.100.10 and fe80::10, priority 150: ours are the same, octet for octet, and
 * theirs are accepted. The two with a trailer are the images that keepalived 2.4 tests its {@code auth_hmac} with.
 */
class RecordedAdvertTest {
    private static final String PASSWORD =
            "45c0002c00010000ff70b050c633640ae0000012" + "210a960201015924c6336464c63364653132333435360000";
    private static final String HEADER = "45c0004000010000ff33b079c633640ae0000012"
            + "70040000c633640a000000018bcda6fc52f41367625099cd"
            + "210b960102011c58c63364660000000000000000";
    private static final String PSEUDO = "45c0002000010000ff70b05cc633640ae0000012310c960100320358c6336467";
    private static final String IPV6 = "310e960100323b0ffe800000000000000000000000000100";
    private static final String SIGNED =
            "3133c80100644402c0000264010100006800000080000000" + "1b84bc4e8e43892dc6d98448f8ee2265";
    private static final String SIGNED6 = "3133c8010064a2e9fe800000000000000000000000000100"
            + "010100006800000080000000c8c56146ebfd66ee10ec4d8186461b78";

    /** The time of the stamp 0x68000000 80000000. */
    private static final long STAMP_NS = 0x6800_0000L * 1_000_000_000L + 500_000_000L;

    private static VirtualRouter.Builder router(int id) {
        return VirtualRouter.builder("recorded", "vd0", id).priority(150);
    }

    /** keepalived counts the identification, which the kernel would fill in for us; the rest is compared. */
    private static String withoutIdentification(String packet) {
        return packet.substring(0, 8) + packet.substring(12, 20) + packet.substring(24);
    }

    private static String sent(Party party, int priority, boolean isIpv6) {
        var bytes = party.send(priority, isIpv6 ? GROUP6 : GROUP, STAMP_NS);
        return Packets.hex(bytes, 0, (int) bytes.byteSize());
    }

    @Test
    void versionTwoWithAPasswordSumsTheMessageAndThePassword() {
        var router = router(10)
                .version(VrrpVersion.V2)
                .authentication(new Authentication.Password("123456"))
                .address("198.51.100.100/24")
                .address("198.51.100.101/24");
        assertThat(withoutIdentification(sent(Party.of(router), 150, false)))
                .isEqualTo(withoutIdentification(PASSWORD));
        var party = Party.of(router);
        assertThat(party.hear(Packets.bytes(PASSWORD))).isEqualTo(Verdict.ACCEPTED);
        assertThat(party.decoder.priority()).isEqualTo(150);
        assertThat(party.decoder.hasOtherAddresses()).isFalse();
    }

    @Test
    void versionTwoWithAnAuthenticationHeader() {
        var router = router(11)
                .version(VrrpVersion.V2)
                .authentication(new Authentication.Header("12345678"))
                .address("198.51.100.102/24");
        var party = Party.of(router);
        assertThat(party.hear(Packets.bytes(HEADER))).isEqualTo(Verdict.ACCEPTED);
        assertThat(party.hear(Packets.bytes(HEADER))).as("again").isEqualTo(Verdict.AUTHENTICATION_FAILED);
        // Ours counts on from there, and is accepted by somebody else.
        assertThat(Party.of(router).hear(party.send(150, GROUP, NOON_NS))).isEqualTo(Verdict.ACCEPTED);
        assertThat(party.hear(Packets.bytes(HEADER.replace("8bcda6", "8bcda7"))))
                .isEqualTo(Verdict.AUTHENTICATION_FAILED);
    }

    @Test
    void versionThreeOverIpv4WithThePseudoHeaderOfRfc5798() {
        var router = router(12)
                .advertInterval(Duration.ofMillis(500))
                .checksum(ChecksumReading.RFC_5798)
                .address("198.51.100.103/24");
        assertThat(withoutIdentification(sent(Party.of(router), 150, false))).isEqualTo(withoutIdentification(PSEUDO));
        assertThat(Party.of(router).hear(Packets.bytes(PSEUDO))).isEqualTo(Verdict.ACCEPTED);
        assertThat(Party.of(router.checksum(ChecksumReading.RFC_9568)).hear(Packets.bytes(PSEUDO)))
                .as("the other reading")
                .isEqualTo(Verdict.WRONG_CHECKSUM);
    }

    @Test
    void versionThreeOverIpv6() {
        var router = router(14).advertInterval(Duration.ofMillis(500)).address("fe80::100/64");
        assertThat(sent(Party.of(router), 150, true)).isEqualTo(IPV6);
        var party = Party.of(router);
        assertThat(party.hear(Packets.bytes(IPV6))).isEqualTo(Verdict.ACCEPTED);
        assertThat(party.decoder.intervalCentiseconds()).isEqualTo(50);
    }

    @Test
    void versionThreeOverIpv4AsRfc9568WithATrailer() {
        var router = VirtualRouter.builder("signed", "vd0", 51)
                .address("192.0.2.100")
                .hmac(Packets.hmac(HmacAuthentication.AntiReplay.MONOTONIC, HmacAuthentication.Mode.ENFORCE));
        var packet = sent(Party.of(router), 200, false);
        assertThat(packet.substring(40)).isEqualTo(SIGNED);
        assertThat(Party.of(router).hear(Packets.bytes(packet.substring(0, 40) + SIGNED)))
                .isEqualTo(Verdict.ACCEPTED);
        assertThat(Party.of(router.checksum(ChecksumReading.RFC_5798))
                        .hear(Packets.bytes(packet.substring(0, 40) + SIGNED)))
                .isEqualTo(Verdict.WRONG_CHECKSUM);
    }

    @Test
    void versionThreeOverIpv6SumsTheTrailerToo() {
        var router = VirtualRouter.builder("signed", "vd0", 51)
                .address("fe80::100")
                .transport(Packets.unicast("fe80::20", false))
                .hmac(Packets.hmac(HmacAuthentication.AntiReplay.MONOTONIC, HmacAuthentication.Mode.ENFORCE));
        var to = java.net.InetAddress.ofLiteral("fe80::20");
        var bytes = Party.of(router).send(200, to, STAMP_NS);
        assertThat(Packets.hex(bytes, 0, (int) bytes.byteSize())).isEqualTo(SIGNED6);
        assertThat(Party.of(router).hear(Packets.bytes(SIGNED6), Packets.SOURCE6, to, 64, NOON_NS))
                .isEqualTo(Verdict.ACCEPTED);
    }
}
