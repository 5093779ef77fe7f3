package io.steelyard.vrrp.system;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.steelyard.linux.DatagramBatch;
import io.steelyard.linux.Errno;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketFilter;
import io.steelyard.linux.packet.Checksum;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Sends echo requests of one family and hears the replies (RFC 792, RFC 4443 section 4). The kernel passes on echo replies only. Used by the control
 * thread.
 *
 * <pre>
 *   0  type, 8 bits   1  code = 0   2  checksum, 16 bits   4  identifier, 16 bits   6  sequence, 16 bits   8  data
 * </pre>
 */
final class EchoSocket implements AutoCloseable {
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final int REQUEST = 8;
    private static final int REPLY = 0;
    private static final int REQUEST_V6 = 128;
    private static final int REPLY_V6 = 129;
    private static final int LENGTH = 16;
    private static final int MOST_BYTES = 256;
    private static final int MOST_READS = 64;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final boolean isIpv6;
    private final ControlThread control;
    private final Listener listener;
    private final int identifier = ThreadLocalRandom.current().nextInt(0x10000);
    private final DatagramBatch incoming = DatagramBatch.allocate(1, MOST_BYTES);
    private final DatagramBatch outgoing = DatagramBatch.allocate(1, LENGTH);
    private final int fd;
    private final int tag;

    /** Told on the control thread. */
    interface Listener {
        /** A host has answered. @param sequence of the request, 0 to 65535 */
        void answered(InetAddress host, int sequence);
    }

    /** @throws ErrnoException without CAP_NET_RAW, or without a descriptor */
    EchoSocket(boolean isIpv6, ControlThread control, Listener listener) throws ErrnoException {
        this.isIpv6 = isIpv6;
        this.control = control;
        this.listener = listener;
        fd = Errno.check(Linux.rawSocket(isIpv6, isIpv6 ? ICMPV6 : ICMP), "raw socket for echo requests");
        try {
            // Over IPv4 the IP header comes along, over IPv6 it does not.
            var filter = isIpv6
                    ? SocketFilter.builder().require8(0, REPLY_V6).build()
                    : SocketFilter.builder().require8BehindIpv4(0, 0, REPLY).build();
            Errno.check(Linux.attachFilter(fd, filter), "setsockopt(SO_ATTACH_FILTER)");
            tag = control.watch(fd, this::read);
        } catch (ErrnoException failed) {
            Linux.close(fd);
            throw failed;
        }
    }

    /**
     * Asks a host.
     *
     * @param scope the number of a link-local address's interface; 0 for others
     * @return 0, or the negative error number
     */
    int ask(InetAddress host, int scope, int sequence) {
        var message = outgoing.buffer(0);
        message.fill((byte) 0);
        message.set(JAVA_BYTE, 0, (byte) (isIpv6 ? REQUEST_V6 : REQUEST));
        message.set(SHORT, 4, (short) identifier);
        message.set(SHORT, 6, (short) sequence);
        if (!isIpv6) {
            // Over IPv6 the kernel does it.
            message.set(SHORT, 2, (short) Checksum.of(Checksum.add(0, message, 0, LENGTH)));
        }
        outgoing.peer(0).set(host, 0);
        if (isIpv6 && ((Inet6Address) host).isLinkLocalAddress()) {
            outgoing.peer(0).setScope(scope);
        }
        outgoing.clearLocal(0);
        outgoing.lengthBytes(0, LENGTH);
        return Math.min(0, outgoing.sendOne(fd, 0));
    }

    private void read() {
        for (int reads = 0; reads < MOST_READS; reads++) {
            int length = incoming.receiveOne(fd, 0);
            if (length < 0) {
                return;
            }
            take(incoming.buffer(0), length);
        }
    }

    private void take(MemorySegment packet, int length) {
        int at = isIpv6 || length == 0 ? 0 : (packet.get(JAVA_BYTE, 0) & 0x0F) * 4;
        boolean isReply = length >= at + 8 && (packet.get(JAVA_BYTE, at) & 0xFF) == (isIpv6 ? REPLY_V6 : REPLY);
        if (isReply && Short.toUnsignedInt(packet.get(SHORT, at + 4)) == identifier) {
            listener.answered(incoming.peer(0).inetAddress(), Short.toUnsignedInt(packet.get(SHORT, at + 6)));
        }
    }

    @Override
    public void close() {
        control.unwatch(tag, fd);
        Linux.close(fd);
    }
}
