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
    private static final int FRA_PRIORITY = 6;
    private static final int FRA_FWMARK = 10;
    private static final int FRA_TABLE = 15;
    private static final int FRA_FWMASK = 16;
    private static final int FRA_OIFNAME = 17;
    private static final int FRA_PROTOCOL = 21;

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
                .put8(0)
                .put8(rule.table() < 256 ? rule.table() : 0)
                .put8(0)
                .put8(0)
                .put8(rule.action().number())
                .put32(0);
        rule.to().ifPresent(to -> message.attribute(FRA_DST, to.address().getAddress()));
        rule.from().ifPresent(from -> message.attribute(FRA_SRC, from.address().getAddress()));
        rule.inputInterface().ifPresent(name -> message.attribute(FRA_IIFNAME, name));
        rule.outputInterface().ifPresent(name -> message.attribute(FRA_OIFNAME, name));
        message.attribute32(FRA_PRIORITY, rule.priority());
        if (rule.markMask() != 0) {
            message.attribute32(FRA_FWMARK, rule.mark()).attribute32(FRA_FWMASK, rule.markMask());
        }
        if (rule.table() != 0) {
            message.attribute32(FRA_TABLE, rule.table());
        }
        if (type == NEW_RULE) {
            message.attribute8(FRA_PROTOCOL, Route.PROTOCOL_VRRP);
        }
        return message;
    }

    /** Reads a rule message; empty where it is none, the kernel's own rule of priority 0, or one of an action not known here. */
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
                default -> {}
            }
        }
        if (length < 0 || action.isEmpty() || priority < 1 || action.get() == RoutingRule.Action.LOOKUP && table < 1) {
            return Optional.empty();
        }
        return Optional.of(
                new RoutingRule(length == 16, priority, from, to, input, output, mark, mask, action.get(), table));
    }

    private static Optional<Network> network(NetlinkAttributes attribute, int length, int prefixLength) {
        return attribute.length() == length && prefixLength <= length * 8
                ? Optional.of(new Network(AssignedAddress.inet(attribute.bytes()), prefixLength))
                : Optional.empty();
    }
}
