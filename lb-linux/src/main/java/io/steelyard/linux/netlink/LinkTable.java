package io.steelyard.linux.netlink;

import io.steelyard.linux.Errno;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The interfaces of one network namespace. Used by one thread at a time. */
public final class LinkTable {
    static final int NEW_LINK = 16;
    static final int DELETE_LINK = 17;
    static final int GET_LINK = 18;

    /** struct ifinfomsg: family 8, padding 8, type 16, index 32, flags 32, change 32. */
    static final int STRUCTURE_BYTES = 16;

    /** Interfaces above the same one hear each other. */
    public static final int IPVLAN_BRIDGE = 0;

    /** They do not. */
    public static final int IPVLAN_PRIVATE = 1;

    /** They hear what a switch sends back. */
    public static final int IPVLAN_VEPA = 2;

    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_OPERSTATE = 16;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_IFALIAS = 20;
    private static final int IFLA_AF_SPEC = 26;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_MACVLAN_MODE = 1;
    private static final int MACVLAN_PRIVATE = 1;
    private static final int IFLA_IPVLAN_MODE = 1;
    private static final int IFLA_IPVLAN_FLAGS = 2;
    private static final int IPVLAN_L2 = 0;
    private static final int AF_INET6 = 10;
    private static final int IFLA_INET6_ADDR_GEN_MODE = 8;
    private static final int NO_GENERATED_ADDRESS = 1;
    private static final int MAX_NAME = 15;

    private final NetlinkSocket socket;
    private final NetlinkMessage message = new NetlinkMessage(512);

