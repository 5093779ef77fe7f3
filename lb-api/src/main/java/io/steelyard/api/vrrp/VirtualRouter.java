package io.steelyard.api.vrrp;

import io.steelyard.api.Problem;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Addresses that one of several machines owns at a time, and how these machines settle which (keepalived {@code vrrp_instance}). Single values are
 * checked here, what must go together by {@link #problems}.
 *
 * @param name unique within a configuration
 * @param interfaceName where adverts are sent and heard, and addresses are put unless they say otherwise
 * @param virtualRouterId 1 to 255; the same on all machines, and nobody else's on the network
 * @param version of the protocol
 * @param family over which adverts are sent; addresses must be of it, excluded ones need not
 * @param priority 1 to 255; the highest is active, 255 is the owner of the addresses and always so
 * @param advertInterval version 2: 1 to 255 whole seconds; version 3: 10 ms to 40.95 s in steps of 10 ms
 * @param downAdverts how many adverts must be missed before a backup takes over, 1 to 100
 * @param initialState said at start
 * @param preemption of active routers of lower priority
 * @param acceptsPackets packets to the addresses are accepted by an active router that is not the owner (Accept_Mode)
 * @param addresses what is owned and advertised, 0 to 255
 * @param excludedAddresses what is owned and not advertised
 * @param routes what the active router has
 * @param rules what the active router has
 * @param transport how adverts travel
 * @param sourceAddress of adverts; absent for the interface's first
 * @param tracksInterface the router is in FAULT while its interface is down (off: keepalived {@code dont_track_primary})
 * @param tracksSource the router is in FAULT while its source address is gone (keepalived {@code track_src_ip})
 * @param authentication of version 2
 * @param hmac trailer behind each advert; absent for none
 * @param checksum of version 3 over IPv4
 * @param virtualMac absent for the interface's own
 * @param ipvlan absent where adverts go by the interface itself, or by that of {@code virtualMac}
 * @param announcements to neighbours
 * @param strict the RFC to the letter; {@link #problems} tells what it forbids
 * @param dialect small choices in the protocol
 * @param tracks what changes the priority
 * @param notifications of changes of state
 * @param defence against two owners at once
 */
public record VirtualRouter(
        String name,
        String interfaceName,
        int virtualRouterId,
        VrrpVersion version,
        AddressFamily family,
        int priority,
        Duration advertInterval,
        int downAdverts,
        InitialState initialState,
        Preemption preemption,
        boolean acceptsPackets,
        List<VirtualAddress> addresses,
        List<VirtualAddress> excludedAddresses,
        List<VirtualRoute> routes,
        List<VirtualRule> rules,
        AdvertTransport transport,
        Optional<InetAddress> sourceAddress,
        boolean tracksInterface,
        boolean tracksSource,
        Authentication authentication,
        Optional<HmacAuthentication> hmac,
        ChecksumReading checksum,
        Optional<VirtualMac> virtualMac,
        Optional<Ipvlan> ipvlan,
        Announcements announcements,
        boolean strict,
        Dialect dialect,
        List<Track> tracks,
        Notifications notifications,
        SplitBrainDefence defence) {
    /** Priority of the owner of the addresses. */
    public static final int OWNER_PRIORITY = 255;

    /** The MTU of Ethernet, for which {@link #problems} says what does not fit into adverts. */
    public static final int ETHERNET_MTU = 1_500;

    private static final int MOST_ADVERTISED = 255;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int ADVERT_HEADER = 8;

    /** keepalived leaves so much free; who advertises one address more than it does would be found to differ. */
    private static final int LEFT_FREE = 16;

    private static final int V2_AUTHENTICATION = 8;
    private static final int AUTHENTICATION_HEADER = 24;
    private static final int HMAC_TRAILER = 28;

    /**
     * Small choices in the protocol, each of which keepalived has too.
     *
     * @param answersLowerPriority an active router answers an advert of lower priority at once (RFC 9568 section 6.4.3); earlier RFCs and
     *     {@code lower_prio_no_advert} ignore it
     * @param answersHigherPriority an active router sends one more advert before it gives way ({@code higher_prio_send_advert})
     * @param checksAddresses the list of addresses in an advert is compared with ours, and a difference counted: never, when the active router
     *     changes ({@code skip_check_adv_addr}), or always
     * @param ownerIgnoresAdverts an owner listens to nobody
     */
    public record Dialect(
            boolean answersLowerPriority,
            boolean answersHigherPriority,
            AddressCheck checksAddresses,
            boolean ownerIgnoresAdverts) {
        /** keepalived's defaults. */
        public static final Dialect KEEPALIVED = new Dialect(true, false, AddressCheck.ALWAYS, false);

        /** As {@link #KEEPALIVED}, and neighbours hear once more from who gives way, before the winner's announcements. */
        public static final Dialect DEFAULT = new Dialect(true, true, AddressCheck.ALWAYS, false);
    }

    /** When the list of addresses in adverts is compared with ours. */
    public enum AddressCheck {
        NEVER,
        ON_NEW_ACTIVE,
        ALWAYS
    }

    public VirtualRouter {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a virtual router's name is empty");
        }
        InterfaceNames.check(interfaceName);
        if (virtualRouterId < 1 || virtualRouterId > 255) {
            throw new IllegalArgumentException("virtual router id is " + virtualRouterId + ", expected 1 to 255");
        }
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(family, "family");
        if (priority < 1 || priority > OWNER_PRIORITY) {
            throw new IllegalArgumentException("priority is " + priority + ", expected 1 to 255");
        }
        if (advertInterval.isNegative() || advertInterval.isZero()) {
            throw new IllegalArgumentException("advertInterval must be greater than zero");
        }
        if (downAdverts < 1 || downAdverts > 100) {
            throw new IllegalArgumentException("downAdverts is " + downAdverts + ", expected 1 to 100");
        }
        Objects.requireNonNull(initialState, "initialState");
        Objects.requireNonNull(preemption, "preemption");
        addresses = List.copyOf(addresses);
        excludedAddresses = List.copyOf(excludedAddresses);
        routes = List.copyOf(routes);
        rules = List.copyOf(rules);
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(sourceAddress, "sourceAddress");
        Objects.requireNonNull(authentication, "authentication");
        Objects.requireNonNull(hmac, "hmac");
        Objects.requireNonNull(checksum, "checksum");
        Objects.requireNonNull(virtualMac, "virtualMac");
        Objects.requireNonNull(ipvlan, "ipvlan");
        Objects.requireNonNull(announcements, "announcements");
        Objects.requireNonNull(dialect, "dialect");
        tracks = List.copyOf(tracks);
        Objects.requireNonNull(notifications, "notifications");
        Objects.requireNonNull(defence, "defence");
    }

    /**
     * Version 3, priority 100, an advert each second, preemption, multicast.
     *
     * @param name unique within a configuration
     * @param interfaceName such as {@code eth0}
     * @param virtualRouterId 1 to 255
     */
    public static Builder builder(String name, String interfaceName, int virtualRouterId) {
        return new Builder(name, interfaceName, virtualRouterId);
    }

    /** How many addresses an advert has room for on a link with this MTU in octets: at most 255. An advert is never fragmented, and has as many as keepalived's. */
    public int mostAdvertised(int mtu) {
        boolean isIpv6 = family == AddressFamily.IPV6;
        int fixed = (isIpv6 ? IPV6_HEADER : IPV4_HEADER)
                + ADVERT_HEADER
                + LEFT_FREE
                + (version == VrrpVersion.V2 ? V2_AUTHENTICATION : 0)
                + (authentication instanceof Authentication.Header ? AUTHENTICATION_HEADER : 0)
                + (hmac.isPresent() ? HMAC_TRAILER : 0);
        return Math.clamp((mtu - fixed) / (isIpv6 ? 16 : 4), 0, MOST_ADVERTISED);
    }

    public boolean isOwner() {
        return priority == OWNER_PRIORITY;
    }

    public boolean isUnicast() {
        return transport instanceof AdvertTransport.Unicast;
    }

    /** Values that do not go together, each with its path, which begins with {@code path}. */
    public List<Problem> problems(String path) {
        return new VirtualRouterCheck(this, path).problems();
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private final String name;
        private final String interfaceName;
        private final int virtualRouterId;
        private VrrpVersion version = VrrpVersion.V3;
        private Optional<AddressFamily> family = Optional.empty();
        private int priority = 100;
        private Duration advertInterval = Duration.ofSeconds(1);
        private int downAdverts = 3;
        private InitialState initialState = InitialState.BACKUP;
        private Preemption preemption = Preemption.YES;
        private boolean acceptsPackets = true;
        private final List<VirtualAddress> addresses = new ArrayList<>();
        private final List<VirtualAddress> excludedAddresses = new ArrayList<>();
        private final List<VirtualRoute> routes = new ArrayList<>();
        private final List<VirtualRule> rules = new ArrayList<>();
        private AdvertTransport transport = AdvertTransport.Multicast.standard();
        private Optional<InetAddress> sourceAddress = Optional.empty();
        private boolean tracksInterface = true;
        private boolean tracksSource;
        private Authentication authentication = new Authentication.None();
        private Optional<HmacAuthentication> hmac = Optional.empty();
        private ChecksumReading checksum = ChecksumReading.RFC_9568;
        private Optional<VirtualMac> virtualMac = Optional.empty();
        private Optional<Ipvlan> ipvlan = Optional.empty();
        private Announcements announcements = Announcements.DEFAULT;
        private boolean strict;
        private Dialect dialect = Dialect.DEFAULT;
        private final List<Track> tracks = new ArrayList<>();
        private Notifications notifications = Notifications.NONE;
        private SplitBrainDefence defence = SplitBrainDefence.DEFAULT;

        private Builder(String name, String interfaceName, int virtualRouterId) {
            this.name = name;
            this.interfaceName = interfaceName;
            this.virtualRouterId = virtualRouterId;
        }

        public Builder version(VrrpVersion given) {
            version = given;
            return this;
        }

        /** Without it, the family of the first address holds, or else IPv4. */
        public Builder family(AddressFamily given) {
            family = Optional.of(given);
            return this;
        }

        public Builder priority(int given) {
            priority = given;
            return this;
        }

        public Builder advertInterval(Duration given) {
            advertInterval = given;
            return this;
        }

        public Builder downAdverts(int given) {
            downAdverts = given;
            return this;
        }

        public Builder initialState(InitialState given) {
            initialState = given;
            return this;
        }

        public Builder preemption(Preemption given) {
            preemption = given;
            return this;
        }

        public Builder acceptsPackets(boolean given) {
            acceptsPackets = given;
            return this;
        }

        /** One more. */
        public Builder address(VirtualAddress given) {
            addresses.add(given);
            return this;
        }

        /** One more, as {@link VirtualAddress#parse} reads it. */
        public Builder address(String text) {
            return address(VirtualAddress.parse(text));
        }

        /** One more. */
        public Builder excludedAddress(VirtualAddress given) {
            excludedAddresses.add(given);
            return this;
        }

        /** One more. */
        public Builder route(VirtualRoute given) {
            routes.add(given);
            return this;
        }

        /** One more. */
        public Builder rule(VirtualRule given) {
            rules.add(given);
            return this;
        }

        public Builder transport(AdvertTransport given) {
            transport = given;
            return this;
        }

        public Builder sourceAddress(InetAddress given) {
            sourceAddress = Optional.of(given);
            return this;
        }

        public Builder tracksInterface(boolean given) {
            tracksInterface = given;
            return this;
        }

        public Builder tracksSource(boolean given) {
            tracksSource = given;
            return this;
        }

        public Builder authentication(Authentication given) {
            authentication = given;
            return this;
        }

        public Builder hmac(HmacAuthentication given) {
            hmac = Optional.of(given);
            return this;
        }

        public Builder checksum(ChecksumReading given) {
            checksum = given;
            return this;
        }

        public Builder virtualMac(VirtualMac given) {
            virtualMac = Optional.of(given);
            return this;
        }

        public Builder ipvlan(Ipvlan given) {
            ipvlan = Optional.of(given);
            return this;
        }

        public Builder announcements(Announcements given) {
            announcements = given;
            return this;
        }

        public Builder strict(boolean given) {
            strict = given;
            return this;
        }

        public Builder dialect(Dialect given) {
            dialect = given;
            return this;
        }

        /** One more. */
        public Builder track(Track given) {
            tracks.add(given);
            return this;
        }

        public Builder notifications(Notifications given) {
            notifications = given;
            return this;
        }

        public Builder defence(SplitBrainDefence given) {
            defence = given;
            return this;
        }

        public VirtualRouter build() {
            return new VirtualRouter(
                    name,
                    interfaceName,
                    virtualRouterId,
                    version,
                    family.orElse(
                            addresses.isEmpty()
                                    ? AddressFamily.IPV4
                                    : addresses.getFirst().family()),
                    priority,
                    advertInterval,
                    downAdverts,
                    initialState,
                    preemption,
                    acceptsPackets,
                    addresses,
                    excludedAddresses,
                    routes,
                    rules,
                    transport,
                    sourceAddress,
                    tracksInterface,
                    tracksSource,
                    authentication,
                    hmac,
                    checksum,
                    virtualMac,
                    ipvlan,
                    announcements,
                    strict,
                    dialect,
                    tracks,
                    notifications,
                    defence);
        }
    }
}
