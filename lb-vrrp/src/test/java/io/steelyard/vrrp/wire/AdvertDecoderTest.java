package io.steelyard.vrrp.wire;

import static io.steelyard.vrrp.wire.Packets.GROUP;
import static io.steelyard.vrrp.wire.Packets.NOON_NS;
import static io.steelyard.vrrp.wire.Packets.SOURCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.Authentication;
import io.steelyard.api.vrrp.HmacAuthentication;
import io.steelyard.api.vrrp.HmacAuthentication.AntiReplay;
import io.steelyard.api.vrrp.HmacAuthentication.Mode;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpVersion;
import io.steelyard.vrrp.wire.Packets.Party;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is dropped, why, and what is looked at first. */
class AdvertDecoderTest {
    private static final int MESSAGE = 20;

    private static VirtualRouter.Builder v3() {
        return VirtualRouter.builder("gate", "eth0", 51).address("192.0.2.1");
    }

    private static VirtualRouter.Builder v2() {
        return v3().version(VrrpVersion.V2);
    }

    private static Verdict heard(VirtualRouter.Builder sender, VirtualRouter.Builder receiver) {
        return Party.of(receiver).hear(Party.of(sender).send(100, GROUP, NOON_NS));
    }

    private static MemorySegment changed(MemorySegment packet, int at, int value) {
        var copy = MemorySegment.ofArray(packet.toArray(ValueLayout.JAVA_BYTE));
        copy.set(ValueLayout.JAVA_BYTE, at, (byte) value);
        return copy;
    }

    private static MemorySegment ours() {
        return Party.of(v3()).send(100, GROUP, NOON_NS);
    }

    private static Verdict heard(MemorySegment packet) {
        return Party.of(v3()).hear(packet);
    }

    @Test
    void ourOwnFormIsAccepted() {
        var party = Party.of(v3());
        assertThat(party.hear(ours())).isEqualTo(Verdict.ACCEPTED);
        assertThat(party.decoder.priority()).isEqualTo(100);
        assertThat(party.decoder.intervalCentiseconds()).isEqualTo(100);
        assertThat(party.counters.of(Verdict.ACCEPTED)).isEqualTo(1);
        assertThat(party.counters.of(AdvertCounters.Event.OTHER_ADDRESSES)).isZero();
    }

    @Test
    void anotherRouterIsNotOurs() {
        assertThat(heard(VirtualRouter.builder("gate", "eth0", 52).address("192.0.2.1"), v3()))
                .isEqualTo(Verdict.OTHER_ROUTER);
    }

