package io.steelyard.config.yaml;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.Announcements;
import io.steelyard.api.vrrp.Authentication;
import io.steelyard.api.vrrp.ChecksumReading;
import io.steelyard.api.vrrp.HmacAuthentication;
import io.steelyard.api.vrrp.InitialState;
import io.steelyard.api.vrrp.Ipvlan;
import io.steelyard.api.vrrp.Notifications;
import io.steelyard.api.vrrp.Preemption;
import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualMac;
import io.steelyard.api.vrrp.VirtualRoute;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VirtualRule;
import io.steelyard.api.vrrp.VrrpVersion;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@link VirtualRouter}. */
final class VirtualRouterSection extends Section<VirtualRouter> {
    private static final VirtualRouter DEFAULTS =
            VirtualRouter.builder("defaults", "lo", 1).build();

    private final Key<VirtualRouter, String> interfaceName =
            required("interface", Forms.text(), VirtualRouter::interfaceName, "Such as `eth0`.");
    private final Key<VirtualRouter, Integer> virtualRouterId = required(
            "virtualRouterId",
            Forms.whole(1, 255),
            VirtualRouter::virtualRouterId,
            "The same on all machines of one router.");
    private final Key<VirtualRouter, VrrpVersion> version = optional(
            "version", Forms.word(VrrpVersion.class), VirtualRouter::version, DEFAULTS.version(), "Of the protocol.");
    private final Key<VirtualRouter, AddressFamily> family = derived(
            "family",
            Forms.word(AddressFamily.class),
            VirtualRouter::family,
            router -> familyOf(router.addresses()),
            "that of the first address, or `ipv4`",
            "Of adverts.");
    private final Key<VirtualRouter, Integer> priority = optional(
            "priority",
            Forms.whole(1, 255),
            VirtualRouter::priority,
            DEFAULTS.priority(),
            "255 for the owner of the addresses.");
    private final Key<VirtualRouter, Duration> advertInterval = optional(
            "advertInterval",
            Forms.positiveTime(),
            VirtualRouter::advertInterval,
            DEFAULTS.advertInterval(),
            "From one advert to the next: whole seconds in version 2, `10ms` to `40.95s` in version 3.");
    private final Key<VirtualRouter, Integer> downAdverts = optional(
            "downAdverts",
            Forms.whole(1, 100),
            VirtualRouter::downAdverts,
            DEFAULTS.downAdverts(),
            "How many adverts must be missing before a backup takes over.");
    private final Key<VirtualRouter, InitialState> initialState = optional(
            "initialState",
            Forms.word(InitialState.class),
            VirtualRouter::initialState,
            DEFAULTS.initialState(),
            "What it is said to be at start; only priority 255 makes it active at once.");
    private final Key<VirtualRouter, Preemption> preemption = optional(
            "preemption",
            new PreemptionSection(),
            VirtualRouter::preemption,
            Preemption.YES,
            "Whether it takes over from an active router of lower priority.");
    private final Key<VirtualRouter, Boolean> acceptsPackets = optional(
            "acceptsPackets",
            Forms.flag(),
            VirtualRouter::acceptsPackets,
            DEFAULTS.acceptsPackets(),
            "Whether the addresses answer on who is not their owner.");
    private final Key<VirtualRouter, List<VirtualAddress>> addresses = optional(
            "addresses",
            VirtualAddressSection.list(),
            VirtualRouter::addresses,
            List.of(),
            "What the active router has.");
    private final Key<VirtualRouter, List<VirtualAddress>> excludedAddresses = optional(
            "excludedAddresses",
            VirtualAddressSection.list(),
            VirtualRouter::excludedAddresses,
            List.of(),
            "The same, but adverts do not tell of them.");
    private final Key<VirtualRouter, List<VirtualRoute>> routes = optional(
            "routes",
            Forms.list(new VirtualRouteSection()),
            VirtualRouter::routes,
            List.of(),
            "Routes of the active router.");
    private final Key<VirtualRouter, List<VirtualRule>> rules = optional(
            "rules",
            Forms.list(new VirtualRuleSection()),
            VirtualRouter::rules,
            List.of(),
            "Routing rules of the active router.");
    private final Key<VirtualRouter, AdvertTransport> transport = optional(
            "transport",
            new AdvertTransportSection(),
            VirtualRouter::transport,
            AdvertTransport.Multicast.standard(),
            "How adverts reach the others.");
    private final Key<VirtualRouter, InetAddress> sourceAddress = absent(
            "sourceAddress",
            Endpoints.address(),
            VirtualRouter::sourceAddress,
            "the interface's first",
            "Where adverts come from.");
    private final Key<VirtualRouter, Boolean> tracksInterface = optional(
            "tracksInterface",
            Forms.flag(),
            VirtualRouter::tracksInterface,
            DEFAULTS.tracksInterface(),
            "With its interface down the router is in FAULT.");
    private final Key<VirtualRouter, Boolean> tracksSource = optional(
            "tracksSource",
            Forms.flag(),
            VirtualRouter::tracksSource,
            DEFAULTS.tracksSource(),
            "Without its source address the router is in FAULT.");
    private final Key<VirtualRouter, Authentication> authentication = absent(
            "authentication",
            new AuthenticationSection(),
            router -> Optional.of(router.authentication()).filter(given -> !(given instanceof Authentication.None)),
            "none",
            "Of version 2, as keepalived has it.");
    private final Key<VirtualRouter, HmacAuthentication> hmac =
            absent("hmac", new HmacSection(), VirtualRouter::hmac, "none", "A trailer that proves who sent an advert.");
    private final Key<VirtualRouter, ChecksumReading> checksum = optional(
            "checksum",
            Forms.word(ChecksumReading.class),
            VirtualRouter::checksum,
            DEFAULTS.checksum(),
            "What the checksum of version 3 over IPv4 covers; keepalived reads it as `rfc5798`.");
    private final Key<VirtualRouter, VirtualMac> virtualMac = absent(
            "virtualMac",
            new VirtualMacSection(),
            VirtualRouter::virtualMac,
            "the interface's",
            "A link-layer address that moves with the addresses.");
    private final Key<VirtualRouter, Ipvlan> ipvlan = absent(
            "ipvlan",
            new IpvlanSection(),
            VirtualRouter::ipvlan,
            "none",
            "Adverts go by an interface of their own with the link-layer address of the other, where the addresses stay.");
    private final Key<VirtualRouter, Announcements> announcements = optional(
            "announcements",
            new AnnouncementsSection(),
            VirtualRouter::announcements,
            Announcements.DEFAULT,
            "How neighbours are told whose the addresses are.");
    private final Key<VirtualRouter, Boolean> strict = optional(
            "strict", Forms.flag(), VirtualRouter::strict, DEFAULTS.strict(), "Nothing that the RFC does not have.");
    private final Key<VirtualRouter, VirtualRouter.Dialect> dialect = optional(
            "dialect",
            new DialectSection(),
            VirtualRouter::dialect,
            VirtualRouter.Dialect.DEFAULT,
            "Small choices in the protocol.");
    private final Key<VirtualRouter, List<Track>> tracks = optional(
            "tracks",
            Forms.list(Forms.shortened(new TrackSection(), "tracker")),
            VirtualRouter::tracks,
            List.of(),
            "Trackers that the priority follows.");
    private final Key<VirtualRouter, Notifications> notifications = optional(
            "notifications",
            new NotificationsSection(),
            VirtualRouter::notifications,
            Notifications.NONE,
            "Who is told of changes.");
    private final Key<VirtualRouter, SplitBrainDefence> defence = optional(
            "defence",
            new DefenceSection(),
            VirtualRouter::defence,
            SplitBrainDefence.DEFAULT,
            "What keeps two machines from having the addresses at once.");

