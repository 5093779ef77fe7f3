package io.steelyard.api.vrrp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What keeps two routers from having one address at once, beyond what VRRP does. Those that cannot do harm are on by default: the kernel
 * lifetime, the awareness of pauses, the detection of duplicates, the fingerprint.
 *
 * @param lifetimeAdverts for how many advert intervals the kernel keeps the addresses without being told again; 0 for ever. IPv4 and
 *     IPv6 lifetimes count whole seconds, so the least that is asked for is the next whole second above
 * @param pauseAware after a pause of this process longer than half the down interval, an active router that may have been replaced falls silent
 *     and becomes backup before it says a word
 * @param addressProbe whether others are asked for the addresses before they are claimed, and what an answer means
 * @param detectsConflicts a foreign link-layer address that claims ours is reported while we are active
 * @param backupCheck every how often a backup asks who has the addresses; zero for never
 * @param paths more ways on which the routers hear each other; one that falls silent is a warning and not a takeover
 * @param pathKey what messages on these paths are signed with, at least 16 bytes of UTF-8; absent for unsigned
 * @param witness a third place without whose lease nobody is active
 * @param reachability hosts that must answer before addresses are claimed
 * @param fingerprint the routers compare their configurations over {@code paths}, and adverts of foreign routers with our addresses are reported
 * @param fencing what is done to the former active router before its addresses are claimed
 */
