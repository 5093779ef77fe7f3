package io.steelyard.api.vrrp;

import io.steelyard.api.proxy.Network;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * A rule that chooses a routing table while the router is active, as {@code ip rule add} would add it (keepalived {@code virtual_rules}).
 *
 * @param family of the packets it is for
 * @param from their source; absent for any
 * @param to their destination; absent for any
 * @param isInverted the rule holds for packets that do not match
 * @param priority smaller counts first, as unsigned; absent for the kernel's choice
 * @param action what becomes of them
 * @param selectors the values of {@link RuleSelector}s by their words, such as {@code fwmark}, {@code iif} or {@code uidrange}
 * @param isTracked whether somebody else's removing it makes the router step down
 */
public record VirtualRule(
        AddressFamily family,
        Optional<Network> from,
        Optional<Network> to,
        boolean isInverted,
        OptionalInt priority,
        Action action,
        Map<String, String> selectors,
        boolean isTracked) {
    /** What becomes of packets that match. */
    public sealed interface Action {
        /** A routing table is asked. */
        record Lookup(int table) implements Action {}

        /** Another rule comes next. */
        record GoTo(int priority) implements Action {}

        /** Dropped in silence. */
        record Blackhole() implements Action {}

        /** Refused: network unreachable. */
        record Unreachable() implements Action {}

        /** Refused: communication prohibited. */
        record Prohibit() implements Action {}

        /** The routing table of the packet's VRF is asked ({@code l3mdev}). */
        record InterfaceTable() implements Action {}

        /** Nothing: a place to go to. */
        record Nothing() implements Action {}
    }

    public VirtualRule {
        Objects.requireNonNull(family, "family");
        Objects.requireNonNull(priority, "priority");
        Objects.requireNonNull(action, "action");
        selectors = Map.copyOf(selectors);
        selectors.forEach((name, value) -> RuleSelector.of(name)
                .orElseThrow(() -> new IllegalArgumentException("a rule has no selector '" + name + "'"))
                .parse(value));
        if (priority.isPresent() && priority.getAsInt() == 0) {
            throw new IllegalArgumentException("priority 0 is the kernel's own; expected at least 1");
        }
        if (action instanceof Action.Lookup lookup && lookup.table() == 0) {
            throw new IllegalArgumentException("table is 0, expected at least 1");
        }
        if (action instanceof Action.GoTo next
                && (next.priority() == 0
                        || priority.isPresent()
                                && Integer.compareUnsigned(next.priority(), priority.getAsInt()) <= 0)) {
            throw new IllegalArgumentException("a rule goes to one of a higher priority number, not to "
                    + Integer.toUnsignedString(next.priority()));
        }
        var own = family;
        from.ifPresent(network -> checkFamily(network, own));
        to.ifPresent(network -> checkFamily(network, own));
    }

    private static void checkFamily(Network network, AddressFamily family) {
        if (AddressFamily.of(network.address()) != family) {
            throw new IllegalArgumentException(network + " is not of the rule's family " + family);
        }
    }

    public static Builder builder(AddressFamily family, Action action) {
        return new Builder(family, action);
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private final AddressFamily family;
        private final Action action;
        private Optional<Network> from = Optional.empty();
        private Optional<Network> to = Optional.empty();
        private boolean isInverted;
        private OptionalInt priority = OptionalInt.empty();
        private final Map<String, String> selectors = new TreeMap<>();
        private boolean isTracked = true;

        private Builder(AddressFamily family, Action action) {
            this.family = family;
            this.action = action;
        }

        public Builder from(Network given) {
            from = Optional.of(given);
            return this;
        }

        public Builder to(Network given) {
            to = Optional.of(given);
            return this;
        }

        public Builder inverted(boolean given) {
            isInverted = given;
            return this;
        }

        public Builder priority(int given) {
            priority = OptionalInt.of(given);
            return this;
        }

        public Builder selector(String name, String value) {
            if (selectors.put(name, value) != null) {
                throw new IllegalStateException("selector '" + name + "' was set twice");
            }
            return this;
        }

        public Builder tracked(boolean given) {
            isTracked = given;
            return this;
        }

        public VirtualRule build() {
            return new VirtualRule(family, from, to, isInverted, priority, action, selectors, isTracked);
        }
    }
}