    VirtualRouterSection() {
        super("virtual router");
    }

    private static AddressFamily familyOf(List<VirtualAddress> addresses) {
        return addresses.isEmpty() ? AddressFamily.IPV4 : addresses.getFirst().family();
    }

    @Override
    VirtualRouter make(Values values) {
        var advertised = values.or(addresses, List.of());
        return new VirtualRouter(
                values.name(),
                values.get(interfaceName),
                values.get(virtualRouterId),
                values.or(version, DEFAULTS.version()),
                values.or(family, familyOf(advertised)),
                values.or(priority, DEFAULTS.priority()),
                values.or(advertInterval, DEFAULTS.advertInterval()),
                values.or(downAdverts, DEFAULTS.downAdverts()),
                values.or(initialState, DEFAULTS.initialState()),
                values.or(preemption, Preemption.YES),
                values.or(acceptsPackets, DEFAULTS.acceptsPackets()),
                advertised,
                values.or(excludedAddresses, List.of()),
                values.or(routes, List.of()),
                values.or(rules, List.of()),
                values.or(transport, AdvertTransport.Multicast.standard()),
                values.find(sourceAddress),
                values.or(tracksInterface, DEFAULTS.tracksInterface()),
                values.or(tracksSource, DEFAULTS.tracksSource()),
                values.find(authentication).orElseGet(Authentication.None::new),
                values.find(hmac),
                values.or(checksum, DEFAULTS.checksum()),
                values.find(virtualMac),
                values.find(ipvlan),
                values.or(announcements, Announcements.DEFAULT),
                values.or(strict, DEFAULTS.strict()),
                values.or(dialect, VirtualRouter.Dialect.DEFAULT),
                values.or(tracks, List.of()),
                values.or(notifications, Notifications.NONE),
                values.or(defence, SplitBrainDefence.DEFAULT));
    }

