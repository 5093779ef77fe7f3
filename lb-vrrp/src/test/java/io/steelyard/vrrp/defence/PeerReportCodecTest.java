package io.steelyard.vrrp.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.election.Phase;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PeerReportCodecTest {
    private static final PeerReportCodec OPEN = new PeerReportCodec(Optional.empty());
    private static final PeerReportCodec SIGNED = new PeerReportCodec(Optional.of("0123456789abcdef"));
    private static final PeerReport REPORT = new PeerReport(
            "lb1",
            77,
            List.of(new PeerReport.Router(
                    ConfigFingerprint.of(VirtualRouter.builder("gate", "eth0", 251)
                            .address("192.0.2.1")
                            .build()),
                    Phase.ACTIVE,
                    255,
                    9)),
            List.of("lb2", "lb3 é"));

    @Test
    void whatIsToldIsHeard() {
        assertThat(OPEN.decode(OPEN.encode(REPORT))).contains(REPORT);
        assertThat(SIGNED.decode(SIGNED.encode(REPORT))).contains(REPORT);
    }

    @Test
    void onlyWhatIsSignedAlikeIsHeard() {
        assertThat(OPEN.decode(SIGNED.encode(REPORT))).isEmpty();
        assertThat(SIGNED.decode(OPEN.encode(REPORT))).isEmpty();
        assertThat(new PeerReportCodec(Optional.of("another key of many")).decode(SIGNED.encode(REPORT)))
                .isEmpty();
        var datagram = SIGNED.encode(REPORT);
        for (int i = 0; i < datagram.length; i++) {
            var changed = datagram.clone();
            changed[i] ^= 1;
            assertThat(SIGNED.decode(changed)).as("octet " + i).isEmpty();
        }
    }

    @Test
    void piecesAndDamagedDatagramsAreNeverMisread() {
        var datagram = OPEN.encode(REPORT);
        for (int length = 0; length < datagram.length; length++) {
            assertThat(OPEN.decode(Arrays.copyOf(datagram, length))).isEmpty();
            assertThat(SIGNED.decode(Arrays.copyOf(datagram, length))).isEmpty();
        }
        var random = new Random(9);
        for (int i = 0; i < 2_000; i++) {
            var damaged = Arrays.copyOf(datagram, random.nextInt(2 * datagram.length));
            for (int k = 0; k < 3 && damaged.length > 0; k++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            OPEN.decode(damaged)
                    .ifPresent(report ->
                            assertThat(OPEN.decode(OPEN.encode(report))).contains(report));
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        var many = new PeerReport("lb1", 1, List.of(), Collections.nCopies(256, "x"));
        assertThatThrownBy(() -> OPEN.encode(many)).hasMessageContaining("256");
        var large = new PeerReport("lb1", 1, List.of(), Collections.nCopies(200, "x".repeat(500)));
        assertThatThrownBy(() -> OPEN.encode(large)).hasMessageContaining("does not fit");
    }
}
