package io.steelyard.api.vrrp;

import io.steelyard.api.Problem;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Looks for what does not go together in one virtual router. One use. */
final class VirtualRouterCheck {
    private static final Duration LONGEST_V2 = Duration.ofSeconds(255);
    private static final Duration SHORTEST_V3 = Duration.ofMillis(10);
    private static final Duration LONGEST_V3 = Duration.ofMillis(40_950);
    private static final int MOST_ADVERTISED = 255;

    private final VirtualRouter router;
    private final String path;
    private final List<Problem> problems = new ArrayList<>();

    VirtualRouterCheck(VirtualRouter router, String path) {
        this.router = router;
        this.path = path;
    }

    List<Problem> problems() {
        checkInterval();
        checkFamilies();
        checkAddresses();
        checkStart();
        checkTransport();
        checkAuthentication();
        checkDefence();
        if (router.strict()) {
            checkStrict();
        }
        return problems;
    }

    private void error(String key, String what, String expected) {
        problems.add(Problem.error(path + "." + key, what).expected(expected));
    }

    private void checkInterval() {
        var interval = router.advertInterval();
        if (router.version() == VrrpVersion.V2) {
            if (interval.toNanos() % 1_000_000_000L != 0 || interval.compareTo(LONGEST_V2) > 0) {
                error("advertInterval", "advert interval " + interval.toMillis() + " ms", "1 to 255 whole seconds");
            }
        } else if (interval.toNanos() % SHORTEST_V3.toNanos() != 0
                || interval.compareTo(SHORTEST_V3) < 0
                || interval.compareTo(LONGEST_V3) > 0) {
            error(
                    "advertInterval",
                    "advert interval " + interval.toNanos() / 1_000 + " us",
                    "10 ms to 40.95 s in steps of 10 ms");
        }
    }

    private void checkFamilies() {
        if (router.version() == VrrpVersion.V2 && router.family() == AddressFamily.IPV6) {
            error("version", "VRRPv2 has no IPv6", "version 3");
        }
        for (var address : router.addresses()) {
            checkFamily("addresses", address.address());
        }
        router.sourceAddress().ifPresent(address -> checkFamily("sourceAddress", address));
        if (router.transport() instanceof AdvertTransport.Multicast multicast) {
            multicast.group().ifPresent(group -> checkFamily("transport", group));
        }
        if (router.transport() instanceof AdvertTransport.Unicast unicast) {
            unicast.peers().forEach(peer -> checkFamily("transport", peer.address()));
        }
    }

    private void checkFamily(String key, InetAddress address) {
        if (AddressFamily.of(address) != router.family()) {
            error(
                    key,
                    address.getHostAddress() + " is not of the router's family",
                    router.family() == AddressFamily.IPV4 ? "an IPv4 address" : "an IPv6 address");
        }
    }

    private void checkAddresses() {
        if (router.addresses().size() > MOST_ADVERTISED) {
            problems.add(Problem.error(
                            path + ".addresses", router.addresses().size() + " addresses do not fit into an advert")
                    .expected("at most 255")
                    .remedy("make the rest excludedAddresses"));
        }
        int fitting = router.mostAdvertised(VirtualRouter.ETHERNET_MTU);
        if (router.addresses().size() > fitting && fitting < MOST_ADVERTISED) {
            problems.add(Problem.warning(
                            path + ".addresses",
                            "adverts have room for " + fitting + " addresses where the MTU is that of Ethernet, "
                                    + VirtualRouter.ETHERNET_MTU + ", and the router has "
                                    + router.addresses().size() + ": there those after the first " + fitting
                                    + " are not advertised")
                    .remedy("make them excludedAddresses, or use a larger MTU on all machines"));
        }
        var seen = new HashSet<InetAddress>();
        checkOnce("addresses", router.addresses(), seen);
        checkOnce("excludedAddresses", router.excludedAddresses(), seen);
        router.ipvlan().ifPresent(this::checkIpvlan);
        if (seen.isEmpty()) {
            problems.add(Problem.warning(path + ".addresses", "the router owns no address"));
        }
    }

    private void checkOnce(String key, List<VirtualAddress> addresses, Set<InetAddress> seen) {
        for (var address : addresses) {
            if (!seen.add(address.address())) {
                problems.add(Problem.warning(
                                path + "." + key,
                                address.address().getHostAddress()
                                        + " is there twice; where it is advertised, adverts name it as often")
                        .remedy("write it once on all machines"));
            }
        }
    }

    private void checkIpvlan(Ipvlan ipvlan) {
        if (router.virtualMac().isPresent()) {
            error("ipvlan", "adverts go by one interface, and there is a virtualMac, too", "one of the two");
        }
        ipvlan.source().map(VirtualAddress::address).ifPresent(address -> checkFamily("ipvlan.address", address));
        if (ipvlan.address().isEmpty() && router.family() == AddressFamily.IPV4) {
            error("ipvlan", "over IPv4 it has no address of its own", "an address that adverts come from");
        }
    }

