package io.steelyard.linux.netlink;

import io.steelyard.linux.Errno;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The addresses of the interfaces of one network namespace. Used by one thread at a time.
 *
 * <p>An address with a lifetime is removed by the kernel itself when nobody refreshes it in time: that is how an address leaves a process
 * that hangs or was killed. The kernel looks at lifetimes at most once a second (check_lifetime in net/ipv4/devinet.c, addrconf_verify_rtnl
 * in net/ipv6/addrconf.c), so that the end may come about a second late.
 */
public final class AddressTable {
    static final int NEW_ADDRESS = 20;
    static final int DELETE_ADDRESS = 21;
    static final int GET_ADDRESS = 22;

    /** struct ifaddrmsg: family 8, prefix length 8, flags 8, scope 8, interface 32. */
    static final int STRUCTURE_BYTES = 8;

    private static final int INET = 2;
    private static final int INET6 = 10;

    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_LABEL = 3;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_CACHE_INFO = 6;
    private static final int IFA_FLAGS = 8;

    private final NetlinkSocket socket;
    private final NetlinkMessage message = new NetlinkMessage(512);

    public AddressTable(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * Adds an address that is not there.
     *
     * @throws NetlinkException EEXIST where the interface has it, ENODEV where there is no such interface, and others
     */
    public void add(AssignedAddress address) throws IOException {
        socket.request(
                write(message, NEW_ADDRESS, NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE, address),
                "add address " + address);
    }

    /**
     * Adds an address, or gives the one that is there these lifetimes: so an address with a lifetime is refreshed. There is no call that
     * refreshes an IPv4 address only where it is still there (the kernel looks at NLM_F_CREATE for IPv6 alone), so that who refreshes must
     * first know that it still is to have it.
     */
    public void replace(AssignedAddress address) throws IOException {
        socket.request(
                write(message, NEW_ADDRESS, NetlinkMessage.CREATE | NetlinkMessage.REPLACE, address),
                "set address " + address);
    }

    /**
     * Removes an address.
     *
     * @return whether it was there
     */
    public boolean remove(AssignedAddress address) throws IOException {
        message.begin(DELETE_ADDRESS, NetlinkMessage.ACK)
                .put8(family(address.address()))
                .put8(address.prefixLength())
                .put8(0)
                .put8(0)
                .put32(address.interfaceIndex())
                .attribute(IFA_LOCAL, address.address().getAddress())
                .attribute(IFA_ADDRESS, address.peer().orElse(address.address()).getAddress());
        try {
            socket.request(message, "remove address " + address);
            return true;
        } catch (NetlinkException refused) {
            if (refused.errno() == Errno.EADDRNOTAVAIL || refused.errno() == Errno.ENODEV) {
                return false;
            }
            throw refused;
        }
    }

    /** All addresses of all interfaces. */
    public List<AssignedAddress> list() throws IOException {
        return list(0);
    }

    /** All addresses of one interface. @param interfaceIndex 0 for all interfaces */
    public List<AssignedAddress> list(int interfaceIndex) throws IOException {
        var found = new ArrayList<AssignedAddress>();
        message.begin(GET_ADDRESS, NetlinkMessage.DUMP)
                .put8(0)
                .put8(0)
                .put8(0)
                .put8(0)
                .put32(0);
        socket.dump(
                message,
                "list addresses",
                found::clear,
                reader -> read(reader)
                        .filter(address -> interfaceIndex == 0 || address.interfaceIndex() == interfaceIndex)
                        .ifPresent(found::add));
        return List.copyOf(found);
    }

    /** Writes a request to set an address. */
    static NetlinkMessage write(NetlinkMessage message, int type, int flags, AssignedAddress address) {
        var local = address.address().getAddress();
        message.begin(type, flags | NetlinkMessage.ACK)
                .put8(family(address.address()))
                .put8(address.prefixLength())
                .put8(address.flags())
                .put8(address.scope())
                .put32(address.interfaceIndex())
                .attribute(IFA_LOCAL, local)
                .attribute(
                        IFA_ADDRESS, address.peer().map(InetAddress::getAddress).orElse(local));
        address.broadcast().ifPresent(broadcast -> message.attribute(IFA_BROADCAST, broadcast.getAddress()));
        if (!address.label().isEmpty()) {
            message.attribute(IFA_LABEL, address.label());
        }
        if (address.flags() > 0xFF) {
            message.attribute32(IFA_FLAGS, address.flags());
        }
        if (address.validSeconds() != AssignedAddress.FOREVER
                || address.preferredSeconds() != AssignedAddress.FOREVER) {
            // struct ifa_cacheinfo: preferred, valid, created, updated.
            var lifetimes = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
            lifetimes.putInt((int) address.preferredSeconds()).putInt((int) address.validSeconds());
            message.attribute(IFA_CACHE_INFO, lifetimes.array());
        }
        return message;
    }

    /** Reads an address message; empty where it is none, or one without an address. */
    static Optional<AssignedAddress> read(NetlinkReader reader) {
        int type = reader.type();
        if (type != NEW_ADDRESS && type != DELETE_ADDRESS || reader.bodyLength() < STRUCTURE_BYTES) {
            return Optional.empty();
        }
        int length = reader.int8(0) == INET ? 4 : reader.int8(0) == INET6 ? 16 : -1;
        byte[] address = {};
        byte[] local = {};
        byte[] broadcast = {};
        var label = "";
        int flags = reader.int8(2);
        long preferred = AssignedAddress.FOREVER;
        long valid = AssignedAddress.FOREVER;
        var attributes = reader.attributes(STRUCTURE_BYTES);
        while (attributes.next()) {
            switch (attributes.type()) {
                case IFA_ADDRESS -> address = attributes.bytes();
                case IFA_LOCAL -> local = attributes.bytes();
                case IFA_BROADCAST -> broadcast = attributes.bytes();
                case IFA_LABEL -> label = attributes.text();
                case IFA_FLAGS -> flags = attributes.int32();
                case IFA_CACHE_INFO -> {
                    preferred = Integer.toUnsignedLong(attributes.int32(0));
                    valid = Integer.toUnsignedLong(attributes.int32(4));
                }
                default -> {}
            }
        }
        var own = local.length == length ? local : address;
        if (own.length != length || reader.int8(1) > length * 8 || reader.int32(4) < 1) {
            return Optional.empty();
        }
        boolean hasPeer = local.length == length && address.length == length && !Arrays.equals(local, address);
        return Optional.of(new AssignedAddress(
                AssignedAddress.inet(own),
                reader.int8(1),
                hasPeer ? Optional.of(AssignedAddress.inet(address)) : Optional.empty(),
                broadcast.length == length ? Optional.of(AssignedAddress.inet(broadcast)) : Optional.empty(),
                reader.int32(4),
                label.length() > 15 ? label.substring(0, 15) : label,
                reader.int8(3),
                flags,
                Math.min(preferred, Math.max(valid, 1)),
                Math.max(valid, 1)));
    }

    private static int family(InetAddress address) {
        return address.getAddress().length == 4 ? INET : INET6;
    }
}
