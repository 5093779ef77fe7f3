package io.steelyard.linux.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.steelyard.linux.EpollSet;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.linux.PrivateNetwork;
import io.steelyard.linux.SocketFilter;
import io.steelyard.linux.netlink.AddressTable;
import io.steelyard.linux.netlink.AssignedAddress;
import io.steelyard.linux.netlink.LinkTable;
import io.steelyard.linux.netlink.NetlinkSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two hosts joined by a cable, in namespaces of the test's own. Needs root. */
@Timeout(120)
class PacketSocketsTest {
    private static final int VRRP = 112;
    private static final int WAIT_MS = 30_000;
    private static final long MAPPED = 0x0000_FFFF_0000_0000L;
    private static final int ONE = 0x0A01_0001;
    private static final int OTHER = 0x0A01_0002;
    private static final int GROUP = 0xE000_0012;
    private static final long GROUP6_HIGH = 0xFF02_0000_0000_0000L;

    private final MemorySegment memory = Arena.ofAuto().allocate(2_048, 8);
    private PrivateNetwork one;
    private PrivateNetwork other;
    private int ofOne;
    private int ofOther;

    @BeforeEach
    void join() throws Exception {
        assumeTrue(PrivateNetwork.missing().isEmpty(), PrivateNetwork::missing);
        one = PrivateNetwork.create();
        other = PrivateNetwork.create();
        PrivateNetwork.join(one, "eth0", other, "eth0");
        ofOne = prepare(one, "10.1.0.1", "fe80::1");
        ofOther = prepare(other, "10.1.0.2", "fe80::2");
    }

    private static int prepare(PrivateNetwork network, String ipv4, String ipv6) throws Exception {
        try (var socket = network.call(NetlinkSocket::open)) {
            int index = new LinkTable(socket).find("eth0").orElseThrow().index();
            var addresses = new AddressTable(socket);
            addresses.add(AssignedAddress.of(InetAddress.getByName(ipv4), 24, index));
            addresses.add(AssignedAddress.of(InetAddress.getByName(ipv6), 64, index)
                    .withScope(253)
                    .withFlags(AssignedAddress.NO_DAD));
            return index;
        }
    }

    @AfterEach
    void close() {
        if (one != null) {
            one.close();
        }
        if (other != null) {
            other.close();
        }
    }

    private static RawSocket ipv4(PrivateNetwork network, int index) throws Exception {
        return network.call(() -> RawSocket.open(new RawSocket.Options(
                false, VRRP, index, Optional.of(InetAddress.getByName("224.0.0.18")), 255, 0xC0, -1)));
    }

    private static RawSocket ipv6(PrivateNetwork network, int index) throws Exception {
        return network.call(() -> RawSocket.open(new RawSocket.Options(
                true, VRRP, index, Optional.of(InetAddress.getByName("ff02::12")), 255, 0xC0, 6)));
    }

    private static int sendIpv4(RawSocket socket, int target, int ttl) {
        var out = socket.outgoing();
        Ipv4Header.encode(out, 0, 0xC0, 28, 7, ttl, VRRP, ONE, target);
        out.set(ValueLayout.JAVA_LONG_UNALIGNED, 20, 0x0102_0304_0506_0708L);
        return socket.send(28, 0, 0, 0, MAPPED | Integer.toUnsignedLong(target));
    }

    private static int sendIpv6(RawSocket socket) {
        for (int at = 0; at < 24; at++) {
            socket.outgoing().set(ValueLayout.JAVA_BYTE, at, (byte) at);
        }
        socket.outgoing().set(ValueLayout.JAVA_SHORT_UNALIGNED, 6, (short) 0);
        return socket.send(24, 0xFE80_0000_0000_0000L, 1, GROUP6_HIGH, 0x12);
    }

    /** IPv6 loses what is sent before an interface that came up has found its bearings. */
    private static void sendUntilHeard(RawSocket sender, RawSocket receiver) {
        int attempts = 0;
        do {
            assertThat(sendIpv6(sender)).isEqualTo(24);
            assertThat(attempts++).isLessThan(WAIT_MS / 100);
        } while (Linux.poll(receiver.fd(), Linux.POLLIN, 100) != Linux.POLLIN);
    }