    @Test
    void lengthIsExactAndPaddingBehindTheTotalLengthIsNotLookedAt() {
        assertThat(heard(changed(ours(), MESSAGE + 3, 2))).isEqualTo(Verdict.WRONG_LENGTH);
        assertThat(heard(changed(ours(), MESSAGE + 3, 0))).isEqualTo(Verdict.WRONG_LENGTH);
        assertThat(heard(ours().asSlice(0, 31))).isEqualTo(Verdict.WRONG_LENGTH);
        assertThat(heard(ours().asSlice(0, 25))).isEqualTo(Verdict.WRONG_LENGTH);
        assertThat(heard(ours().asSlice(0, 3))).isEqualTo(Verdict.WRONG_LENGTH);
        assertThat(heard(changed(ours(), 0, 0x41))).isEqualTo(Verdict.WRONG_LENGTH);
        var padded = MemorySegment.ofArray(new byte[46]);
        padded.copyFrom(ours());
        assertThat(heard(padded)).isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void multicastNeedsATtlOf255() {
        assertThat(heard(changed(ours(), 8, 254))).isEqualTo(Verdict.WRONG_TTL);
    }

    @Test
    void theTtlOfAPeerHasBounds() {
        var receiver = v3().transport(Packets.unicast("198.51.100.10", true));
        var to = InetAddress.ofLiteral("198.51.100.20");
        var packet = Party.of(v3().transport(Packets.unicast("198.51.100.20", false)))
                .send(100, to, NOON_NS);
        assertThat(Party.of(receiver).hear(packet)).isEqualTo(Verdict.ACCEPTED);
        assertThat(Party.of(receiver).hear(changed(packet, 8, 2))).isEqualTo(Verdict.ACCEPTED);
        assertThat(Party.of(receiver).hear(changed(packet, 8, 1))).isEqualTo(Verdict.WRONG_TTL);
        assertThat(Party.of(receiver).hear(changed(packet, 8, 65))).isEqualTo(Verdict.WRONG_TTL);
    }

    @Test
    void strangersAreHeardUnlessTheSourceIsChecked() {
        var packet = Party.of(v3().transport(Packets.unicast("198.51.100.20", false)))
                .send(100, InetAddress.ofLiteral("198.51.100.20"), NOON_NS);
        assertThat(Party.of(v3().transport(Packets.unicast("198.51.100.77", false)))
                        .hear(packet))
                .isEqualTo(Verdict.ACCEPTED);
        assertThat(Party.of(v3().transport(Packets.unicast("198.51.100.77", true)))
                        .hear(packet))
                .isEqualTo(Verdict.UNKNOWN_PEER);
    }

    @Test
    void multicastAndUnicastDoNotMix() {
        assertThat(Party.of(v3().transport(Packets.unicast("198.51.100.10", false)))
                        .hear(changed(ours(), 8, 64)))
                .isEqualTo(Verdict.WRONG_DESTINATION);
        var packet = Party.of(v3()).send(100, InetAddress.ofLiteral("198.51.100.20"), NOON_NS);
        assertThat(heard(packet)).isEqualTo(Verdict.WRONG_DESTINATION);
    }

    @Test
    void versionsDoNotMix() {
        assertThat(heard(v2(), v3())).isEqualTo(Verdict.WRONG_VERSION);
        assertThat(heard(v3(), v2())).isEqualTo(Verdict.WRONG_VERSION);
    }

    @Test
    void onlyAdvertisementsAreHeardAndTheChecksumComesAfterTheType() {
        assertThat(heard(changed(ours(), MESSAGE, 0x32))).isEqualTo(Verdict.WRONG_TYPE);
        assertThat(heard(changed(ours(), MESSAGE + 2, 101))).isEqualTo(Verdict.WRONG_CHECKSUM);
        assertThat(heard(changed(ours(), MESSAGE + 7, 0xFF))).isEqualTo(Verdict.WRONG_CHECKSUM);
    }

    @Test
    void versionTwoAgreesOnTheIntervalOrIsDropped() {
        assertThat(heard(v2().advertInterval(Duration.ofSeconds(2)), v2())).isEqualTo(Verdict.OTHER_INTERVAL);
    }

    @Test
    void versionThreeLearnsTheInterval() {
        var party = Party.of(v3());
        var sent = Party.of(v3().advertInterval(Duration.ofMillis(250))).send(100, GROUP, NOON_NS);
        assertThat(party.hear(sent)).isEqualTo(Verdict.ACCEPTED);
        assertThat(party.decoder.intervalCentiseconds()).isEqualTo(25);
        assertThat(party.counters.of(AdvertCounters.Event.OTHER_INTERVAL_LEARNED))
                .isEqualTo(1);
    }

    @Test
    void passwordsAreCompared() {
        var one = v2().authentication(new Authentication.Password("1111"));
        assertThat(heard(one, v2().authentication(new Authentication.Password("1111"))))
                .isEqualTo(Verdict.ACCEPTED);
        assertThat(heard(one, v2().authentication(new Authentication.Password("1112"))))
                .isEqualTo(Verdict.AUTHENTICATION_FAILED);
        assertThat(heard(v2(), v2().authentication(new Authentication.Password("1111"))))
                .isEqualTo(Verdict.OTHER_AUTHENTICATION_TYPE);
        assertThat(heard(
                        v2().authentication(new Authentication.Password("123456789")),
                        v2().authentication(new Authentication.Password("12345678"))))
                .as("eight bytes count")
                .isEqualTo(Verdict.ACCEPTED);
        var odd = changed(Party.of(v2()).send(100, GROUP, NOON_NS), MESSAGE + 4, 3);
        assertThat(Party.of(v2()).hear(odd)).isEqualTo(Verdict.INVALID_AUTHENTICATION_TYPE);
    }

    @Test
    void anAuthenticationHeaderIsThereOrNotAsConfigured() {
        var header = v2().authentication(new Authentication.Header("12345678"));
        assertThat(heard(header, v2())).isEqualTo(Verdict.OTHER_AUTHENTICATION_TYPE);
        assertThat(heard(v2(), header)).isEqualTo(Verdict.OTHER_AUTHENTICATION_TYPE);
        assertThat(heard(header, header)).isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void otherAddressesAreCountedAndNotDropped() {
        var party = Party.of(v3());
        assertThat(party.hear(Party.of(VirtualRouter.builder("gate", "eth0", 51).address("192.0.2.2"))
                        .send(100, GROUP, NOON_NS)))
                .isEqualTo(Verdict.ACCEPTED);
        assertThat(party.decoder.hasOtherAddresses()).isTrue();
        assertThat(party.counters.of(AdvertCounters.Event.OTHER_ADDRESSES)).isEqualTo(1);
        var two = VirtualRouter.builder("gate", "eth0", 51).address("192.0.2.1").address("192.0.2.2");
        var reversed =
                VirtualRouter.builder("gate", "eth0", 51).address("192.0.2.2").address("192.0.2.1");
        var orderless = Party.of(two);
        orderless.hear(Party.of(reversed).send(100, GROUP, NOON_NS));
        assertThat(orderless.decoder.hasOtherAddresses()).isFalse();
    }

    @Test
    void addressesMayBeComparedOnceForEachSender() {
        var once =
                v3().dialect(new VirtualRouter.Dialect(true, false, VirtualRouter.AddressCheck.ON_NEW_ACTIVE, false));
        var party = Party.of(once);
        var others = Party.of(VirtualRouter.builder("gate", "eth0", 51).address("192.0.2.2"));
        party.hear(others.send(100, GROUP, NOON_NS));
        assertThat(party.decoder.hasOtherAddresses()).isTrue();
        party.hear(others.send(100, GROUP, NOON_NS));
        assertThat(party.decoder.hasOtherAddresses())
                .as("the same sender again")
                .isFalse();
        assertThat(party.counters.of(AdvertCounters.Event.OTHER_ADDRESSES)).isEqualTo(1);
    }

    @Test
    void anOwnerMayIgnoreEverybody() {
        var owner = v3().priority(255)
                .dialect(new VirtualRouter.Dialect(true, false, VirtualRouter.AddressCheck.ALWAYS, true));
        assertThat(heard(v3(), owner)).isEqualTo(Verdict.OWNER_IGNORES);
    }

    // ---- the trailer

    private static VirtualRouter.Builder signed(AntiReplay antiReplay, Mode mode) {
        return v3().hmac(Packets.hmac(antiReplay, mode));
    }

    private static Verdict heardLater(Party receiver, MemorySegment packet, long seconds) {
        return receiver.hear(packet, SOURCE, GROUP, 255, NOON_NS + seconds * 1_000_000_000L);
    }

    @Test
    void aTrailerIsNeededOnlyWhereItIsEnforced() {
        assertThat(heard(v3(), signed(AntiReplay.TIME, Mode.ENFORCE))).isEqualTo(Verdict.TRAILER_MISSING);
        assertThat(heard(v3(), signed(AntiReplay.TIME, Mode.PERMISSIVE))).isEqualTo(Verdict.ACCEPTED);
        assertThat(heard(v3(), signed(AntiReplay.TIME, Mode.RECEIVE_ONLY))).isEqualTo(Verdict.ACCEPTED);
        assertThat(heard(signed(AntiReplay.TIME, Mode.RECEIVE_ONLY), v3()))
                .as("receive-only sends none")
                .isEqualTo(Verdict.ACCEPTED);
        assertThat(heard(signed(AntiReplay.TIME, Mode.ENFORCE), v3())).isEqualTo(Verdict.WRONG_LENGTH);
    }

    @Test
    void everyOctetButTheChecksumIsCovered() {
        var packet = Party.of(signed(AntiReplay.TIME, Mode.ENFORCE)).send(100, GROUP, NOON_NS);
        for (int at = MESSAGE; at < packet.byteSize(); at++) {
            int flipped = packet.get(ValueLayout.JAVA_BYTE, at) ^ 1;
            var verdict = Party.of(signed(AntiReplay.TIME, Mode.ENFORCE)).hear(changed(packet, at, flipped));
            assertThat(verdict).as("octet " + (at - MESSAGE)).isNotEqualTo(Verdict.ACCEPTED);
        }
        var other = MESSAGE + 12;
        assertThat(Party.of(signed(AntiReplay.TIME, Mode.ENFORCE)).hear(changed(packet, other, 2)))
                .isEqualTo(Verdict.TRAILER_MALFORMED);
        assertThat(Party.of(signed(AntiReplay.TIME, Mode.ENFORCE)).hear(changed(packet, other + 1, 9)))
                .isEqualTo(Verdict.TRAILER_UNKNOWN_KEY);
        assertThat(Party.of(signed(AntiReplay.TIME, Mode.ENFORCE)).hear(changed(packet, MESSAGE + 2, 200)))
                .isEqualTo(Verdict.TRAILER_WRONG_CODE);
        assertThat(Party.of(signed(AntiReplay.TIME, Mode.ENFORCE)).hear(changed(packet, 15, 77)))
                .as("another source")
                .isEqualTo(Verdict.TRAILER_WRONG_CODE);
    }

    @Test
    void aStampHoldsForFiveSecondsEitherWay() {
        var packet = Party.of(signed(AntiReplay.TIME, Mode.ENFORCE)).send(100, GROUP, NOON_NS);
        for (long off : new long[] {-5, 5}) {
            assertThat(heardLater(Party.of(signed(AntiReplay.TIME, Mode.ENFORCE)), packet, off))
                    .isEqualTo(Verdict.ACCEPTED);
        }
        for (long off : new long[] {-6, 6}) {
            assertThat(heardLater(Party.of(signed(AntiReplay.TIME, Mode.ENFORCE)), packet, off))
                    .isEqualTo(Verdict.TRAILER_STALE);
            assertThat(heardLater(Party.of(signed(AntiReplay.MONOTONIC, Mode.ENFORCE)), packet, off))
                    .isEqualTo(Verdict.ACCEPTED);
        }
    }

    @Test
    void aReplayIsRefusedAndEachSenderHasItsOwnCount() {
        var sender = Party.of(signed(AntiReplay.TIME, Mode.ENFORCE));
        var first = sender.send(100, GROUP, NOON_NS);
        var second = sender.send(100, GROUP, NOON_NS);
        var receiver = Party.of(signed(AntiReplay.TIME, Mode.ENFORCE));
        assertThat(receiver.hear(second)).isEqualTo(Verdict.ACCEPTED);
        assertThat(receiver.hear(second)).isEqualTo(Verdict.TRAILER_REPLAYED);
        assertThat(receiver.hear(first)).isEqualTo(Verdict.TRAILER_REPLAYED);
        var other = new Party(signed(AntiReplay.TIME, Mode.ENFORCE).build(), InetAddress.ofLiteral("198.51.100.11"));
        assertThat(receiver.hear(other.send(100, GROUP, NOON_NS))).isEqualTo(Verdict.ACCEPTED);
        assertThat(receiver.counters.of(Verdict.TRAILER_REPLAYED)).isEqualTo(2);
    }

    @Test
    void aClockThatWasSetBackRecoversOnceItsOldStampsAreOutsideTheWindow() {
        var sender = Party.of(signed(AntiReplay.TIME, Mode.ENFORCE));
        var receiver = Party.of(signed(AntiReplay.TIME, Mode.ENFORCE));
        long hour = 3_600L * 1_000_000_000L;
        assertThat(receiver.hear(sender.send(100, GROUP, NOON_NS + hour), SOURCE, GROUP, 255, NOON_NS + hour))
                .isEqualTo(Verdict.ACCEPTED);
        assertThat(receiver.hear(sender.send(100, GROUP, NOON_NS))).isEqualTo(Verdict.ACCEPTED);
        var rising = Party.of(signed(AntiReplay.MONOTONIC, Mode.ENFORCE));
        var strict = Party.of(signed(AntiReplay.MONOTONIC, Mode.ENFORCE));
        assertThat(strict.hear(rising.send(100, GROUP, NOON_NS + hour))).isEqualTo(Verdict.ACCEPTED);
        assertThat(strict.hear(rising.send(100, GROUP, NOON_NS)))
                .as("its stamps go on rising")
                .isEqualTo(Verdict.ACCEPTED);
    }

    @Test
    void keysAreExchangedWithoutAGap() {
        var old = Packets.KEY;
        var next = new HmacAuthentication.Key(2, "ab".repeat(32));
        var before = new HmacAuthentication(List.of(old, next), 1, AntiReplay.TIME, Duration.ZERO, Mode.ENFORCE);
        var after = new HmacAuthentication(List.of(old, next), 2, AntiReplay.TIME, Duration.ZERO, Mode.ENFORCE);
        assertThat(heard(v3().hmac(before), v3().hmac(after))).isEqualTo(Verdict.ACCEPTED);
        assertThat(heard(v3().hmac(after), v3().hmac(before))).isEqualTo(Verdict.ACCEPTED);
        assertThat(heard(v3().hmac(after), v3().hmac(HmacAuthentication.of(old))))
                .isEqualTo(Verdict.TRAILER_UNKNOWN_KEY);
    }

    @Test
    void priorityZeroIsCounted() {
        var party = Party.of(v3());
        party.hear(Party.of(v3()).send(0, GROUP, NOON_NS));
        assertThat(party.counters.of(AdvertCounters.Event.PRIORITY_ZERO_RECEIVED))
                .isEqualTo(1);
        assertThat(party.counters.byName()).containsEntry("pri_zero_rcvd", 1L).containsEntry("advert_rcvd", 1L);
    }

    @Test
    void asManyAddressesFitAsTheMtuHasRoomFor() {
        assertThat(v3().build().mostAdvertised(1500)).isEqualTo(255);
        assertThat(v3().build().mostAdvertised(500)).isEqualTo(114);
        assertThat(v3().build().mostAdvertised(576)).as("keepalived's number").isEqualTo(133);
        var six = VirtualRouter.builder("six", "eth0", 1).address("fe80::1").build();
        assertThat(six.mostAdvertised(1500)).isEqualTo(89);
        assertThat(six.mostAdvertised(9000)).isEqualTo(255);
        assertThat(six.mostAdvertised(64)).isZero();
        assertThat(AdvertEncoder.advertised(six, 1500)).isEqualTo(1);
    }

    @Test
    void addressesThatDidNotFitAreNotMissed() {
        var party = Party.of(v3().address("192.0.2.201").address("192.0.2.202"));
        var sent = Party.of(v3().address("192.0.2.201")).send(100, GROUP, NOON_NS);
        assertThat(party.hear(sent)).isEqualTo(Verdict.ACCEPTED);
        assertThat(party.decoder.hasOtherAddresses()).isTrue();

        party.decoder.expectAddresses(v3().build().addresses().size() + 1);

        assertThat(party.hear(sent)).isEqualTo(Verdict.ACCEPTED);
        assertThat(party.decoder.hasOtherAddresses()).isFalse();
    }
}
