package io.steelyard.linux.netlink;

import java.util.Objects;
import java.util.Optional;

/**
 * A rule that says which routing table a packet is looked up in, as ip-rule(8) sets it.
 *
 * @param isIpv6 which family it is for
 * @param priority the lower is asked first: 1 to 2^31 - 1
 * @param from the network the packet comes from; empty for any
 * @param to the network it goes to; empty for any
 * @param inputInterface by whose interface it came, or {@code lo} for packets of this host; empty for any
 * @param outputInterface the interface its socket is bound to; empty for any
 * @param mark the packet's mark (SO_MARK, nftables); 0 with {@code markMask} 0 for any
 * @param markMask the bits of the mark that count
 * @param action what becomes of it
 * @param table the table, for {@link Action#LOOKUP}; otherwise 0
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
        int table) {
    /** What becomes of a packet. The numbers are the kernel's. */
    public enum Action {
        /** Looked up in the rule's table. */
        LOOKUP(1),
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
        if (priority < 1) {
            throw new IllegalArgumentException("the rule's priority is " + priority + ", expected at least 1");
        }
        if (action == Action.LOOKUP && table < 1) {
            throw new IllegalArgumentException("the rule's table is " + table + ", expected at least 1");
        }
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
                table);
    }

    /** Such as {@code 100: from 10.0.0.1/32 to all lookup 5}. */
    @Override
    public String toString() {
        return priority + ": from " + from.map(Network::toString).orElse("all") + " to "
                + to.map(Network::toString).orElse("all")
                + (action == Action.LOOKUP ? " lookup " + table : " " + action);
    }
}
