package io.steelyard.config.keepalived;

import io.steelyard.api.Position;
import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.Authentication;
import io.steelyard.api.vrrp.ChecksumReading;
import io.steelyard.api.vrrp.InitialState;
import io.steelyard.api.vrrp.Preemption;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualMac;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpVersion;
import io.steelyard.config.keepalived.grammar.Entry;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes a virtual router of a {@code vrrp_instance}, with keepalived's defaults and its corrections of what does not go together. Where
 * keepalived corrects in silence or says so in its log alone, a warning says what really happens. One use.
 */
final class InstanceReader {
    private static final int MOST_ADVERTISED = 255;
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final InstanceWords words;
    private final Globals globals;
    private final Pacing pacing;
    private final Trackers trackers;
    private final Findings findings;
    private final String name;
    private final boolean isStrict;
    private final AddressFamily family;
    private final VrrpVersion version;
    private final int priority;
    private final InitialState initialState;

    InstanceReader(InstanceWords words, Globals globals, Pacing pacing, Trackers trackers, Findings findings) {
        this.words = words;
        this.trackers = trackers;
        this.globals = globals;
        this.pacing = pacing;
        this.findings = findings;
        name = words.block.arguments().getFirst().text();
        isStrict = words.isStrict.orElse(globals.isStrict);
        family = family();
        version = version();
        boolean isCalledMaster = words.state
                .map(entry -> entry.arguments().getFirst().text())
                .filter("MASTER"::equals)
                .isPresent();
        priority = words.priority.orElse(isCalledMaster ? VirtualRouter.OWNER_PRIORITY : 100);
        initialState = initialState(isCalledMaster);
    }

    private Position here() {
        return words.block.position();
    }

    private static Position at(Optional<Entry> entry, Position otherwise) {
        return entry.map(Entry::position).orElse(otherwise);
    }

    Optional<VirtualRouter> read() {
        var interfaceName = words.interfaceName
                .or(() -> words.hasMac || words.ipvlan.isPresent() ? globals.defaultInterface : Optional.empty())
                .or(() -> globals.defaultInterface);
        if (interfaceName.isEmpty() || words.id.isEmpty()) {
            findings.error(
                    here(),
                    "vrrp_instance '" + name + "' has no " + (words.id.isEmpty() ? "virtual_router_id" : "interface"),
                    words.id.isEmpty() ? "a number from 1 to 255" : "the name of an interface");
            return Optional.empty();
        }
        place();
        tellOfTraps();
        moveWhatDoesNotFit();
        try {
            return Optional.of(build(interfaceName.get(), words.id.getAsInt()));
        } catch (IllegalArgumentException wrong) {
            findings.error(here(), "vrrp_instance '" + name + "': " + wrong.getMessage(), "");
            return Optional.empty();
        }
    }

    private VirtualRouter build(String interfaceName, int id) {
        var interval = advertInterval();
        int downAdverts = downAdverts();
        boolean isDelayed = !words.isApartFromInterface && trackers.delays(interfaceName);
        var builder = VirtualRouter.builder(name, interfaceName, id)
                .version(version)
                .family(family)
                .priority(priority)
                .advertInterval(interval)
                .downAdverts(downAdverts)
                .initialState(initialState)
                .preemption(preemption())
                .acceptsPackets(words.accepts.orElse(!isStrict || isOwner()))
                .transport(transport())
                .tracksInterface(!words.isApartFromInterface && !isDelayed)
                .tracksSource(words.tracksSource)
                .authentication(authentication())
                .checksum(checksum())
                .announcements(words.announcements.over(
                        globals.announcements,
                        globals.hasFewArp,
                        isStrict,
                        pacing.arp(interfaceName, globals),
                        pacing.neighbours(interfaceName, globals)))
                .strict(isStrict)
                .dialect(dialect())
                .notifications(words.notifications());
        words.addresses.forEach(address -> builder.address(placed(address, interfaceName)));
        words.excluded.forEach(address -> builder.excludedAddress(placed(address, interfaceName)));
        words.routes.forEach(builder::route);
        words.rules.forEach(builder::rule);
        words.tracks.forEach(builder::track);
        if (isDelayed) {
            // Longer than that, an interface could be down while a backup waits for adverts in vain and takes over.
            var longest = interval.multipliedBy(downAdverts - 1L).minus(interval.dividedBy(256));
            trackers.limitDownDelay(interfaceName, longest, here());
            builder.track(Track.of(trackers.interfaceNamed(interfaceName, here())));
        }
        words.source.ifPresent(builder::sourceAddress);
        words.hmac.ifPresent(builder::hmac);
        words.ipvlan.ifPresent(builder::ipvlan);
        if (words.hasMac) {
            builder.virtualMac(new VirtualMac(words.macInterface, words.macAddress, words.sendsFromParent));
        }
        return builder.build();
    }