public record SplitBrainDefence(
        int lifetimeAdverts,
        boolean pauseAware,
        AddressProbe addressProbe,
        boolean detectsConflicts,
        Duration backupCheck,
        List<HeartbeatPath> paths,
        Optional<String> pathKey,
        Optional<Witness> witness,
        Optional<Reachability> reachability,
        boolean fingerprint,
        Optional<Fencing> fencing) {
    /** The least length of {@code pathKey} in bytes. */
    public static final int LEAST_KEY_BYTES = 16;

    /** The four that cannot do harm. */
    public static final SplitBrainDefence DEFAULT = builder().build();

    /** What keepalived has: nothing. */
    public static final SplitBrainDefence NONE = builder()
            .lifetimeAdverts(0)
            .pauseAware(false)
            .addressProbe(AddressProbe.OFF)
            .detectsConflicts(false)
            .fingerprint(false)
            .build();

    /** What an answer to a probe means when no advert was heard: a suspected split brain in each case. */
    public enum AddressProbe {
        /** Nobody is asked. */
        OFF,
        /** It is reported, and the addresses are claimed all the same. */
        CLAIM,
        /** The addresses are left alone as long as somebody answers. */
        REFUSE,
        /** The witness decides, and without one the addresses are left alone. */
        ASK_WITNESS
    }

    /**
     * A way for messages between the routers, of our own and over UDP.
     *
     * @param name unique within a router
     * @param local address and port this router receives at; port 0 is not allowed, address 0.0.0.0 or :: is
     * @param interfaceName the only interface used; absent for any
     * @param peers where the other routers receive
     */
    public record HeartbeatPath(
            String name, InetSocketAddress local, Optional<String> interfaceName, List<InetSocketAddress> peers) {
        public HeartbeatPath {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("a heartbeat path's name is empty");
            }
            interfaceName.ifPresent(InterfaceNames::check);
            peers = List.copyOf(peers);
            if (local.getPort() == 0 || peers.stream().anyMatch(peer -> peer.getPort() == 0 || peer.isUnresolved())) {
                throw new IllegalArgumentException("heartbeat path '" + name + "' needs numeric addresses with ports");
            }
            if (peers.isEmpty()) {
                throw new IllegalArgumentException("heartbeat path '" + name + "' has no peer");
            }
        }
    }

    /**
     * A lease that one router at a time holds at a third place. Times are argued where they are used: an active router gives the addresses up when
     * {@code lease} less {@code driftPerMille} has passed on its own clock since it <em>asked</em> for the last lease it was given, which is before
     * the third place can give it to another.
     *
     * @param provider a provider's name, such as {@code steelyard} or {@code etcd}
     * @param options the provider's own by name
     * @param lease how long one holds
     * @param driftPerMille by how much clocks may differ in speed, 0 to 500
     */
    public record Witness(String provider, Map<String, String> options, Duration lease, int driftPerMille) {
        public Witness {
            Objects.requireNonNull(provider, "provider");
            options = Map.copyOf(options);
            if (lease.compareTo(Duration.ofMillis(100)) < 0) {
                throw new IllegalArgumentException("lease is " + lease + ", expected at least 100 ms");
            }
            if (driftPerMille < 0 || driftPerMille > 500) {
                throw new IllegalArgumentException("driftPerMille is " + driftPerMille + ", expected 0 to 500");
            }
        }

        /** A lease of 3 s, clocks that differ by 1 %. */
        public static Witness of(String provider, Map<String, String> options) {
            return new Witness(provider, options, Duration.ofSeconds(3), 10);
        }
    }

    /**
     * Hosts whose answers to echo requests (ICMP) say whether this machine is on the network at all.
     *
     * @param gateways also asks the default gateway of the router's interface
     * @param hosts others
     * @param leastAnswers how many of all must answer, at least 1
     * @param interval from one round to the next
     * @param timeout how long an answer may take
     * @param fall rounds in a row with too few answers after which this machine counts as isolated
     * @param demotes an isolated router that is active becomes FAULT; else it is kept from becoming active only
     */
    public record Reachability(
            boolean gateways,
            List<InetAddress> hosts,
            int leastAnswers,
            Duration interval,
            Duration timeout,
            int fall,
            boolean demotes) {
        public Reachability {
            hosts = List.copyOf(hosts);
            if (leastAnswers < 1 || leastAnswers > hosts.size() + (gateways ? 1 : 0)) {
                throw new IllegalArgumentException(
                        "leastAnswers is " + leastAnswers + ", expected 1 to the number of hosts");
            }
            if (interval.isNegative() || interval.isZero() || timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("interval and timeout must be greater than zero");
            }
            if (fall < 1) {
                throw new IllegalArgumentException("fall is " + fall + ", expected at least 1");
            }
        }

        /** The default gateway alone, each second, 3 silent rounds. */
        public static Reachability gateway() {
            return new Reachability(true, List.of(), 1, Duration.ofSeconds(1), Duration.ofSeconds(1), 3, false);
        }
    }

    /**
     * Makes sure that the former active router has the addresses no more, such as by switching it off.
     *
     * @param provider a provider's name, such as {@code script}
     * @param options the provider's own by name
     * @param timeout after which it counts as failed
     * @param required the addresses are claimed only after a success; else after a failure or the timeout too
     */
    public record Fencing(String provider, Map<String, String> options, Duration timeout, boolean required) {
        public Fencing {
            Objects.requireNonNull(provider, "provider");
            options = Map.copyOf(options);
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("timeout must be greater than zero");
            }
        }
    }

    public SplitBrainDefence {
        if (lifetimeAdverts != 0 && (lifetimeAdverts < 2 || lifetimeAdverts > 100)) {
            throw new IllegalArgumentException("lifetimeAdverts is " + lifetimeAdverts + ", expected 0 or 2 to 100");
        }
        Objects.requireNonNull(addressProbe, "addressProbe");
        if (backupCheck.isNegative()) {
            throw new IllegalArgumentException("backupCheck is negative");
        }
        paths = List.copyOf(paths);
        if (paths.stream().map(HeartbeatPath::name).distinct().count() != paths.size()) {
            throw new IllegalArgumentException("two heartbeat paths have the same name");
        }
        pathKey.ifPresent(key -> {
            if (key.getBytes(StandardCharsets.UTF_8).length < LEAST_KEY_BYTES) {
                throw new IllegalArgumentException("the path key is shorter than " + LEAST_KEY_BYTES + " bytes");
            }
        });
        Objects.requireNonNull(witness, "witness");
        Objects.requireNonNull(reachability, "reachability");
        Objects.requireNonNull(fencing, "fencing");
    }

    /** Says nothing of the key. */
    @Override
    public String toString() {
        return "SplitBrainDefence[lifetimeAdverts=" + lifetimeAdverts + ", pauseAware=" + pauseAware + ", addressProbe="
                + addressProbe + ", detectsConflicts=" + detectsConflicts + ", backupCheck=" + backupCheck + ", paths="
                + paths + ", isSigned=" + pathKey.isPresent() + ", witness=" + witness + ", reachability="
                + reachability + ", fingerprint=" + fingerprint + ", fencing=" + fencing + "]";
    }

    /** The four that cannot do harm; a builder adds the others. */
    public static Builder builder() {
        return new Builder();
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private int lifetimeAdverts = 3;
        private boolean pauseAware = true;
        private AddressProbe addressProbe = AddressProbe.CLAIM;
        private boolean detectsConflicts = true;
        private Duration backupCheck = Duration.ZERO;
        private final List<HeartbeatPath> paths = new ArrayList<>();
        private Optional<String> pathKey = Optional.empty();
        private Optional<Witness> witness = Optional.empty();
        private Optional<Reachability> reachability = Optional.empty();
        private boolean fingerprint = true;
        private Optional<Fencing> fencing = Optional.empty();

        private Builder() {}

        public Builder lifetimeAdverts(int given) {
            lifetimeAdverts = given;
            return this;
        }

        public Builder pauseAware(boolean given) {
            pauseAware = given;
            return this;
        }

        public Builder addressProbe(AddressProbe given) {
            addressProbe = given;
            return this;
        }

        public Builder detectsConflicts(boolean given) {
            detectsConflicts = given;
            return this;
        }

        public Builder backupCheck(Duration given) {
            backupCheck = given;
            return this;
        }

        /** One more. */
        public Builder path(HeartbeatPath given) {
            paths.add(given);
            return this;
        }

        public Builder pathKey(String given) {
            pathKey = Optional.of(given);
            return this;
        }

        public Builder witness(Witness given) {
            witness = Optional.of(given);
            return this;
        }

        public Builder reachability(Reachability given) {
            reachability = Optional.of(given);
            return this;
        }

        public Builder fingerprint(boolean given) {
            fingerprint = given;
            return this;
        }

        public Builder fencing(Fencing given) {
            fencing = Optional.of(given);
            return this;
        }

        public SplitBrainDefence build() {
            return new SplitBrainDefence(
                    lifetimeAdverts,
                    pauseAware,
                    addressProbe,
                    detectsConflicts,
                    backupCheck,
                    paths,
                    pathKey,
                    witness,
                    reachability,
                    fingerprint,
                    fencing);
        }
    }
}