    @Test
    void anIpv4GroupIsReachedWithTheHeaderThatWasWritten() throws Exception {
        try (var sender = ipv4(one, ofOne);
                var receiver = ipv4(other, ofOther)) {
            assertThat(sendIpv4(sender, GROUP, 255)).isEqualTo(28);

            assertThat(Linux.poll(receiver.fd(), Linux.POLLIN, WAIT_MS)).isEqualTo(Linux.POLLIN);
            assertThat(receiver.receive()).isOne();
            assertThat(receiver.payloadOffset(0)).isEqualTo(20);
            assertThat(receiver.payloadLength(0)).isEqualTo(8);
            assertThat(receiver.totalLength(0)).isEqualTo(28);
            assertThat(receiver.hopLimit(0)).isEqualTo(255);
            assertThat(receiver.sourceLow(0)).isEqualTo(MAPPED | ONE);
            assertThat(receiver.destinationLow(0)).isEqualTo(MAPPED | Integer.toUnsignedLong(GROUP));
            assertThat(receiver.payload(0).get(ValueLayout.JAVA_LONG_UNALIGNED, 20))
                    .isEqualTo(0x0102_0304_0506_0708L);
            assertThat(receiver.receive()).isEqualTo(-Errno.EAGAIN);
            assertThat(sender.receive()).as("no copy of its own").isEqualTo(-Errno.EAGAIN);
        }
    }

    @Test
    void anIpv4HostIsReachedWithItsTtl() throws Exception {
        try (var sender = ipv4(one, ofOne);
                var receiver = ipv4(other, ofOther)) {
            assertThat(sendIpv4(sender, OTHER, 42)).isEqualTo(28);

            assertThat(Linux.poll(receiver.fd(), Linux.POLLIN, WAIT_MS)).isEqualTo(Linux.POLLIN);
            assertThat(receiver.receive()).isOne();
            assertThat(receiver.hopLimit(0)).isEqualTo(42);
        }
    }

    @Test
    void anIpv6GroupIsReachedWithHopLimitAndChecksum() throws Exception {
        try (var sender = ipv6(one, ofOne);
                var receiver = ipv6(other, ofOther)) {
            sendUntilHeard(sender, receiver);

            assertThat(receiver.receive()).isPositive();
            assertThat(receiver.payloadOffset(0)).isZero();
            assertThat(receiver.payloadLength(0)).isEqualTo(24);
            assertThat(receiver.hopLimit(0)).isEqualTo(255);
            assertThat(receiver.sourceHigh(0)).isEqualTo(0xFE80_0000_0000_0000L);
            assertThat(receiver.sourceLow(0)).isOne();
            assertThat(receiver.destinationHigh(0)).isEqualTo(GROUP6_HIGH);
            assertThat(receiver.destinationLow(0)).isEqualTo(0x12);
            assertThat(receiver.payload(0).get(ValueLayout.JAVA_SHORT_UNALIGNED, 6))
                    .as("a checksum")
                    .isNotZero();
        }
    }