    private ChecksumReading checksum() {
        if (words.hasOldChecksum) {
            return ChecksumReading.RFC_9568;
        }
        boolean matters = !words.peers.isEmpty() && version == VrrpVersion.V3 && family == AddressFamily.IPV4;
        return matters ? words.unicastChecksum : ChecksumReading.RFC_5798;
    }

    private boolean isOwner() {
        return priority == VirtualRouter.OWNER_PRIORITY;
    }

    private void place() {
        var path = "virtualRouters." + name;
        findings.place(path, here());
        words.state.ifPresent(entry -> findings.place(path + ".initialState", entry.position()));
        words.authentication.ifPresent(entry -> findings.place(path + ".authentication", entry.position()));
        words.advertInterval.ifPresent(entry -> findings.place(path + ".advertInterval", entry.position()));
        words.unicastPeers.ifPresent(entry -> findings.place(path + ".transport", entry.position()));
        for (var entry : words.block.entries()) {
            switch (entry.keyword()) {
                case "virtual_ipaddress" -> findings.place(path + ".addresses", entry.position());
                case "use_vmac" -> findings.place(path + ".virtualMac", entry.position());
                case "use_ipvlan" -> findings.place(path + ".ipvlan", entry.position());
                case "virtual_ipaddress_excluded" -> findings.place(path + ".excludedAddresses", entry.position());
                case "nopreempt", "preempt_delay" -> findings.place(path + ".preemption", entry.position());
                default -> {}
            }
        }
    }

    /** {@code use_vmac_addr} gives addresses of other interfaces, and of the other family, a link-layer address of their own. */
    private VirtualAddress placed(VirtualAddress address, String routers) {
        boolean isElsewhere = !address.interfaceName().orElse(routers).equals(routers) || address.family() != family;
        if (!words.hasMacOfAddresses || !isElsewhere || address.virtualMac().isPresent()) {
            return address;
        }
        return address.toBuilder().virtualMac(VirtualMac.standard()).build();
    }

    private AddressFamily family() {
        if (words.isIpv6) {
            return AddressFamily.IPV6;
        }
        return words.addresses.stream()
                .findFirst()
                .map(address -> AddressFamily.of(address.address()))
                .or(() -> words.source.map(AddressFamily::of))
                .or(() -> words.peers.stream().findFirst().map(peer -> AddressFamily.of(peer.address())))
                .orElse(AddressFamily.IPV4);
    }

    private VrrpVersion version() {
        int wanted = words.version.orElse(globals.version);
        if (family == AddressFamily.IPV6) {
            if (words.version.orElse(3) == 2) {
                findings.warning(here(), "VRRPv2 has no IPv6; version 3 is used", "write 'version 3'");
            }
            return VrrpVersion.V3;
        }
        return wanted == 3 ? VrrpVersion.V3 : VrrpVersion.V2;
    }

    private InitialState initialState(boolean isCalledMaster) {
        words.state.ifPresent(entry -> {
            var text = entry.arguments().getFirst();
            if (!text.text().equals("MASTER") && !text.text().equals("BACKUP")) {
                findings.error(text.position(), "state is '" + text + "'", "MASTER or BACKUP");
            }
        });
        if (isStrict && isOwner()) {
            return InitialState.ACTIVE;
        }
        if (isCalledMaster && isStrict) {
            findings.warning(
                    at(words.state, here()),
                    "strict mode has only the owner, priority 255, start as MASTER: this router starts as BACKUP",
                    "write 'state BACKUP'");
            return InitialState.BACKUP;
        }
        if (isCalledMaster && words.secret instanceof Authentication.Header) {
            findings.warning(
                    at(words.state, here()),
                    "with auth_type AH nobody starts as MASTER: this router starts as BACKUP",
                    "write 'state BACKUP'");
            return InitialState.BACKUP;
        }
        return isCalledMaster ? InitialState.ACTIVE : InitialState.BACKUP;
    }

    private Duration advertInterval() {
        var interval = words.interval.or(() -> Optional.of(SECOND)).orElseThrow();
        var unit = version == VrrpVersion.V2 ? SECOND : Duration.ofMillis(10);
        long units = Math.max(1, (interval.toNanos() + unit.toNanos() / 2) / unit.toNanos());
        var rounded = unit.multipliedBy(units);
        if (!rounded.equals(interval)) {
            findings.warning(
                    at(words.advertInterval, here()),
                    "advert_int of version "
                            + (version == VrrpVersion.V2 ? "2 counts whole seconds: " : "3 counts hundredths: ")
                            + rounded.toMillis() / 1_000.0 + " s is used",
                    "write what is meant, and version 3 for parts of a second");
        }
        return rounded;
    }

