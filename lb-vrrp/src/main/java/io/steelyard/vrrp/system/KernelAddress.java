package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.RouteNames;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.linux.netlink.AssignedAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** How a configured address is put to the kernel. Pure. */
final class KernelAddress {
    private static final int MOST_LABEL = 15;

    private KernelAddress() {}

    /**
     * The address with its options, and as long as it is refreshed.
     *
     * <p>IPv6 addresses skip the kernel's duplicate address detection: it would keep a taken-over address from being used for a second, and the
     * routers themselves see to it that one of them has it (RFC 9568 section 8.2.2). Whether somebody else has it is asked before it is claimed.
     *
     * @param interfaceIndex where it goes
     * @param lifetimeSeconds after how many seconds the kernel removes it unless it is set again; {@link AssignedAddress#FOREVER} for never
     */
    static AssignedAddress of(VirtualAddress address, int interfaceIndex, long lifetimeSeconds) {
        long preferred = Math.min(
                address.preferredLifetime().map(Duration::toSeconds).orElse(AssignedAddress.FOREVER), lifetimeSeconds);
        return new AssignedAddress(
                address.address(),
                address.prefix(),
                address.peer(),
                address.broadcast(),
                interfaceIndex,
                address.label().filter(label -> label.length() <= MOST_LABEL).orElse(""),
                scope(address.scope()),
                flags(address),
                preferred,
                lifetimeSeconds);
    }

    private static int flags(VirtualAddress address) {
        int flags = address.address().getAddress().length == 4 ? 0 : AssignedAddress.NO_DAD;
        for (var flag : address.flags()) {
            flags |= switch (flag) {
                case HOME -> AssignedAddress.HOME_ADDRESS;
                case NODAD -> AssignedAddress.NO_DAD;
                case MNGTMPADDR -> AssignedAddress.MANAGE_TEMPORARY;
                case NOPREFIXROUTE -> AssignedAddress.NO_PREFIX_ROUTE;
                case AUTOJOIN -> AssignedAddress.JOIN_GROUP;
            };
        }
        return flags;
    }

    /**
     * A scope by its name in /etc/iproute2/rt_scopes, or its number.
     *
     * @throws IllegalArgumentException where it is neither
     */
    static int scope(Optional<String> name) {
        return RouteNames.scope(name.orElse("global").toLowerCase(Locale.ROOT));
    }

    /**
     * For how long the kernel keeps addresses that are refreshed with each advert: that many intervals, and the next whole second above.
     *
     * @param adverts 0 for ever
     */
    static long lifetimeSeconds(int adverts, Duration interval) {
        if (adverts == 0) {
            return AssignedAddress.FOREVER;
        }
        long nanoseconds = interval.multipliedBy(adverts).toNanos();
        return Math.max((nanoseconds + 999_999_999L) / 1_000_000_000L, 1);
    }
}
