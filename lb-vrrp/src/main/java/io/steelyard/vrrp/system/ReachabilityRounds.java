package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.SplitBrainDefence.Reachability;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.linux.Errno;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.netlink.Route;
import io.steelyard.vrrp.DefenceStatus;
import io.steelyard.vrrp.defence.ReachabilityVote;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the hosts that a virtual router must reach: in rounds, which the {@link ReachabilityVote} counts, and once more for each claim, whose answer
 * cannot wait for the vote. Used by the control thread.
 */
final class ReachabilityRounds implements AutoCloseable {
    private static final InetAddress NOBODYS_IPV4 = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress NOBODYS_IPV6 = InetAddress.ofLiteral("2001:db8::1");
    private static final Logger LOG = LoggerFactory.getLogger(ReachabilityRounds.class);

    /** How often the gateway is looked up. */
    private static final long LOOK_UP_NS = 10_000_000_000L;

    private final VirtualRouter router;
    private final RouterDefences defences;
    private final RouterHost host;
    private final Reachability rules;
    private final ReachabilityVote vote;
    private final Timers.Timer next;
    private final Map<InetAddress, Long> answeredNs = new HashMap<>();
    private Optional<InetAddress> gateway = Optional.empty();
    private int gatewayScope;
    private long lookedUpNs;
    private boolean isLookedUp;
    private @Nullable EchoSocket ipv4;
    private @Nullable EchoSocket ipv6;
    private int sequence;
    private @Nullable Round voting;
    private @Nullable Round claiming;
    private String problem = "";

    private static final class Round {
        private final int sequence;
        private final long sentNs;
        private final Set<InetAddress> answered = new HashSet<>();

        private Round(int sequence, long sentNs) {
            this.sequence = sequence;
            this.sentNs = sentNs;
        }
    }

    ReachabilityRounds(VirtualRouter router, RouterDefences defences, RouterHost host, Reachability rules) {
        this.router = router;
        this.defences = defences;
        this.host = host;
        this.rules = rules;
        vote = new ReachabilityVote(rules);
        next = host.control().timer(this::nextRound);
    }

    void start() {
        nextRound();
    }

    /** Routes may have changed, too. */
    void interfacesChanged() {
        isLookedUp = false;
    }

    private void nextRound() {
        long nowNs = host.control().nowNs();
        next.set(nowNs + rules.interval().toNanos());
        vote.nextRound();
        defences.isolated(vote.isIsolated());
        voting = send(nowNs);
    }

    /** A claim waits: {@link RouterDefences#reached} is told when enough have answered. */
    void ask() {
        claiming = send(host.control().nowNs());
    }

    private Round send(long nowNs) {
        sequence = sequence + 1 & 0xFFFF;
        for (var target : targets(nowNs)) {
            boolean isGateway = gateway.isPresent() && gateway.get().equals(target);
            try {
                int sent = socket(target).ask(target, isGateway ? gatewayScope : 0, sequence);
                tell(sent < 0 ? "asking " + target.getHostAddress() + ": " + Errno.text(sent) : "");
            } catch (ErrnoException failed) {
                tell(String.valueOf(failed.getMessage()));
            }
        }
        return new Round(sequence, nowNs);
    }

    private void tell(String text) {
        if (!text.isEmpty() && !text.equals(problem)) {
            LOG.warn("virtual router '{}': {}", router.name(), text);
        }
        problem = text;
    }

    private EchoSocket socket(InetAddress target) throws ErrnoException {
        boolean isIpv6 = target instanceof Inet6Address;
        var open = isIpv6 ? ipv6 : ipv4;
        if (open == null) {
            open = new EchoSocket(isIpv6, host.control(), this::answered);
            if (isIpv6) {
                ipv6 = open;
            } else {
                ipv4 = open;
            }
        }
        return open;
    }

    private List<InetAddress> targets(long nowNs) {
        if (rules.gateways() && (!isLookedUp || nowNs - lookedUpNs >= LOOK_UP_NS)) {
            isLookedUp = true;
            lookedUpNs = nowNs;
            lookUpGateway();
        }
        var targets = new ArrayList<>(rules.hosts());
        gateway.filter(address -> !targets.contains(address)).ifPresent(targets::add);
        return targets;
    }

