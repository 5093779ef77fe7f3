package io.steelyard.linux.netlink;

import java.util.Objects;
import java.util.Optional;

/**
 * A rule that says which routing table a packet is looked up in, as ip-rule(8) sets it.
 *
 * @param isIpv6 which family it is for
 * @param priority the lower is asked first, as unsigned; 0 for the kernel's choice, before all but its own first
 * @param from the network the packet comes from; empty for any
 * @param to the network it goes to; empty for any
 * @param inputInterface by whose interface it came, or {@code lo} for packets of this host; empty for any
 * @param outputInterface the interface its socket is bound to; empty for any
 * @param mark the packet's mark (SO_MARK, nftables); 0 with {@code markMask} 0 for any
 * @param markMask the bits of the mark that count
 * @param action what becomes of it
 * @param table the table as unsigned, for {@link Action#LOOKUP}; otherwise 0, and where it is the interface's
 * @param details what else there is
 */
public record RoutingRule(
        boolean isIpv6,
        int priority,
        Optional<Network> from,
        Optional<Network> to,
        Optional<String> inputInterface,
        Optional<String> outputInterface,
        int mark,
        int markMask,
        Action action,
        int table,
        RuleDetails details) {
    /** What becomes of a packet. The numbers are the kernel's. */
    public enum Action {
        /** Looked up in the rule's table. */
        LOOKUP(1),
        /** Another rule comes next. */
        GO_TO(2),
        /** Nothing: the next rule comes. */
        NOTHING(3),
        /** Dropped. */
        BLACKHOLE(6),
        /** Refused as unreachable. */
        UNREACHABLE(7),
        /** Refused as prohibited. */
        PROHIBIT(8);

        private final int number;

        Action(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        static Optional<Action> of(int number) {
            for (var action : values()) {
                if (action.number == number) {
                    return Optional.of(action);
                }
            }
            return Optional.empty();
        }
    }

    /** A network. @param prefixLength 0 to 32, or to 128 */
    public record Network(java.net.InetAddress address, int prefixLength) {
        public Network {
            int bits = address.getAddress().length * 8;
            if (prefixLength < 0 || prefixLength > bits) {
                throw new IllegalArgumentException("the prefix length of " + address.getHostAddress() + " is "
                        + prefixLength + ", expected 0 to " + bits);
            }
        }

        @Override
        public String toString() {
            return address.getHostAddress() + "/" + prefixLength;
        }
    }

    public RoutingRule {
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(details, "details");
        if (action == Action.LOOKUP && (table == 0) != details.isByInterface()) {
            throw new IllegalArgumentException("a rule looks either into a table or into its interface's");
        }
        if (action == Action.GO_TO && details.goTo() == 0) {
            throw new IllegalArgumentException("a rule does not say which one comes next");
        }
    }

    /** The same with another priority. */
    public RoutingRule withPriority(int value) {
        return new RoutingRule(
                isIpv6, value, from, to, inputInterface, outputInterface, mark, markMask, action, table, details);
    }

    /** Packets of a source network are looked up in a table. */
    public static RoutingRule from(Network from, int table, int priority) {
        return new RoutingRule(
                from.address() instanceof java.net.Inet6Address,
                priority,
                Optional.of(from),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                Action.LOOKUP,
                table,
                RuleDetails.NONE);
    }

    /** Such as {@code 100: from 10.0.0.1/32 to all lookup 5}. */
    @Override
    public String toString() {
        return Integer.toUnsignedString(priority) + ": " + (details.isInverted() ? "not " : "") + "from "
                + from.map(Network::toString).orElse("all") + " to "
                + to.map(Network::toString).orElse("all")
                + (action == Action.LOOKUP ? " lookup " + Integer.toUnsignedString(table) : " " + action);
    }
}