    private void checkStart() {
        boolean isCalledActive = router.initialState() == InitialState.ACTIVE;
        if (isCalledActive
                && (!router.preemption().isAllowed()
                        || !router.preemption().delay().isZero())) {
            error(
                    "preemption",
                    "a router with initial state ACTIVE has no preempt delay and does preempt",
                    "initial state BACKUP");
        }
        if (isCalledActive && router.authentication() instanceof Authentication.Header) {
            error("initialState", "with an authentication header nobody starts as ACTIVE", "initial state BACKUP");
        }
        if (isCalledActive && !router.isOwner() && !router.strict()) {
            problems.add(
                    Problem.warning(
                                    path + ".initialState",
                                    "with priority " + router.priority()
                                            + " the router starts as BACKUP all the same and waits for the down interval")
                            .remedy(
                                    "start it as BACKUP, or give it the priority 255 where the machine has the addresses for its own"));
        }
    }

    private void checkTransport() {
        if (router.transport() instanceof AdvertTransport.Unicast unicast) {
            var seen = new HashSet<InetAddress>();
            for (var peer : unicast.peers()) {
                if (!seen.add(peer.address())) {
                    error("transport", peer.address().getHostAddress() + " is a peer twice", "each peer once");
                }
                if (router.sourceAddress().filter(peer.address()::equals).isPresent()) {
                    error("transport", peer.address().getHostAddress() + " is our own address", "the other routers'");
                }
            }
            if (unicast.peers().isEmpty() && !unicast.faultWithoutPeers()) {
                problems.add(Problem.warning(path + ".transport", "a router without peers is always active"));
            }
        }
    }

    private void checkAuthentication() {
        boolean isAuthenticated = !(router.authentication() instanceof Authentication.None);
        if (isAuthenticated && router.version() == VrrpVersion.V3) {
            problems.add(Problem.error(path + ".authentication", "VRRPv3 has no authentication")
                    .expected("none")
                    .remedy("use hmac"));
        }
        if (isAuthenticated && router.strict()) {
            error("authentication", "RFC 3768 has no authentication and strict forbids it", "none");
        }
        if (router.authentication() instanceof Authentication.Password password
                && password.text().getBytes(StandardCharsets.UTF_8).length > 8) {
            problems.add(Problem.warning(
                    path + ".authentication", "only the first eight bytes of the password are sent and compared"));
        }
    }

    private void checkDefence() {
        var defence = router.defence();
        if (defence.addressProbe() == SplitBrainDefence.AddressProbe.ASK_WITNESS
                && defence.witness().isEmpty()) {
            error("defence.addressProbe", "there is no witness to ask", "a witness, REFUSE or CLAIM");
        }
        for (var other : defence.paths()) {
            for (var peer : other.peers()) {
                if (AddressFamily.of(peer.getAddress())
                        != AddressFamily.of(other.local().getAddress())) {
                    error(
                            "defence.paths." + other.name(),
                            "peer " + peer + " is not of the family of " + other.local(),
                            "one family");
                }
            }
        }
    }

    /** keepalived's reading of strict mode; each rule with its reason in RFC 3768 or RFC 9568. */
    private void checkStrict() {
        if (router.addresses().isEmpty()) {
            error("addresses", "strict asks for an address", "at least one");
        }
        if (router.isUnicast()) {
            error("transport", "strict forbids unicast", "multicast");
        }
        if (router.family() == AddressFamily.IPV6
                && !router.addresses().isEmpty()
                && router.addresses().getFirst().address() instanceof Inet6Address first
                && !first.isLinkLocalAddress()) {
            error(
                    "addresses",
                    "the first address is not link-local (RFC 9568 section 5.2.9)",
                    "an address of fe80::/10");
        }
        if ((router.initialState() == InitialState.ACTIVE) != router.isOwner()) {
            error(
                    "initialState",
                    "strict has the owner, priority 255, start as ACTIVE and nobody else",
                    "both or none");
        }
        if (!router.preemption().delay().isZero()) {
            error("preemption", "strict has no preempt delay", "no delay");
        }
        if (router.acceptsPackets() && !router.isOwner()) {
            problems.add(Problem.error(
                            path + ".acceptsPackets",
                            "strict: who is not the owner accepts no packets to the addresses")
                    .expected("false")
                    .remedy("the addresses then answer no ping and no connection"));
        }
        if (router.dialect().answersHigherPriority() || router.dialect().answersLowerPriority()) {
            error("dialect", "strict sends no advert in answer to others", "answers to neither");
        }
        if (router.downAdverts() != 3) {
            error("downAdverts", "strict waits for 3 adverts", "3");
        }
        if (router.virtualMac().flatMap(VirtualMac::address).isPresent()) {
            error("virtualMac", "strict has the RFC's address only", "no address");
        }
        if (router.hmac()
                .filter(hmac -> hmac.mode() != HmacAuthentication.Mode.ENFORCE)
                .isPresent()) {
            error("hmac", "strict enforces the trailer", "mode ENFORCE");
        }
        if (router.announcements().lowerPriorityRepeat() != 0) {
            error("announcements", "strict announces nothing after a lower priority", "lowerPriorityRepeat 0");
        }
        if (router.isOwner() && !router.dialect().ownerIgnoresAdverts()) {
            error("dialect", "strict has the owner ignore adverts", "ownerIgnoresAdverts");
        }
    }
}