    @Test
    void sendingAndReceivingAllocatesNothing() throws Exception {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (var sender = ipv4(one, ofOne);
                var receiver = ipv4(other, ofOther);
                var sender6 = ipv6(one, ofOne);
                var receiver6 = ipv6(other, ofOther)) {
            sendUntilHeard(sender6, receiver6);
            assertThat(receiver6.receive()).isPositive();
            // Nothing is allocated once the calls are compiled, which takes its time on a busy machine.
            double least = Double.MAX_VALUE;
            for (int attempt = 0; attempt < 500 && least > 0; attempt++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 2_000; i++) {
                    exchange(sender, receiver, sender6, receiver6);
                }
                least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / 2_000.0);
            }
            assertThat(least).isZero();
        }
    }

    private static void exchange(RawSocket sender, RawSocket receiver, RawSocket sender6, RawSocket receiver6) {
        if (sendIpv4(sender, GROUP, 255) < 0 || sendIpv6(sender6) < 0) {
            throw new AssertionError("not sent");
        }
        while (receiver.receive() < 1) {
            Thread.onSpinWait();
        }
        while (receiver6.receive() < 1) {
            Thread.onSpinWait();
        }
        if (receiver.sourceLow(0) + receiver6.hopLimit(0) + receiver6.destinationLow(0) + receiver.payloadLength(0)
                == 0) {
            throw new AssertionError();
        }
    }

    @Test
    void theFilterKeepsOtherAddressesOut() throws Exception {
        var filter = SocketFilter.builder()
                .require16(20, ArpFrame.REQUEST)
                .requireAny32(ArpFrame.SENDER_ADDRESS, 1, 2, ONE)
                .build();
        try (var sender = one.call(() -> FrameSocket.forSending(ofOne));
                var receiver = other.call(() -> FrameSocket.open(ofOther, ArpFrame.ETHER_TYPE, filter))) {
            var arp = new ArpFrame().wrap(memory, 0);
            for (int address : new int[] {OTHER, 3, ONE}) {
                assertThat(sender.send(memory, 0, arp.encodeAnnouncement(0x0200_0000_0001L, address)))
                        .isEqualTo(ArpFrame.LENGTH_BYTES);
            }
            assertThat(Linux.poll(receiver.fd(), Linux.POLLIN, WAIT_MS)).isEqualTo(Linux.POLLIN);
            long length = receiver.receive(memory, 0, 2_048);
            assertThat(arp.isValid(length)).isTrue();
            assertThat(arp.senderAddress()).isEqualTo(ONE);
            assertThat(receiver.receive(memory, 0, 2_048)).isEqualTo(-Errno.EAGAIN);
        }
    }

    @Test
    void neighboursLearnFromAnAnnouncement() throws Exception {
        other.ip("neigh", "add", "10.1.0.9", "lladdr", "02:00:00:00:00:01", "dev", "eth0", "nud", "stale");
        other.ip("neigh", "add", "fe80::9", "lladdr", "02:00:00:00:00:01", "dev", "eth0", "nud", "stale");
        try (var sender = one.call(() -> FrameSocket.forSending(ofOne))) {
            var arp = new ArpFrame().wrap(memory, 0);
            sender.send(memory, 0, arp.encodeAnnouncement(0x0200_0000_0099L, 0x0A01_0009));
            var neighbor = new NeighborFrame().wrap(memory, 0);
            sender.send(memory, 0, neighbor.encodeAnnouncement(0x0200_0000_0099L, 0xFE80_0000_0000_0000L, 9, true));
        }

        assertLearns("10.1.0.9");
        assertLearns("fe80::9");
    }

    /** A busy machine delivers packets when it comes to it. */
    private void assertLearns(String address) throws Exception {
        long deadline = System.nanoTime() + WAIT_MS * 1_000_000L;
        var entry = other.ip("neigh", "show", address);
        while (!entry.contains("02:00:00:00:00:99") && System.nanoTime() - deadline < 0) {
            entry = other.ip("neigh", "show", address);
        }
        assertThat(entry).contains("02:00:00:00:00:99");
    }

    @Test
    void anInterfaceThatGoesDownIsReportedOnceAndSpinsNobody() throws Exception {
        try (var frames = other.call(() -> FrameSocket.open(ofOther, ArpFrame.ETHER_TYPE, null));
                var raw = ipv4(other, ofOther)) {
            var set = EpollSet.create(4);
            set.add(frames.fd(), 1);
            set.add(raw.fd(), 2);
            other.ip("link", "set", "eth0", "down");

            assertThat(set.await(WAIT_MS)).isPositive();
            assertThat(frames.receive(memory, 0, 2_048)).isEqualTo(-Errno.ENETDOWN);
            raw.receive();
            assertThat(set.await(0)).isZero();
            assertThat(frames.receive(memory, 0, 2_048)).isEqualTo(-Errno.EAGAIN);
            Linux.close(set.fd());
        }
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> ipv4(one, 99_999)).hasMessageContaining("interface 99999");
        assertThatThrownBy(() -> one.call(() -> FrameSocket.forSending(99_999))).hasMessageContaining("ENODEV");
    }

    @Test
    void aTimerIsReadyWhenItsTimeHasCome() {
        int fd = Linux.timerfd();
        try {
            assertThat(Linux.poll(fd, Linux.POLLIN, 0)).isZero();
            long before = System.nanoTime();
            assertThat(Linux.setTimer(fd, before + 2_000_000)).isZero();
            assertThat(Linux.poll(fd, Linux.POLLIN, WAIT_MS)).isEqualTo(Linux.POLLIN);
            assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(2_000_000);
            assertThat(Linux.read(fd, memory, 0, 8)).isEqualTo(8);
            assertThat(Linux.setTimer(fd, System.nanoTime() + 1_000_000_000_000L))
                    .isZero();
            assertThat(Linux.stopTimer(fd)).isZero();
            assertThat(Linux.poll(fd, Linux.POLLIN, 0)).isZero();
            assertThat(Linux.setTimer(fd, -5)).as("a time that is past").isZero();
            assertThat(Linux.poll(fd, Linux.POLLIN, WAIT_MS)).isEqualTo(Linux.POLLIN);
        } finally {
            Linux.close(fd);
        }
    }
}
