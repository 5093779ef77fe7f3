package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.SplitBrainDefence.AddressProbe;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.netlink.MacAddress;
import io.steelyard.vrrp.DefenceStatus;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.defence.DefenceActions;
import io.steelyard.vrrp.defence.GuardedElection;
import io.steelyard.vrrp.election.Effect;
import io.steelyard.vrrp.witness.Witness;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a virtual router's defences have done in the world, and what they learn of it: the lease, hosts to reach, fencing, who else has the addresses.
 * What belongs to the router itself is passed on to it. Used by the control thread.
 */
final class RouterDefences implements DefenceActions, Conflicts.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RouterDefences.class);

    private final RunningRouter running;
    private final VirtualRouter router;
    private final RouterHost host;
    private final Conflicts conflicts;
    private final Decisions decisions;
    private final @Nullable LeaseLink lease;
    private final @Nullable FencingLink fencing;
    private final @Nullable ReachabilityRounds reachability;
    private final BackupChecks backupChecks;
    private Optional<MacAddress> claimant = Optional.empty();

    /**
     * Looks at nothing yet.
     *
     * @param decisions what was reported before
     * @param fencing null where there is none
     */
    RouterDefences(
            RunningRouter running,
            RouterHost host,
            Holdings holdings,
            Decisions decisions,
            @Nullable FencingLink fencing) {
        this.running = running;
        this.decisions = decisions;
        this.host = host;
        this.fencing = fencing;
        router = running.router();
        conflicts = new Conflicts(router, host, holdings, this);
        var witness = host.witnesses().of(router);
        lease = witness == null ? null : new LeaseLink(running, this, host.control(), witness);
        reachability = router.defence()
                .reachability()
                .map(rules -> new ReachabilityRounds(router, this, host, rules))
                .orElse(null);
        backupChecks = new BackupChecks(running, host, conflicts);
    }

    void start() {
        var rounds = reachability;
        if (rounds != null) {
            rounds.start();
        }
        backupChecks.start();
    }

    void interfacesChanged() {
        var rounds = reachability;
        if (rounds != null) {
            rounds.interfacesChanged();
        }
    }

    /** Hears who claims the router's addresses on that interface. */
    void listen(int interfaceIndex) throws ErrnoException {
        conflicts.listen(interfaceIndex);
    }

    /** The interface is gone. */
    void deafen() {
        conflicts.stop();
    }

    /** The router's state changed: what was claimed before says nothing. */
    void stateChanged() {
        conflicts.forget();
    }

    private GuardedElection election() {
        return running.election();
    }

    private long now() {
        return host.control().nowNs();
    }

    // ---- of the router's own

    @Override
    public void carryOut(Effect effect, long nowNs) {
        running.carryOut(effect);
    }

    @Override
    public void keepAddresses(int seconds) {
        running.keepAddresses(seconds);
    }

    @Override
    public void readyForGroup() {
        running.perform(() -> host.routers().groups().claimed(running));
    }

    // ---- the third place, the hosts, the former active router

    @Override
    public void askLease(int priority, long leaseNs, long sequence, long heldEpoch) {
        Objects.requireNonNull(lease).ask(priority, leaseNs, sequence, heldEpoch);
    }

    @Override
    public void giveUpLease(long sequence) {
        Objects.requireNonNull(lease).giveUp(sequence);
    }

    void leaseAnswered(long askedNs, Witness.Answer answer) {
        if (running.isStarted()) {
            running.perform(() ->
                    election().leaseAnswered(askedNs, answer.isGranted(), answer.epoch(), answer.isWanted(), now()));
        }
    }

    @Override
    public void fence(long formerHigh, long formerLow) {
        var former = RouterPath.inet(formerHigh, formerLow);
        Objects.requireNonNull(fencing).fence(former, host.control(), problem -> {
            if (problem.isEmpty()) {
                warn(RouterEvent.Kind.FENCED, former.getHostAddress() + " has been fenced");
            } else {
                LOG.error("virtual router '{}': fencing {}: {}", router.name(), former.getHostAddress(), problem.get());
            }
            if (running.isStarted()) {
                running.perform(() -> election().fenced(problem.isEmpty(), now()));
            }
        });
    }

    @Override
    public void askReachability() {
        Objects.requireNonNull(reachability).ask();
    }

    /** Enough of the hosts answered that were asked for a claim. */
    void reached() {
        if (running.isStarted()) {
            running.perform(() -> election().reached(true, now()));
        }
    }

    /** What the vote says; often the same. */
    void isolated(boolean isNow) {
        if (running.isStarted() && isNow != election().isIsolated()) {
            running.perform(() -> election().isolated(isNow, now()));
        }
    }

    /** Whoever was heard a moment ago is about to give way, and its addresses still answer. */
    @Override
    public void probeAddresses() {
        boolean isHeard = running.heardAdverts()
                .isAnySince(now() - 2 * election().timers().intervalNs());
        if (!running.state().isActive() || !isHeard) {
            conflicts.probe();
        }
    }

    // ---- what is reported

    @Override
    public void report(Finding finding) {
        switch (finding) {
            case Finding.AddressInUse inUse ->
                warn(
                        RouterEvent.Kind.ADDRESS_CONFLICT,
                        claimant.map(MacAddress::toString).orElse("somebody") + " says that it has "
                                + inUse.address().getHostAddress() + ": a suspected split brain");
            case Finding.AdvertPathSilent silent ->
                warn(
                        RouterEvent.Kind.ADVERT_PATH_SILENT,
                        "no adverts are heard, but " + silent.activeNode() + " says on another path that it is active");
            case Finding.LeaseRefused refused ->
                warn(
                        RouterEvent.Kind.LEASE_REFUSED,
                        "the witness does not give the lease; its epoch is " + refused.epoch());
            case Finding.LeaseLost lost ->
                warn(RouterEvent.Kind.LEASE_LOST, "the lease ran out; the addresses are given up");
            case Finding.LeaseWanted wanted ->
                warn(RouterEvent.Kind.LEASE_WANTED, "somebody of higher priority asks the witness for the lease");
            case Finding.Isolated isolated ->
                warn(RouterEvent.Kind.ISOLATED, "too few of the hosts answer that should");
            case Finding.FencingFailed failed ->
                warn(RouterEvent.Kind.FENCING_FAILED, "the former active router could not be fenced");
            case Finding.Paused paused ->
                warn(RouterEvent.Kind.PAUSED, "this process stood still for " + paused.gapNs() / 1_000_000 + " ms");
        }
    }

    /** Tells it, unless the same was told a moment ago. */
    void warn(RouterEvent.Kind kind, String text) {
        if (decisions.add(kind, text, now())) {
            LOG.warn("virtual router '{}': {}: {}", router.name(), kind, text);
            var warning = new RouterEvent.Warning(router.name(), kind, text);
            host.publish(warning);
            var drill = running.drill();
            if (drill != null) {
                drill.warned(warning);
            }
        }
    }

    // ---- who else has our addresses

    @Override
    public boolean claimed(InetAddress address, MacAddress by) {
        claimant = Optional.of(by);
        backupChecks.answered(address, by);
        if (running.state().isClaiming() && router.defence().addressProbe() != AddressProbe.OFF) {
            running.perform(() -> election().probeAnswered(address, now()));
        }
        return running.state().isActive();
    }

    @Override
    public void conflict(InetAddress address, MacAddress by) {
        warn(
                RouterEvent.Kind.ADDRESS_CONFLICT,
                by + " says that it has " + address.getHostAddress() + ": a suspected split brain");
    }

    // ---- for who asks

    /** How often somebody else claimed one of our addresses while we had it. */
    long conflicts() {
        return conflicts.conflicts();
    }

    Decisions decisions() {
        return decisions;
    }

    Optional<DefenceStatus.Lease> lease() {
        var link = lease;
        return link == null
                ? Optional.empty()
                : Optional.of(
                        link.status(election().leaseLeftNs(now()), election().epoch(), now()));
    }

    Optional<DefenceStatus.Reachability> reachability() {
        var rounds = reachability;
        return rounds == null ? Optional.empty() : Optional.of(rounds.status(now()));
    }

    @Override
    public void close() {
        backupChecks.close();
        var rounds = reachability;
        if (rounds != null) {
            rounds.close();
        }
        var fence = fencing;
        if (fence != null) {
            fence.close();
        }
        conflicts.close();
    }
}
