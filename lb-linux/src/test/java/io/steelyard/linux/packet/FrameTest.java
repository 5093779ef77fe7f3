package io.steelyard.linux.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes of ARP and neighbour discovery; tshark, where a test says so, is the judge. */
class FrameTest {
    private static final long MAC = 0x0000_5E00_0133L;
    private static final int IPV4 = 0xC000_0201;
    private static final long HIGH = 0x2001_0DB8_0000_0000L;
    private static final long LOW = 0x0000_0000_00AB_CDEFL;

    private final MemorySegment memory = Arena.ofAuto().allocate(128, 8);
    private final ArpFrame arp = new ArpFrame().wrap(memory, 0);
    private final NeighborFrame neighbor = new NeighborFrame().wrap(memory, 0);

    @TempDir
    private Path folder;

    @Test
    void anArpAnnouncementHasSenderAndTargetAlike() {
        int length = arp.encodeAnnouncement(MAC, IPV4);

        assertThat(hex(length))
                .isEqualTo("ffffffffffff00005e0001330806" + "0001080006040001" + "00005e000133c0000201"
                        + "000000000000c0000201");
        assertThat(arp.isValid(length)).isTrue();
        assertThat(arp.isValid(length - 1)).isFalse();
        assertThat(arp.senderHardwareAddress()).isEqualTo(MAC);
        assertThat(arp.senderAddress()).isEqualTo(IPV4);
        assertThat(arp.targetAddress()).isEqualTo(IPV4);
        assertThat(arp.operation()).isEqualTo(ArpFrame.REQUEST);
    }

    @Test
    void anArpProbeTellsNothingOfItsSendersAddress() {
        arp.encodeProbe(MAC, IPV4);

        assertThat(arp.senderAddress()).isZero();
        assertThat(arp.targetAddress()).isEqualTo(IPV4);
    }

    @Test
    void aNeighbourAnnouncementOverridesForAllNodes() {
        int length = neighbor.encodeAnnouncement(MAC, HIGH, LOW, true);

        assertThat(length).isEqualTo(86);
        assertThat(neighbor.isValid(length)).isTrue();
        assertThat(neighbor.type()).isEqualTo(NeighborFrame.ADVERTISEMENT);
        assertThat(neighbor.targetHigh()).isEqualTo(HIGH);
        assertThat(neighbor.targetLow()).isEqualTo(LOW);
        assertThat(neighbor.hardwareAddress()).isEqualTo(MAC);
        assertThat(neighbor.isSolicited()).isFalse();
        assertThat(hex(14)).isEqualTo("33330000000100005e00013386dd");
    }

    @Test
    void aNeighbourProbeGoesToTheTargetsGroupFromNoAddress() {
        int length = neighbor.encodeProbe(MAC, HIGH, LOW);

        assertThat(length).isEqualTo(78);
        assertThat(neighbor.isValid(length)).isTrue();
        assertThat(neighbor.sourceHigh() | neighbor.sourceLow()).isZero();
        assertThat(hex(14)).isEqualTo("3333ffabcdef00005e00013386dd");
    }

    @Test
    void aBrokenNeighbourMessageIsNotBelieved() {
        int length = neighbor.encodeAnnouncement(MAC, HIGH, LOW, true);
        for (int at : new int[] {12, 20, 21, 55, 56, 60, 70, 85}) {
            byte good = memory.get(ValueLayout.JAVA_BYTE, at);
            memory.set(ValueLayout.JAVA_BYTE, at, (byte) (good ^ 0x10));
            assertThat(neighbor.isValid(length)).as("with byte %d changed", at).isFalse();
            memory.set(ValueLayout.JAVA_BYTE, at, good);
        }
        assertThat(neighbor.isValid(length - 1)).isFalse();
        assertThat(neighbor.isValid(length)).isTrue();
    }

    @Test
    void anyBytesAreReadWithoutHarm() {
        var random = new Random(4);
        for (int round = 0; round < 100_000; round++) {
            for (int at = 0; at < 128; at++) {
                memory.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt());
            }
            if (random.nextBoolean()) {
                neighbor.encodeAnnouncement(MAC, HIGH, LOW, true);
                memory.set(ValueLayout.JAVA_BYTE, random.nextInt(86), (byte) random.nextInt());
            }
            int length = random.nextInt(129);
            if (neighbor.isValid(length)) {
                neighbor.hardwareAddress();
            }
            arp.isValid(length);
        }
    }

    @Test
    void tsharkFindsNothingWrong() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/tshark")), "needs tshark (package tshark)");
        var frames = new ArrayList<byte[]>();
        frames.add(bytes(arp.encodeAnnouncement(MAC, IPV4)));
        frames.add(bytes(arp.encodeProbe(MAC, IPV4)));
        frames.add(bytes(arp.encodeRequest(MAC, IPV4 + 1, IPV4)));
        frames.add(bytes(neighbor.encodeAnnouncement(MAC, HIGH, LOW, true)));
        frames.add(bytes(neighbor.encodeProbe(MAC, HIGH, LOW)));
        frames.add(bytes(neighbor.encodeSolicitation(MAC, HIGH, LOW + 1, HIGH, LOW)));

        var text = dissect(frames);

        assertThat(text.lines().toList())
                .containsExactly(
                        "ARP Announcement for 192.0.2.1",
                        "Who has 192.0.2.1? (ARP Probe)",
                        "Who has 192.0.2.1? Tell 192.0.2.2",
                        "Neighbor Advertisement 2001:db8::ab:cdef (rtr, ovr) is at 00:00:5e:00:01:33",
                        "Neighbor Solicitation for 2001:db8::ab:cdef",
                        "Neighbor Solicitation for 2001:db8::ab:cdef from 00:00:5e:00:01:33");
    }

    /** What tshark says of each frame, and every remark of its experts above a note. */
    private String dissect(List<byte[]> frames) throws Exception {
        var file = folder.resolve("frames.pcap");
        try (var out = new DataOutputStream(Files.newOutputStream(file))) {
            // libpcap's header: magic, version 2.4, zone, accuracy, greatest length, Ethernet.
            out.write(HexFormat.of().parseHex("a1b2c3d4000200040000000000000000" + "0000ffff00000001"));
            for (var frame : frames) {
                out.writeInt(0);
                out.writeInt(0);
                out.writeInt(frame.length);
                out.writeInt(frame.length);
                out.write(frame);
            }
        }
        var process = new ProcessBuilder(
                        "tshark",
                        "-n",
                        "-o",
                        "ip.check_checksum:TRUE",
                        "-r",
                        file.toString(),
                        "-T",
                        "fields",
                        "-e",
                        "_ws.col.Info",
                        "-e",
                        "_ws.expert.message",
                        "-e",
                        "icmpv6.checksum.status")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        // Status 1 is a good checksum.
        return output.replaceAll("\t\t1?(?=\n)", "");
    }

    private byte[] bytes(int length) {
        return memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private String hex(int length) {
        return HexFormat.of().formatHex(bytes(length));
    }
}
