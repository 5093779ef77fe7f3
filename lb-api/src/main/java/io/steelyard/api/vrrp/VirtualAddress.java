package io.steelyard.api.vrrp;

import io.steelyard.api.pool.ServerAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * An address that the active router has, as {@code ip address add} would add it (keepalived {@code virtual_ipaddress}).
 *
 * @param address IPv4 or IPv6
 * @param prefix how many bits name the network: 0 to 32 or to 128
 * @param interfaceName where; absent for the router's own interface, or its virtual one
 * @param peer the other end of a point-to-point link
 * @param broadcast of IPv4; absent for none
 * @param scope such as {@code global} or {@code link}; absent for the kernel's choice
 * @param label of IPv4, as the interface's alias, at most 15 characters
 * @param preferredLifetime how long the kernel chooses the address as a source; absent for ever, zero for never
 * @param flags how the kernel treats it
 * @param isTracked whether somebody else's removing it makes the router step down
 * @param virtualMac a link-layer address of its own on the interface where it goes (keepalived {@code use_vmac} behind an address); absent for
 *     the interface's, or the router's. Its interface is called as {@link VrrpSettings#addressInterfacePrefix} says unless it has a name
 */
public record VirtualAddress(
        InetAddress address,
        int prefix,
        Optional<String> interfaceName,
        Optional<InetAddress> peer,
        Optional<InetAddress> broadcast,
        Optional<String> scope,
        Optional<String> label,
        Optional<Duration> preferredLifetime,
        Set<Flag> flags,
        boolean isTracked,
        Optional<VirtualMac> virtualMac) {
    /** How the kernel treats an address. The names are those of {@code ip address add}. */
    public enum Flag {
        /** Home address of mobile IPv6. */
        HOME,
        /** No duplicate address detection for IPv6. */
        NODAD,
        /** Temporary addresses are made from it. */
        MNGTMPADDR,
        /** No route to its network is made. */
        NOPREFIXROUTE,
        /** A multicast address is joined. */
        AUTOJOIN
    }

    public VirtualAddress {
        Objects.requireNonNull(address, "address");
        int most = address.getAddress().length * 8;
        if (prefix < 0 || prefix > most) {
            throw new IllegalArgumentException("prefix " + prefix + " is out of range; expected 0 to " + most);
        }
        interfaceName.ifPresent(InterfaceNames::check);
        Objects.requireNonNull(peer, "peer");
        Objects.requireNonNull(broadcast, "broadcast");
        scope.ifPresent(name -> RouteNames.scope(name.toLowerCase(Locale.ROOT)));
        label.ifPresent(text -> {
            if (text.isEmpty() || text.length() > 15) {
                throw new IllegalArgumentException("label '" + text + "' is not 1 to 15 characters long");
            }
        });
        preferredLifetime.ifPresent(time -> {
            if (time.isNegative()) {
                throw new IllegalArgumentException("preferredLifetime is negative");
            }
        });
        flags = Set.copyOf(flags);
        virtualMac.ifPresent(mac -> {
            if (mac.sendsFromParent()) {
                throw new IllegalArgumentException("the virtualMac of an address sends no adverts");
            }
        });
    }

    /**
     * Reads {@code 192.0.2.1}, {@code 192.0.2.1/24} or {@code 2001:db8::1/64}; without a prefix the address alone, /32 or /128.
     *
     * @throws IllegalArgumentException with the reason
     */
    public static VirtualAddress parse(String text) {
        return builder(text).build();
    }

    /** Starts with this one's values. */
    public Builder toBuilder() {
        var builder = new Builder(address, prefix).tracked(isTracked);
        interfaceName.ifPresent(builder::interfaceName);
        peer.ifPresent(builder::peer);
        broadcast.ifPresent(builder::broadcast);
        scope.ifPresent(builder::scope);
        label.ifPresent(builder::label);
        preferredLifetime.ifPresent(builder::preferredLifetime);
        flags.forEach(builder::flag);
        virtualMac.ifPresent(builder::virtualMac);
        return builder;
    }

    /** As {@link #parse}. */
    public static Builder builder(String text) {
        int slash = text.indexOf('/');
        var address = ServerAddress.numericAddress(slash < 0 ? text : text.substring(0, slash));
        int prefix = address.getAddress().length * 8;
        if (slash >= 0) {
            var digits = text.substring(slash + 1);
            if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw new IllegalArgumentException("'" + text + "' has no valid prefix length after '/'");
            }
            prefix = Integer.parseInt(digits);
        }
        return new Builder(address, prefix);
    }

    public AddressFamily family() {
        return AddressFamily.of(address);
    }

    /** Address and prefix, as {@link #parse} reads them. */
    public String text() {
        return address.getHostAddress() + "/" + prefix;
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private final InetAddress address;
        private final int prefix;
        private Optional<String> interfaceName = Optional.empty();
        private Optional<InetAddress> peer = Optional.empty();
        private Optional<InetAddress> broadcast = Optional.empty();
        private Optional<String> scope = Optional.empty();
        private Optional<String> label = Optional.empty();
        private Optional<Duration> preferredLifetime = Optional.empty();
        private final Set<Flag> flags = EnumSet.noneOf(Flag.class);
        private boolean isTracked = true;
        private Optional<VirtualMac> virtualMac = Optional.empty();

        private Builder(InetAddress address, int prefix) {
            this.address = address;
            this.prefix = prefix;
        }

        public Builder interfaceName(String given) {
            interfaceName = Optional.of(given);
            return this;
        }

        public Builder peer(InetAddress given) {
            peer = Optional.of(given);
            return this;
        }

        public Builder broadcast(InetAddress given) {
            broadcast = Optional.of(given);
            return this;
        }

        public Builder scope(String given) {
            scope = Optional.of(given);
            return this;
        }

        public Builder label(String given) {
            label = Optional.of(given);
            return this;
        }

        public Builder preferredLifetime(Duration given) {
            preferredLifetime = Optional.of(given);
            return this;
        }

        /** One more. */
        public Builder flag(Flag given) {
            flags.add(given);
            return this;
        }

        public Builder tracked(boolean given) {
            isTracked = given;
            return this;
        }

        public Builder virtualMac(VirtualMac given) {
            virtualMac = Optional.of(given);
            return this;
        }

        public VirtualAddress build() {
            return new VirtualAddress(
                    address,
                    prefix,
                    interfaceName,
                    peer,
                    broadcast,
                    scope,
                    label,
                    preferredLifetime,
                    flags,
                    isTracked,
                    virtualMac);
        }
    }
}
