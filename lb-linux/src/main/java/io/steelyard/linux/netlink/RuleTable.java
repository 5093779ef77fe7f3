package io.steelyard.linux.netlink;

import io.steelyard.linux.Errno;
import io.steelyard.linux.netlink.RoutingRule.Network;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The routing rules of one network namespace. Used by one thread at a time. */
public final class RuleTable {
    static final int NEW_RULE = 32;
    static final int DELETE_RULE = 33;
    static final int GET_RULE = 34;

    /** struct fib_rule_hdr: family, destination length, source length, tos, table, 2 reserved, action, each 8; flags 32. */
    static final int STRUCTURE_BYTES = 12;

    private static final int INET = 2;
    private static final int INET6 = 10;
    private static final int FRA_DST = 1;
    private static final int FRA_SRC = 2;
    private static final int FRA_IIFNAME = 3;
    private static final int FRA_GOTO = 4;
    private static final int FRA_PRIORITY = 6;
    private static final int FRA_FWMARK = 10;
    private static final int FRA_FLOW = 11;
    private static final int FRA_TUN_ID = 12;
    private static final int FRA_SUPPRESS_IFGROUP = 13;
    private static final int FRA_SUPPRESS_PREFIXLEN = 14;
    private static final int FRA_TABLE = 15;
    private static final int FRA_FWMASK = 16;
    private static final int FRA_OIFNAME = 17;
    private static final int FRA_L3MDEV = 19;
    private static final int FRA_UID_RANGE = 20;
    private static final int FRA_PROTOCOL = 21;
    private static final int FRA_IP_PROTO = 22;
    private static final int FRA_SPORT_RANGE = 23;
    private static final int FRA_DPORT_RANGE = 24;
    private static final int FIB_RULE_INVERT = 2;

    /** How the kernel says that nothing is suppressed. */
    private static final int NONE = -1;

    private final NetlinkSocket socket;
    private final NetlinkMessage message = new NetlinkMessage(512);

