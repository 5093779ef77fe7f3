package io.steelyard.vrrp.simulation;

import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.defence.ConfigFingerprint;
import io.steelyard.vrrp.defence.DefenceActions;
import io.steelyard.vrrp.defence.GuardedElection;
import io.steelyard.vrrp.defence.LeaseTable;
import io.steelyard.vrrp.defence.PeerReport;
import io.steelyard.vrrp.defence.PeerWatch;
import io.steelyard.vrrp.election.Effect;
import io.steelyard.vrrp.election.ElectionEvent;
import io.steelyard.vrrp.election.Outcome;
import io.steelyard.vrrp.election.Phase;
import io.steelyard.vrrp.wire.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** A virtual router of a process, alone or in a sync group with the process's others, and what the kernel has of it. */
final class Member implements DefenceActions {
    private static final long SILENCE_NS = 3_000 * World.MS;

    final int place;
    final VirtualRouter router;
    final GuardedElection election;
    private final Node node;
    private final World world;
    private final Kernel kernel;
    private final ConfigFingerprint fingerprint;
    private final ArrayDeque<Runnable> pending = new ArrayDeque<>();
    private final List<Effect> effects = new ArrayList<>();
    private boolean isWorking;
    private boolean isStarted;

    /** One router's address on a machine, which outlives processes. */
    static final class Kernel {
        long holdsUntilNs;
        int taken;
    }

    Member(Node node, int place, VirtualRouter router, Kernel kernel, long firstSequence) {
        this.node = node;
        this.place = place;
        this.router = router;
        this.kernel = kernel;
        world = node.world;
        fingerprint = ConfigFingerprint.of(router);
        election = new GuardedElection(router, node.own, node.isGroup(), firstSequence, this);
    }

    private long nowNs() {
        return node.localNs();
    }

    // ---- as the shell does it

    void start(boolean isHealthy) {
        isStarted = true;
        on(new ElectionEvent.Start(true, isHealthy, false, 0));
    }

    void on(ElectionEvent event) {
        if (isStarted) {
            perform(() -> election.on(event, nowNs()));
        }
    }

    /** One thing after the other; the group hears what came of each. */
    void perform(Runnable what) {
        pending.add(what);
        if (isWorking) {
            return;
        }
        isWorking = true;
        try {
            for (Runnable next; (next = pending.poll()) != null; ) {
                effects.clear();
                boolean wasFaulty = election.state().isFaulty();
                next.run();
                if (node.isGroup() && (!effects.isEmpty() || election.state().isFaulty() != wasFaulty)) {
                    node.did(this, new Outcome(election.state(), effects));
                }
            }
        } finally {
            isWorking = false;
        }
    }

    void receive(ElectionEvent.AdvertHeard advert) {
        boolean isUsual = !isWorking
                && election.heardAsUsual(
                        advert.priority(),
                        advert.intervalCentiseconds(),
                        advert.sourceHigh(),
                        advert.sourceLow(),
                        nowNs());
        if (!isUsual) {
            on(advert);
        }
    }

    /** Most adverts go the short way. */
    void due() {
        int priority = election.advertDue(nowNs());
        if (priority != 0) {
            advertise(priority);
        }
        perform(() -> election.tick(nowNs()));
    }

    void report() {
        if (!router.defence().paths().isEmpty()) {
            var state = election.state();
            world.report(
                    node, place, new PeerReport.Router(fingerprint, state.phase(), state.priority(), election.epoch()));
        }
    }

    void peerSays(String name, PeerReport.Router theirs) {
        if (theirs.phase() != Phase.ACTIVE) {
            election.notActiveElsewhere(name);
            return;
        }
        boolean isAbove =
                PeerWatch.isAbove(theirs, name, election.state().priority(), election.epoch(), "node" + node.index);
        perform(() -> election.activeElsewhere(name, theirs.priority(), isAbove, SILENCE_NS, nowNs()));
    }

    void answer(long askedLocalNs, LeaseTable.Answer answer) {
        perform(() ->
                election.leaseAnswered(askedLocalNs, answer.isGranted(), answer.epoch(), answer.isWanted(), nowNs()));
    }

    // ---- what is done

    @Override
    public void carryOut(Effect effect, long nowNs) {
        effects.add(effect);
        if (effect instanceof Effect.SendAdvert advert) {
            advertise(advert.priority());
        } else if (effect instanceof Effect.Changed) {
            // As soon as it is over; then the election's state is the new one.
            world.at(world.nowNs(), () -> node.hand(this, this::report));
        } else if (effect instanceof Effect.Apply apply) {
            switch (apply.step()) {
                case ADD_ADDRESSES -> {
                    world.tell(node, "takes the address of " + router.name());
                    kernel.taken++;
                    kernel.holdsUntilNs = Node.FOREVER;
                    world.took(node, place);
                }
                case REMOVE_ADDRESSES -> {
                    world.tell(node, "gives the address of " + router.name() + " up");
                    kernel.holdsUntilNs = 0;
                }
                case REMOVE_LEFTOVERS -> kernel.holdsUntilNs = 0;
                default -> {
                    // Nothing that others could see.
                }
            }
        }
    }

    private void advertise(int priority) {
        world.broadcast(
                node.index,
                place,
                new ElectionEvent.AdvertHeard(
                        priority, (int) (router.advertInterval().toMillis() / 10), 0, Bytes.low(node.own)));
    }

    @Override
    public void keepAddresses(int seconds) {
        if (world.weakness == World.Weakness.KERNEL_KEEPS_ADDRESSES) {
            return;
        }
        if (!node.holds(place)) {
            // Told from within the election: the event comes by the network of the machine, a moment later.
            world.at(world.nowNs(), () -> node.hand(this, () -> on(new ElectionEvent.AddressLost())));
            return;
        }
        kernel.holdsUntilNs = world.nowNs() + (long) Math.floor(seconds * 1e9 / node.rate);
    }

    @Override
    public void askReachability() {
        if (world.reachesGateway(node.index)) {
            world.at(
                    world.nowNs() + 2 * World.MS,
                    () -> node.hand(this, () -> perform(() -> election.reached(true, nowNs()))));
        }
    }

    @Override
    public void askLease(int priority, long leaseNs, long sequence, long heldEpoch) {
        world.askWitness(node, this, priority, leaseNs, sequence, heldEpoch, nowNs());
    }

    @Override
    public void giveUpLease(long sequence) {
        world.giveUpLease(node, router.name(), sequence);
    }

    @Override
    public void probeAddresses() {
        world.probe(node, place, () -> node.hand(this, () -> perform(() -> election.probeAnswered(node.own, nowNs()))));
    }

    @Override
    public void fence(long formerHigh, long formerLow) {
        world.fence(node, formerLow, isDone -> node.hand(this, () -> perform(() -> election.fenced(isDone, nowNs()))));
    }

    @Override
    public void readyForGroup() {
        node.claimed();
    }

    @Override
    public void report(Finding finding) {
        world.tell(node, finding);
    }
}