    /** {@link Preemption}. */
    static final class PreemptionSection extends Section<Preemption> {
        private final Key<Preemption, Boolean> allowed =
                optional("allowed", Forms.flag(), Preemption::isAllowed, true, "Whether it does.");
        private final Key<Preemption, Duration> delay = optional(
                "delay",
                Forms.time(),
                Preemption::delay,
                Duration.ZERO,
                "How long the lower priority must have been heard before, at most `1000s`.");

        PreemptionSection() {
            super("preemption");
        }

        @Override
        Preemption make(Values values) {
            return new Preemption(values.or(allowed, true), values.or(delay, Duration.ZERO));
        }
    }

    /** {@link Authentication}. */
    static final class AuthenticationSection extends Section<Authentication> {
        private final Key<Authentication, String> password = absent(
                "password",
                Forms.text(),
                secret ->
                        secret instanceof Authentication.Password given ? Optional.of(given.text()) : Optional.empty(),
                "",
                "Type 1: eight bytes that everybody on the network can read.");
        private final Key<Authentication, String> headerKey = absent(
                "headerKey",
                Forms.text(),
                secret -> secret instanceof Authentication.Header given ? Optional.of(given.key()) : Optional.empty(),
                "",
                "Type 2: an IP authentication header, made with the first eight bytes.");

        AuthenticationSection() {
            super("authentication");
        }

        @Override
        Authentication make(Values values) {
            if (values.find(password).isPresent() == values.find(headerKey).isPresent()) {
                throw new IllegalArgumentException("authentication has one of password and headerKey");
            }
            return values.find(password)
                    .<Authentication>map(Authentication.Password::new)
                    .orElseGet(() -> new Authentication.Header(values.get(headerKey)));
        }
    }

    /** {@link VirtualRouter.Dialect}. */
    static final class DialectSection extends Section<VirtualRouter.Dialect> {
        private static final VirtualRouter.Dialect USUAL = VirtualRouter.Dialect.DEFAULT;

        private final Key<VirtualRouter.Dialect, Boolean> answersLowerPriority = optional(
                "answersLowerPriority",
                Forms.flag(),
                VirtualRouter.Dialect::answersLowerPriority,
                USUAL.answersLowerPriority(),
                "An active router answers an advert of lower priority at once.");
        private final Key<VirtualRouter.Dialect, Boolean> answersHigherPriority = optional(
                "answersHigherPriority",
                Forms.flag(),
                VirtualRouter.Dialect::answersHigherPriority,
                USUAL.answersHigherPriority(),
                "An active router sends one more advert before it gives way.");
        private final Key<VirtualRouter.Dialect, VirtualRouter.AddressCheck> checksAddresses = optional(
                "checksAddresses",
                Forms.word(VirtualRouter.AddressCheck.class),
                VirtualRouter.Dialect::checksAddresses,
                USUAL.checksAddresses(),
                "When the addresses in adverts are compared with ours.");
        private final Key<VirtualRouter.Dialect, Boolean> ownerIgnoresAdverts = optional(
                "ownerIgnoresAdverts",
                Forms.flag(),
                VirtualRouter.Dialect::ownerIgnoresAdverts,
                USUAL.ownerIgnoresAdverts(),
                "An owner listens to nobody.");

        DialectSection() {
            super("dialect");
        }

        @Override
        VirtualRouter.Dialect make(Values values) {
            return new VirtualRouter.Dialect(
                    values.or(answersLowerPriority, USUAL.answersLowerPriority()),
                    values.or(answersHigherPriority, USUAL.answersHigherPriority()),
                    values.or(checksAddresses, USUAL.checksAddresses()),
                    values.or(ownerIgnoresAdverts, USUAL.ownerIgnoresAdverts()));
        }
    }
}