    private int downAdverts() {
        int wanted = words.downAdverts.orElse(globals.downAdverts.orElse(3));
        if (isStrict && wanted != 3) {
            findings.warning(here(), "strict mode waits for 3 adverts whatever down_timer_adverts says", "");
            return 3;
        }
        return wanted;
    }

    private Preemption preemption() {
        boolean isRefused = words.noPreempt.isPresent();
        var delay = words.delay.orElse(Duration.ZERO);
        if (initialState == InitialState.ACTIVE && (isRefused || !delay.isZero())) {
            findings.warning(
                    at(isRefused ? words.noPreempt : words.preemptDelay, here()),
                    "'" + (isRefused ? "nopreempt" : "preempt_delay") + "' has no effect with 'state MASTER'",
                    "write 'state BACKUP'; the highest priority becomes active all the same");
            return Preemption.YES;
        }
        if (!delay.isZero() && (isRefused || isStrict)) {
            findings.warning(
                    at(words.preemptDelay, here()),
                    "'preempt_delay' has no effect with " + (isRefused ? "'nopreempt'" : "strict mode"),
                    "remove one of them");
            delay = Duration.ZERO;
        }
        return isRefused ? Preemption.NO : Preemption.after(delay);
    }

    private AdvertTransport transport() {
        if (!words.peers.isEmpty() || words.faultWithoutPeers && words.unicastPeers.isPresent()) {
            return new AdvertTransport.Unicast(
                    words.peers,
                    words.unicastTtl.orElse(255),
                    words.checksSource.orElse(globals.checksSource),
                    words.faultWithoutPeers);
        }
        words.unicastPeers.ifPresent(entry -> findings.warning(
                entry.position(), "no peer is named, so adverts are multicast", "name the other routers"));
        return new AdvertTransport.Multicast(
                words.group.or(() -> family == AddressFamily.IPV4 ? globals.group4 : globals.group6));
    }

    private Authentication authentication() {
        if (words.secret instanceof Authentication.None) {
            return words.secret;
        }
        if (isStrict || version == VrrpVersion.V3) {
            findings.warning(
                    at(words.authentication, here()),
                    "authentication is ignored " + (isStrict ? "in strict mode" : "by version 3")
                            + ", as keepalived does",
                    isStrict ? "remove it, or vrrp_strict" : "remove it, or use auth_hmac");
            return new Authentication.None();
        }
        return words.secret;
    }

    private VirtualRouter.Dialect dialect() {
        boolean checksAlways = !words.skipsAddressCheck.orElse(globals.skipsAddressCheck);
        return new VirtualRouter.Dialect(
                !isStrict && !words.ignoresLower.orElse(globals.ignoresLower),
                !isStrict && words.answersHigher.orElse(globals.answersHigher),
                checksAlways ? VirtualRouter.AddressCheck.ALWAYS : VirtualRouter.AddressCheck.ON_NEW_ACTIVE,
                words.ownerIgnoresAdverts.orElse(globals.ownerIgnoresAdverts) || isStrict && isOwner());
    }

    private void tellOfTraps() {
        if (isStrict && words.accepts.orElse(false) && !isOwner()) {
            findings.warning(
                    here(), "'accept' has no effect in strict mode for who is not the owner", "remove vrrp_strict");
            words.accepts = Optional.of(false);
        }
        if (isStrict && !isOwner()) {
            findings.warning(
                    here(),
                    "strict mode: the addresses of '" + name
                            + "' will answer no ping and no connection (RFC 5798 section 6.4.3)",
                    "remove vrrp_strict unless packets are only forwarded");
        }
        if (words.addresses.isEmpty() && words.excluded.isEmpty() && !words.mayHaveNoAddress) {
            findings.error(
                    here(),
                    "vrrp_instance '" + name + "' has no address",
                    "virtual_ipaddress, or no_virtual_ipaddress");
        }
    }

    /** An advert has room for 255 addresses; keepalived does not advertise the rest. */
    private void moveWhatDoesNotFit() {
        if (words.addresses.size() > MOST_ADVERTISED) {
            findings.warning(
                    here(),
                    words.addresses.size() + " addresses do not fit into an advert; those after the first "
                            + MOST_ADVERTISED + " are treated as virtual_ipaddress_excluded",
                    "write them there");
            var rest = words.addresses.subList(MOST_ADVERTISED, words.addresses.size());
            words.excluded.addAll(rest);
            rest.clear();
        }
    }
}