    private void lookUpGateway() {
        var link = host.kernel().interfaces().link(router.interfaceName());
        try {
            gateway = link.isEmpty() ? Optional.empty() : gateway(link.get().index());
            gatewayScope = link.isEmpty() ? 0 : link.get().index();
        } catch (IOException unreadable) {
            LOG.warn("virtual router '{}': {}", router.name(), unreadable.getMessage());
        }
    }

    /**
     * The default route of the lowest metric by that interface. The kernel is asked how it would reach an address that nobody has (RFC 5737, RFC
     * 3849); only where a route of its own leads there, which is rare, the table is searched.
     */
    private Optional<InetAddress> gateway(int interfaceIndex) throws IOException {
        boolean isIpv6 = router.family() == AddressFamily.IPV6;
        var routes = host.kernel().routes();
        var found = routes.find(isIpv6 ? NOBODYS_IPV6 : NOBODYS_IPV4, interfaceIndex)
                .filter(route -> route.prefixLength() == 0)
                .flatMap(route -> gateway(route, interfaceIndex));
        if (found.isPresent()) {
            return found.map(ReachabilityRounds::withoutScope);
        }
        return routes.list(isIpv6, Route.MAIN, 0).stream()
                .filter(route -> route.prefixLength() == 0)
                .sorted(java.util.Comparator.comparingInt(Route::metric))
                .flatMap(route -> gateway(route, interfaceIndex).stream())
                .findFirst()
                .map(ReachabilityRounds::withoutScope);
    }

    private static Optional<InetAddress> gateway(Route route, int interfaceIndex) {
        if (route.details().hops().isEmpty()) {
            return route.gateway().filter(gateway -> route.interfaceIndex() == interfaceIndex);
        }
        return route.details().hops().stream()
                .filter(hop -> hop.interfaceIndex() == interfaceIndex)
                .flatMap(hop -> hop.gateway().stream())
                .findFirst();
    }

    private static InetAddress withoutScope(InetAddress address) {
        return RouterPath.inet(address.getAddress());
    }

    private void answered(InetAddress from, int answeredSequence) {
        long nowNs = host.control().nowNs();
        var who = withoutScope(from);
        boolean isKnown =
                rules.hosts().contains(who) || gateway.filter(who::equals).isPresent();
        if (!isKnown) {
            return;
        }
        answeredNs.put(who, nowNs);
        if (counts(voting, who, answeredSequence, nowNs)) {
            vote.answered();
            defences.isolated(vote.isIsolated());
        }
        var claim = claiming;
        if (claim != null
                && counts(claim, who, answeredSequence, nowNs)
                && claim.answered.size() >= rules.leastAnswers()) {
            claiming = null;
            defences.reached();
        }
    }

    private boolean counts(@Nullable Round round, InetAddress who, int answeredSequence, long nowNs) {
        return round != null
                && round.sequence == answeredSequence
                && nowNs - round.sentNs <= rules.timeout().toNanos()
                && round.answered.add(who);
    }

    DefenceStatus.Reachability status(long nowNs) {
        var hosts = new ArrayList<DefenceStatus.Host>();
        for (var target : targets(nowNs)) {
            hosts.add(new DefenceStatus.Host(
                    target.getHostAddress(),
                    Optional.ofNullable(answeredNs.get(target)).map(atNs -> Duration.ofNanos(nowNs - atNs))));
        }
        if (rules.gateways() && gateway.isEmpty()) {
            hosts.add(new DefenceStatus.Host("no default gateway on " + router.interfaceName(), Optional.empty()));
        }
        return new DefenceStatus.Reachability(vote.isIsolated(), rules.leastAnswers(), hosts);
    }

    @Override
    public void close() {
        next.stop();
        closeSocket(ipv4);
        closeSocket(ipv6);
        ipv4 = null;
        ipv6 = null;
    }

    private static void closeSocket(@Nullable EchoSocket socket) {
        if (socket != null) {
            socket.close();
        }
    }
}