    public RuleTable(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Adds a rule. @throws NetlinkException EEXIST where there is the same one, and others */
    public void add(RoutingRule rule) throws IOException {
        socket.request(
                write(message, NEW_RULE, NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE, rule), "add rule " + rule);
    }

    /** Removes a rule. @return whether it was there */
    public boolean remove(RoutingRule rule) throws IOException {
        try {
            socket.request(write(message, DELETE_RULE, 0, rule), "remove rule " + rule);
            return true;
        } catch (NetlinkException refused) {
            if (refused.errno() == Errno.ENOENT) {
                return false;
            }
            throw refused;
        }
    }

    /** All rules of one family whose action is known here, in the order in which they are asked. */
    public List<RoutingRule> list(boolean isIpv6) throws IOException {
        var found = new ArrayList<RoutingRule>();
        message.begin(GET_RULE, NetlinkMessage.DUMP).put8(isIpv6 ? INET6 : INET);
        for (int i = 1; i < STRUCTURE_BYTES; i++) {
            message.put8(0);
        }
        socket.dump(message, "list rules", found::clear, reader -> read(reader).ifPresent(found::add));
        return List.copyOf(found);
    }

    /** Writes a request about a rule. */
    static NetlinkMessage write(NetlinkMessage message, int type, int flags, RoutingRule rule) {
        message.begin(type, flags | NetlinkMessage.ACK)
                .put8(rule.isIpv6() ? INET6 : INET)
                .put8(rule.to().map(Network::prefixLength).orElse(0))
                .put8(rule.from().map(Network::prefixLength).orElse(0))
                .put8(rule.details().trafficClass())
                .put8(rule.table() > 0 && rule.table() < 256 ? rule.table() : 0)
                .put8(0)
                .put8(0)
                .put8(rule.action().number())
                .put32(rule.details().isInverted() ? FIB_RULE_INVERT : 0);
        rule.to().ifPresent(to -> message.attribute(FRA_DST, to.address().getAddress()));
        rule.from().ifPresent(from -> message.attribute(FRA_SRC, from.address().getAddress()));
        rule.inputInterface().ifPresent(name -> message.attribute(FRA_IIFNAME, name));
        rule.outputInterface().ifPresent(name -> message.attribute(FRA_OIFNAME, name));
        if (rule.priority() != 0) {
            message.attribute32(FRA_PRIORITY, rule.priority());
        }
        if (rule.markMask() != 0) {
            message.attribute32(FRA_FWMARK, rule.mark()).attribute32(FRA_FWMASK, rule.markMask());
        }
        if (rule.table() != 0) {
            message.attribute32(FRA_TABLE, rule.table());
        }
        details(message, rule.details());
        return message;
    }

    private static void details(NetlinkMessage message, RuleDetails details) {
        if (details.goTo() != 0) {
            message.attribute32(FRA_GOTO, details.goTo());
        }
        if (details.realms() != 0) {
            message.attribute32(FRA_FLOW, details.realms());
        }
        // Of the network's byte order.
        details.tunnelId().ifPresent(id -> message.attribute64(FRA_TUN_ID, Long.reverseBytes(id)));
        details.suppressInterfaceGroup().ifPresent(group -> message.attribute32(FRA_SUPPRESS_IFGROUP, group));
        details.suppressPrefixLength().ifPresent(length -> message.attribute32(FRA_SUPPRESS_PREFIXLEN, length));
        if (details.isByInterface()) {
            message.attribute8(FRA_L3MDEV, 1);
        }
        details.userIds()
                .ifPresent(range -> message.attribute64(
                        FRA_UID_RANGE,
                        Integer.toUnsignedLong(range.from()) | Integer.toUnsignedLong(range.to()) << 32));
        if (details.ipProtocol() != 0) {
            message.attribute8(FRA_IP_PROTO, details.ipProtocol());
        }
        details.sourcePorts().ifPresent(ports -> message.attribute32(FRA_SPORT_RANGE, ports.from() | ports.to() << 16));
        details.destinationPorts()
                .ifPresent(ports -> message.attribute32(FRA_DPORT_RANGE, ports.from() | ports.to() << 16));
        message.attribute8(FRA_PROTOCOL, details.protocol());
    }

    /** Reads a rule message; empty where it is none, or one of an action not known here. */
    static Optional<RoutingRule> read(NetlinkReader reader) {
        int type = reader.type();
        if (type != NEW_RULE && type != DELETE_RULE || reader.bodyLength() < STRUCTURE_BYTES) {
            return Optional.empty();
        }
        int length = reader.int8(0) == INET ? 4 : reader.int8(0) == INET6 ? 16 : -1;
        var action = RoutingRule.Action.of(reader.int8(7));
        Optional<Network> from = Optional.empty();
        Optional<Network> to = Optional.empty();
        Optional<String> input = Optional.empty();
        Optional<String> output = Optional.empty();
        int priority = 0;
        int mark = 0;
        int mask = 0;
        int table = reader.int8(4);
        var details = new RuleDetails.Builder()
                .inverted((reader.int32(8) & FIB_RULE_INVERT) != 0)
                .trafficClass(reader.int8(3))
                .protocol(0);
        var attributes = reader.attributes(STRUCTURE_BYTES);
        while (attributes.next()) {
            switch (attributes.type()) {
                case FRA_DST -> to = network(attributes, length, reader.int8(1));
                case FRA_SRC -> from = network(attributes, length, reader.int8(2));
                case FRA_IIFNAME -> input = Optional.of(attributes.text());
                case FRA_OIFNAME -> output = Optional.of(attributes.text());
                case FRA_PRIORITY -> priority = attributes.int32();
                case FRA_FWMARK -> mark = attributes.int32();
                case FRA_FWMASK -> mask = attributes.int32();
                case FRA_TABLE -> table = attributes.int32();
                default -> read(attributes, details);
            }
        }
        var built = details.build();
        if (length < 0
                || action.isEmpty()
                || action.get() == RoutingRule.Action.LOOKUP && (table == 0) != built.isByInterface()
                || action.get() == RoutingRule.Action.GO_TO && built.goTo() == 0) {
            return Optional.empty();
        }
        return Optional.of(new RoutingRule(
                length == 16, priority, from, to, input, output, mark, mask, action.get(), table, built));
    }

    private static void read(NetlinkAttributes attribute, RuleDetails.Builder details) {
        int number = attribute.int32();
        switch (attribute.type()) {
            case FRA_GOTO -> details.goTo(number);
            case FRA_FLOW -> details.realms(number);
            case FRA_TUN_ID -> details.tunnelId(Long.reverseBytes(attribute.int64()));
            case FRA_SUPPRESS_IFGROUP -> {
                if (number != NONE) {
                    details.suppressInterfaceGroup(number);
                }
            }
            case FRA_SUPPRESS_PREFIXLEN -> {
                if (number != NONE) {
                    details.suppressPrefixLength(number);
                }
            }
            case FRA_L3MDEV -> details.byInterface(attribute.int8() != 0);
            case FRA_UID_RANGE -> details.userIds(new RuleDetails.Range(number, attribute.int32(4)));
            case FRA_PROTOCOL -> details.protocol(attribute.int8());
            case FRA_IP_PROTO -> details.ipProtocol(attribute.int8());
            case FRA_SPORT_RANGE -> details.sourcePorts(new RuleDetails.Range(number & 0xFFFF, number >>> 16));
            case FRA_DPORT_RANGE -> details.destinationPorts(new RuleDetails.Range(number & 0xFFFF, number >>> 16));
            default -> {}
        }
    }

    private static Optional<Network> network(NetlinkAttributes attribute, int length, int prefixLength) {
        return attribute.length() == length && prefixLength <= length * 8
                ? Optional.of(new Network(AssignedAddress.inet(attribute.bytes()), prefixLength))
                : Optional.empty();
    }
}
