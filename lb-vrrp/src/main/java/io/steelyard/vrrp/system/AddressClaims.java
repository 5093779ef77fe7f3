package io.steelyard.vrrp.system;

import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.SocketFilter;
import io.steelyard.linux.netlink.MacAddress;
import io.steelyard.linux.packet.ArpFrame;
import io.steelyard.linux.packet.FrameSocket;
import io.steelyard.linux.packet.NeighborFrame;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Hears on one interface who else says that it has one of our addresses: in ARP packets and in neighbour messages. The kernel drops all about
 * other addresses before it comes here, so that a storm costs nothing. What this host sends is not heard. Used by the control thread.
 */
final class AddressClaims implements AutoCloseable {
    /** How many frames one wake-up reads of each socket. */
    private static final int MOST_FRAMES = 32;

    private static final int BUFFER_BYTES = 2_048;

    private final ControlThread control;
    private final BiConsumer<InetAddress, MacAddress> onClaim;
    private final MemorySegment memory = Arena.ofAuto().allocate(BUFFER_BYTES, 8);
    private final ArpFrame arp = new ArpFrame().wrap(memory, 0);
    private final NeighborFrame neighbor = new NeighborFrame().wrap(memory, 0);
    private final List<Open> open = new ArrayList<>();

    private record Open(FrameSocket socket, int tag) {}

    /**
     * Begins to hear.
     *
     * @param addresses ours
     * @param onClaim gets the address and the hardware address of who claims it
     */
    AddressClaims(
            ControlThread control,
            int interfaceIndex,
            List<InetAddress> addresses,
            BiConsumer<InetAddress, MacAddress> onClaim)
            throws ErrnoException {
        this.control = control;
        this.onClaim = onClaim;
        try {
            int[] ipv4 = ends(addresses, 4);
            for (int from = 0; from < ipv4.length; from += SocketFilter.MOST_ALTERNATIVES) {
                var filter = SocketFilter.builder()
                        .requireAny32(ArpFrame.SENDER_ADDRESS, part(ipv4, from))
                        .build();
                watch(FrameSocket.open(interfaceIndex, ArpFrame.ETHER_TYPE, filter), this::readArp);
            }
            int[] ipv6 = ends(addresses, 16);
            for (int from = 0; from < ipv6.length; from += SocketFilter.MOST_ALTERNATIVES) {
                var filter = SocketFilter.builder()
                        .require8(NeighborFrame.NEXT_HEADER, NeighborFrame.ICMPV6)
                        .require8(NeighborFrame.ICMP_TYPE, NeighborFrame.ADVERTISEMENT)
                        .requireAny32(NeighborFrame.TARGET_END, part(ipv6, from))
                        .build();
                watch(FrameSocket.open(interfaceIndex, NeighborFrame.ETHER_TYPE, filter), this::readNeighbor);
            }
        } catch (ErrnoException failed) {
            close();
            throw failed;
        }
    }

    private interface Reader {
        void read(FrameSocket socket);
    }

    private void watch(FrameSocket socket, Reader reader) throws ErrnoException {
        try {
            open.add(new Open(socket, control.watch(socket.fd(), () -> reader.read(socket))));
        } catch (ErrnoException failed) {
            socket.close();
            throw failed;
        }
    }

    private void readArp(FrameSocket socket) {
        for (int count = 0; count < MOST_FRAMES; count++) {
            long length = socket.receive(memory, 0, BUFFER_BYTES);
            if (length < 0) {
                // Nothing left, or the interface went down, which reading has cleared.
                return;
            }
            if (arp.isValid(length)) {
                var address = ByteBuffer.allocate(4).putInt(arp.senderAddress());
                onClaim.accept(inet(address.array()), new MacAddress(arp.senderHardwareAddress()));
            }
        }
    }

    private void readNeighbor(FrameSocket socket) {
        for (int count = 0; count < MOST_FRAMES; count++) {
            long length = socket.receive(memory, 0, BUFFER_BYTES);
            if (length < 0) {
                return;
            }
            if (neighbor.isValid(length) && neighbor.type() == NeighborFrame.ADVERTISEMENT) {
                var address =
                        ByteBuffer.allocate(16).putLong(neighbor.targetHigh()).putLong(neighbor.targetLow());
                onClaim.accept(inet(address.array()), new MacAddress(neighbor.hardwareAddress()));
            }
        }
    }

    private static int[] ends(List<InetAddress> addresses, int length) {
        return addresses.stream()
                .map(InetAddress::getAddress)
                .filter(bytes -> bytes.length == length)
                .mapToInt(bytes -> ByteBuffer.wrap(bytes).getInt(length - 4))
                .distinct()
                .toArray();
    }

    private static int[] part(int[] values, int from) {
        return java.util.Arrays.copyOfRange(
                values, from, Math.min(values.length, from + SocketFilter.MOST_ALTERNATIVES));
    }

    private static InetAddress inet(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    public void close() {
        for (var each : open) {
            control.unwatch(each.tag(), each.socket().fd());
            each.socket().close();
        }
        open.clear();
    }
}
