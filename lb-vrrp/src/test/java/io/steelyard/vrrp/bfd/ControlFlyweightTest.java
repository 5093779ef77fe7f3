package io.steelyard.vrrp.bfd;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.steelyard.tck.Allocation;
import io.steelyard.vrrp.bfd.SessionState.Remote;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlFlyweightTest {
    private static final SessionSettings SETTINGS = new SessionSettings(10_000, 20_000, 1_000_000, 5, false, 255, 0);

    /** Sent by keepalived 2.2.7: min_rx 100, min_tx 100, multiplier 5; at first down, then up with a poll. */
    private static final String RECORDED_DOWN = "20 40 05 18 baba07fb 00000000 000f4240 000186a0 00000000";

    private static final String RECORDED_UP_POLL = "20 e0 05 18 baba07fb 965bbd74 000186a0 000186a0 00000000";

    private static ControlFlyweight packet(String hex) {
        return new ControlFlyweight().wrap(MemorySegment.ofArray(octets(hex)), 0);
    }

    private static byte[] octets(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    @Test
    void aPacketOfASessionThatIsDownIsRead() {
        var packet = packet(RECORDED_DOWN);

        assertThat(ControlVerdict.of(packet, 24)).isEqualTo(ControlVerdict.ACCEPTED);
        assertThat(packet.phase()).isEqualTo(SessionPhase.DOWN);
        assertThat(packet.diagnostic()).isEqualTo(Diagnostic.NONE);
        assertThat(packet.isPoll() || packet.isFinal() || packet.isDemand()).isFalse();
        assertThat(Remote.of(packet))
                .isEqualTo(new Remote(0xbaba07fb, SessionPhase.DOWN, Diagnostic.NONE, 100_000, 1_000_000, 5, false));
        assertThat(packet.requiredMinEchoRxUs()).isZero();
    }

    @Test
    void aPollIsRead() {
        var packet = packet(RECORDED_UP_POLL);

        assertThat(packet.isPoll()).isTrue();
        assertThat(packet.isFinal()).isFalse();
        assertThat(packet.phase()).isEqualTo(SessionPhase.UP);
        assertThat(packet.yourDiscriminator()).isEqualTo(0x965bbd74);
        assertThat(packet.desiredMinTxUs()).isEqualTo(100_000);
    }

    @ParameterizedTest
    @CsvSource({
        // state, diagnostic, polls, answers, then the octets
        "DOWN, NONE, false, false, 20 40 05 18 01020304 05060708 000f4240 00002710 00000000",
        "UP, NONE, true, false, 20 e0 05 18 01020304 05060708 00004e20 00002710 00000000",
        "UP, NONE, true, true, 20 d0 05 18 01020304 05060708 00004e20 00002710 00000000",
        "DOWN, DETECTION_TIME_EXPIRED, false, false, 21 40 05 18 01020304 05060708 000f4240 00002710 00000000",
        "ADMIN_DOWN, ADMINISTRATIVELY_DOWN, false, false, 27 00 05 18 01020304 05060708 000f4240 00002710 00000000"
    })
    void statesAreWritten(SessionPhase phase, Diagnostic why, boolean polls, boolean answers, String expected) {
        var memory = new byte[24];
        Arrays.fill(memory, (byte) 0xFF);
        var remote = new Remote(0x05060708, SessionPhase.UP, Diagnostic.NONE, 1, 1, 3, false);
        var state = new SessionState(phase, why, 0x01020304, remote, polls, true, 0, 0);

        new ControlFlyweight().wrap(MemorySegment.ofArray(memory), 0).put(state, SETTINGS, answers);

        assertThat(HexFormat.of().formatHex(memory)).isEqualTo(expected.replace(" ", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "VERSION, 00 40 04 18 00000001 00000000 000f4240 000186a0 00000000",
        "VERSION, 40 40 04 18 00000001 00000000 000f4240 000186a0 00000000",
        "LENGTH, 20 40 04 17 00000001 00000000 000f4240 000186a0 00000000",
        "LENGTH, 20 40 04 19 00000001 00000000 000f4240 000186a0 00000000",
        "LENGTH, 20 44 04 18 00000001 00000000 000f4240 000186a0 00000000",
        "LENGTH, 20 40 04 18 00000001 00000000 000f4240 000186a0",
        "MULTIPLIER, 20 40 00 18 00000001 00000000 000f4240 000186a0 00000000",
        "MULTIPOINT, 20 41 04 18 00000001 00000000 000f4240 000186a0 00000000",
        "DISCRIMINATOR, 20 40 04 18 00000000 00000000 000f4240 000186a0 00000000",
        "DISCRIMINATOR, 20 80 04 18 00000001 00000000 000f4240 000186a0 00000000",
        "DISCRIMINATOR, 20 c0 04 18 00000001 00000000 000f4240 000186a0 00000000",
        "ACCEPTED, 20 00 04 18 00000001 00000000 000f4240 000186a0 00000000",
        "ACCEPTED, 29 c0 04 18 00000001 00000002 000f4240 000186a0 00000000 ffff",
        "ACCEPTED, 20 44 04 1a 00000001 00000000 000f4240 000186a0 00000000 0102"
    })
    void whatTheRfcDiscardsIsDiscardedForItsReason(ControlVerdict expected, String hex) {
        assertThat(ControlVerdict.of(packet(hex), octets(hex).length)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // sent with, most hops, received with, then
        "255, 0, 255, true",
        "255, 0, 254, false",
        "255, 1, 254, true",
        "64, 0, 64, true",
        "64, 0, 63, false",
        "64, 0, 255, true",
        "255, 255, 1, true",
        "255, 0, -1, false"
    })
    void packetsFromFurtherAwayAreNotTaken(int hopLimit, int mostHops, int received, boolean isTaken) {
        var settings = new SessionSettings(1, 1, 1, 1, false, hopLimit, mostHops);

        assertThat(ControlVerdict.isNear(settings, received)).isEqualTo(isTaken);
    }

    @FuzzTest(maxDuration = "5m")
    void readsAnything(byte[] bytes) {
        check(bytes);
    }

    @Test
    void damagedPacketsAreReadOrDiscarded() {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            var damaged = Arrays.copyOf(octets(RECORDED_UP_POLL), random.nextInt(30));
            for (int k = random.nextInt(5); k > 0 && damaged.length > 0; k--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            check(damaged);
        }
    }

    private static void check(byte[] bytes) {
        var packet = new ControlFlyweight().wrap(MemorySegment.ofArray(bytes), 0);
        if (ControlVerdict.of(packet, bytes.length) != ControlVerdict.ACCEPTED) {
            return;
        }
        var session = new Session(SETTINGS, 42, new Random(1));
        session.on(new SessionEvent.Begin(), 0);
        session.heard(packet, 1);
        session.heard(packet, 2);
        session.due(Long.MAX_VALUE / 2);
        assertThat(session.intervalNs()).isPositive();
        session.put(new ControlFlyweight().wrap(MemorySegment.ofArray(new byte[24]), 0), true);
    }

    @Test
    void aSessionThatIsUpAllocatesNothing() {
        var session = new Session(SETTINGS, 42, new java.util.SplittableRandom(1));
        var memory = MemorySegment.ofArray(new byte[24]);
        var sent = new ControlFlyweight().wrap(memory, 0);
        var received = packet("20 c0 04 18 00000001 0000002a 00004e20 00002710 00000000");
        session.on(new SessionEvent.Begin(), 0);
        session.on(new SessionEvent.Heard(Remote.of(packet(RECORDED_DOWN)), false, false), 0);
        session.heard(received, 0);
        session.on(new SessionEvent.Heard(Remote.of(received), false, true), 0);
        assertThat(session.state().phase()).isEqualTo(SessionPhase.UP);
        var now = new long[1];

        assertThat(Allocation.bytes(10_000, () -> {
                    now[0] += 20_000_000;
                    if (!session.heard(received, now[0]).isEmpty()
                            || session.due(session.nextNs()).size() != 1) {
                        throw new AssertionError();
                    }
                    session.put(sent, false);
                }))
                .isZero();
        assertThat(memory.get(ValueLayout.JAVA_BYTE, 1)).isEqualTo((byte) 0xC0);
    }
}