    public LinkTable(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** All interfaces. */
    public List<Link> list() throws IOException {
        var found = new ArrayList<Link>();
        structure(GET_LINK, NetlinkMessage.DUMP, 0, 0, 0);
        socket.dump(
                message, "list interfaces", found::clear, reader -> read(reader).ifPresent(found::add));
        return List.copyOf(found);
    }

    /** The interface of a name. */
    public Optional<Link> find(String name) throws IOException {
        return list().stream().filter(link -> link.name().equals(name)).findFirst();
    }

    /** The interface of a number. */
    public Optional<Link> find(int index) throws IOException {
        return list().stream().filter(link -> link.index() == index).findFirst();
    }

    /**
     * Makes a second interface on top of another, with a hardware address of its own and out of sight of its siblings (macvlan, mode
     * private). It is down at first.
     *
     * @param name 1 to 15 bytes, none of them a slash or a space
     * @param parentIndex the interface below
     * @param hardwareAddress as VRRP's virtual router MAC address, 00:00:5e:00:01:VRID
     * @param alias says whose interface it is; empty for nothing
     * @param hasLinkLocal whether the kernel gives it an IPv6 link-local address by itself
     * @throws NetlinkException EEXIST where there is an interface of that name, EBUSY where another has the address, and others
     */
    public Link createMacvlan(
            String name, int parentIndex, MacAddress hardwareAddress, String alias, boolean hasLinkLocal)
            throws IOException {
        begin(name, parentIndex);
        message.attribute(IFLA_ADDRESS, hardwareAddress.bytes());
        int information = message.beginNested(IFLA_LINKINFO);
        message.attribute(IFLA_INFO_KIND, "macvlan");
        int data = message.beginNested(IFLA_INFO_DATA);
        message.attribute32(IFLA_MACVLAN_MODE, MACVLAN_PRIVATE).endNested(data).endNested(information);
        var made = make(
                name,
                alias,
                "make macvlan interface " + name + " with " + hardwareAddress + " on interface " + parentIndex);
        if (!hasLinkLocal) {
            suppressLinkLocal(made);
        }
        return made;
    }

    /**
     * Makes a second interface on top of another, with the same hardware address (ipvlan, mode L2). It is down at first. Otherwise as
     * {@link #createMacvlan}.
     *
     * @param flags {@link #IPVLAN_BRIDGE}, {@link #IPVLAN_PRIVATE} or {@link #IPVLAN_VEPA}
     * @throws NetlinkException EOPNOTSUPP where the kernel has no ipvlan, and others
     */
    public Link createIpvlan(String name, int parentIndex, int flags, String alias) throws IOException {
        begin(name, parentIndex);
        int information = message.beginNested(IFLA_LINKINFO);
        message.attribute(IFLA_INFO_KIND, "ipvlan");
        int data = message.beginNested(IFLA_INFO_DATA);
        message.attribute16(IFLA_IPVLAN_MODE, IPVLAN_L2)
                .attribute16(IFLA_IPVLAN_FLAGS, flags)
                .endNested(data)
                .endNested(information);
        return make(name, alias, "make ipvlan interface " + name + " on interface " + parentIndex);
    }

    private void begin(String name, int parentIndex) {
        checkName(name);
        structure(NEW_LINK, NetlinkMessage.ACK | NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE, 0, 0, 0);
        message.attribute(IFLA_IFNAME, name).attribute32(IFLA_LINK, parentIndex);
    }

    private Link make(String name, String alias, String what) throws IOException {
        socket.request(message, what);
        var made = find(name).orElseThrow(() -> new NetlinkException(what, Errno.ENODEV, "it is gone again"));
        if (!alias.isEmpty()) {
            structure(NEW_LINK, NetlinkMessage.ACK, made.index(), 0, 0);
            socket.request(message.attribute(IFLA_IFALIAS, alias), "set alias of interface " + name);
        }
        return made;
    }

    /** Keeps the kernel from giving an interface an IPv6 link-local address. A kernel without IPv6 has nothing to keep from it. */
    private void suppressLinkLocal(Link link) throws IOException {
        structure(NEW_LINK, NetlinkMessage.ACK, link.index(), 0, 0);
        int families = message.beginNested(IFLA_AF_SPEC);
        int inet6 = message.beginNested(AF_INET6);
        message.attribute8(IFLA_INET6_ADDR_GEN_MODE, NO_GENERATED_ADDRESS)
                .endNested(inet6)
                .endNested(families);
        try {
            socket.request(message, "keep interface " + link.name() + " without a link-local address");
        } catch (NetlinkException refused) {
            if (refused.errno() != Errno.EAFNOSUPPORT && refused.errno() != Errno.EOPNOTSUPP) {
                throw refused;
            }
        }
    }

    /** Removes a virtual interface. @return whether it was there */
    public boolean remove(int index) throws IOException {
        structure(DELETE_LINK, NetlinkMessage.ACK, index, 0, 0);
        try {
            socket.request(message, "remove interface " + index);
            return true;
        } catch (NetlinkException refused) {
            if (refused.errno() == Errno.ENODEV) {
                return false;
            }
            throw refused;
        }
    }

    /** Switches an interface on or off. */
    public void setUp(int index, boolean isUp) throws IOException {
        structure(NEW_LINK, NetlinkMessage.ACK, index, isUp ? Link.UP : 0, Link.UP);
        socket.request(message, "switch interface " + index + (isUp ? " on" : " off"));
    }

    /** Gives an interface another hardware address. */
    public void setHardwareAddress(int index, MacAddress address) throws IOException {
        structure(NEW_LINK, NetlinkMessage.ACK, index, 0, 0);
        socket.request(
                message.attribute(IFLA_ADDRESS, address.bytes()),
                "set hardware address of interface " + index + " to " + address);
    }

    private void structure(int type, int flags, int index, int linkFlags, int change) {
        message.begin(type, flags)
                .put8(0)
                .put8(0)
                .put16(0)
                .put32(index)
                .put32(linkFlags)
                .put32(change);
    }

    private static void checkName(String name) {
        boolean isGood = !name.isEmpty()
                && name.length() <= MAX_NAME
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().allMatch(letter -> letter > ' ' && letter < 0x7F && letter != '/' && letter != ':');
        if (!isGood) {
            throw new IllegalArgumentException("'" + name
                    + "' cannot name an interface: expected 1 to 15 printable ASCII characters without space, / and :");
        }
    }

    /** Reads an interface message; empty where it is none. */
    static Optional<Link> read(NetlinkReader reader) {
        int type = reader.type();
        if (type != NEW_LINK && type != DELETE_LINK || reader.bodyLength() < STRUCTURE_BYTES) {
            return Optional.empty();
        }
        var name = "";
        var hardwareAddress = MacAddress.NONE;
        int mtu = 0;
        int state = 0;
        var kind = "";
        int parent = 0;
        var attributes = reader.attributes(STRUCTURE_BYTES);
        while (attributes.next()) {
            switch (attributes.type()) {
                case IFLA_IFNAME -> name = attributes.text();
                case IFLA_ADDRESS -> hardwareAddress = MacAddress.of(attributes.bytes());
                case IFLA_MTU -> mtu = attributes.int32();
                case IFLA_OPERSTATE -> state = attributes.int8();
                case IFLA_LINK -> parent = attributes.int32();
                case IFLA_LINKINFO -> kind = kind(attributes.nested());
                default -> {}
            }
        }
        return Optional.of(new Link(reader.int32(4), name, hardwareAddress, mtu, reader.int32(8), state, kind, parent));
    }

    private static String kind(NetlinkAttributes information) {
        while (information.next()) {
            if (information.type() == IFLA_INFO_KIND) {
                return information.text();
            }
        }
        return "";
    }
}
