package io.steelyard.linux.netlink;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a rule asks for beside networks, interfaces and marks, as ip-rule(8) sets it. Immutable.
 *
 * @param isInverted the rule holds for packets that do not match
 * @param trafficClass TOS or traffic class, 0 to 255; 0 for any
 * @param goTo the priority of the rule that comes next, for {@link RoutingRule.Action#GO_TO}; otherwise 0
 * @param realms the upper 16 bits where packets come from, the lower where they go to; 0 for none
 * @param tunnelId of the tunnel a packet came through; empty for any
 * @param suppressPrefixLength routes of this prefix length or less do not count; empty for none
 * @param suppressInterfaceGroup routes by interfaces of this group do not count; empty for none
 * @param userIds of who sends; empty for any
 * @param isByInterface the table is that of the packet's VRF (l3mdev)
 * @param ipProtocol such as 6 for TCP; 0 for any
 * @param sourcePorts empty for any
 * @param destinationPorts empty for any
 * @param protocol who made the rule, 0 to 255; {@link Route#PROTOCOL_VRRP} for ours
 */
public record RuleDetails(
        boolean isInverted,
        int trafficClass,
        int goTo,
        int realms,
        OptionalLong tunnelId,
        OptionalInt suppressPrefixLength,
        OptionalInt suppressInterfaceGroup,
        Optional<Range> userIds,
        boolean isByInterface,
        int ipProtocol,
        Optional<Range> sourcePorts,
        Optional<Range> destinationPorts,
        int protocol) {
    /** None of it. */
    public static final RuleDetails NONE = new Builder().build();

    /** From one number to another, both in it; as unsigned. */
    public record Range(int from, int to) {}

    public RuleDetails {
        Objects.requireNonNull(tunnelId, "tunnelId");
        Objects.requireNonNull(suppressPrefixLength, "suppressPrefixLength");
        Objects.requireNonNull(suppressInterfaceGroup, "suppressInterfaceGroup");
        Objects.requireNonNull(userIds, "userIds");
        Objects.requireNonNull(sourcePorts, "sourcePorts");
        Objects.requireNonNull(destinationPorts, "destinationPorts");
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private boolean isInverted;
        private int trafficClass;
        private int goTo;
        private int realms;
        private OptionalLong tunnelId = OptionalLong.empty();
        private OptionalInt suppressPrefixLength = OptionalInt.empty();
        private OptionalInt suppressInterfaceGroup = OptionalInt.empty();
        private Optional<Range> userIds = Optional.empty();
        private boolean isByInterface;
        private int ipProtocol;
        private Optional<Range> sourcePorts = Optional.empty();
        private Optional<Range> destinationPorts = Optional.empty();
        private int protocol = Route.PROTOCOL_VRRP;

        /** Nothing yet. */
        public Builder() {}

        public Builder inverted(boolean given) {
            isInverted = given;
            return this;
        }

        public Builder trafficClass(int given) {
            trafficClass = given;
            return this;
        }

        public Builder goTo(int given) {
            goTo = given;
            return this;
        }

        public Builder realms(int given) {
            realms = given;
            return this;
        }

        public Builder tunnelId(long given) {
            tunnelId = OptionalLong.of(given);
            return this;
        }

        public Builder suppressPrefixLength(int given) {
            suppressPrefixLength = OptionalInt.of(given);
            return this;
        }

        public Builder suppressInterfaceGroup(int given) {
            suppressInterfaceGroup = OptionalInt.of(given);
            return this;
        }

        public Builder userIds(Range given) {
            userIds = Optional.of(given);
            return this;
        }

        public Builder byInterface(boolean given) {
            isByInterface = given;
            return this;
        }

        public Builder ipProtocol(int given) {
            ipProtocol = given;
            return this;
        }

        public Builder sourcePorts(Range given) {
            sourcePorts = Optional.of(given);
            return this;
        }

        public Builder destinationPorts(Range given) {
            destinationPorts = Optional.of(given);
            return this;
        }

        public Builder protocol(int given) {
            protocol = given;
            return this;
        }

        public RuleDetails build() {
            return new RuleDetails(
                    isInverted,
                    trafficClass,
                    goTo,
                    realms,
                    tunnelId,
                    suppressPrefixLength,
                    suppressInterfaceGroup,
                    userIds,
                    isByInterface,
                    ipProtocol,
                    sourcePorts,
                    destinationPorts,
                    protocol);
        }
    }
}
