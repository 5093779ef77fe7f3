package io.steelyard.vrrp.simulation;

import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.defence.ConfigFingerprint;
import io.steelyard.vrrp.defence.DefenceActions;
import io.steelyard.vrrp.defence.GuardedElection;
import io.steelyard.vrrp.defence.LeaseTable;
import io.steelyard.vrrp.defence.PauseWatch;
import io.steelyard.vrrp.defence.PeerReport;
import io.steelyard.vrrp.defence.PeerWatch;
import io.steelyard.vrrp.election.Effect;
import io.steelyard.vrrp.election.ElectionEvent;
import io.steelyard.vrrp.election.Phase;
import io.steelyard.vrrp.election.RouterState;
import io.steelyard.vrrp.wire.Bytes;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A machine: its kernel, which may have the address, and its process, which may be paused or dead. Its clock runs at a speed of its own. */
final class Node implements DefenceActions {
    private static final long FOREVER = Long.MAX_VALUE;
    private static final long INTERVAL_NS = 1_000 * World.MS;
    private static final long SILENCE_NS = 3 * INTERVAL_NS;
    private static final int FALL = 3;
    private static final long RESTART_NS = 2_000 * World.MS;

    final int index;
    int taken;
    private final World world;
    private final VirtualRouter router;
    private final double rate;
    private final InetAddress own;
    private final Queue<Runnable> inbox = new ArrayDeque<>();
    private PauseWatch watch = new PauseWatch();
    private @Nullable GuardedElection election;
    private final ConfigFingerprint fingerprint;
    private int silentRounds;
    private boolean isPaused;
    private boolean isHealthy = true;
    private long holdsUntilNs;
    private long wakeAtNs = FOREVER;

    Node(World world, int index, VirtualRouter router, double rate) {
        this.world = world;
        this.index = index;
        this.router = router;
        this.rate = rate;
        fingerprint = ConfigFingerprint.of(router);
        own = Bytes.address(0, Bytes.MAPPED | 0xC000_020AL + index);
    }

    // ---- the machine

    boolean holds() {
        return world.nowNs() < holdsUntilNs;
    }

    private long localNs() {
        return (long) (world.nowNs() * rate);
    }

    /** The first moment at which this clock says so: rounding must not make it one tick too early, or time would stand still. */
    private long worldNs(long localNs) {
        long at = (long) Math.ceil(localNs / rate);
        while ((long) (at * rate) < localNs) {
            at++;
        }
        return at;
    }

    // ---- the process

    void start() {
        if (election != null) {
            return;
        }
        isPaused = false;
        watch = new PauseWatch();
        inbox.clear();
        silentRounds = 0;
        // Two processes of one node are never in the same millisecond.
        election = new GuardedElection(router, own, false, world.nowNs() + 1, this);
        election.on(new ElectionEvent.Start(true, isHealthy, false, 0), localNs());
        plan();
        var begun = election;
        world.at(world.nowNs() + INTERVAL_NS, () -> beat(begun));
    }

    /** Each second of this process: a report to the others, and a round of the vote on the gateway. */
    private void beat(GuardedElection of) {
        if (election != of) {
            return;
        }
        hand(() -> {
            report();
            silentRounds = world.reachesGateway(index) ? 0 : silentRounds + 1;
            if (router.defence().reachability().isPresent()) {
                election.isolated(silentRounds >= FALL, localNs());
            }
        });
        world.at(world.nowNs() + INTERVAL_NS, () -> beat(of));
    }

    private void report() {
        if (!router.defence().paths().isEmpty()) {
            var state = election.state();
            world.report(this, new PeerReport.Router(fingerprint, state.phase(), state.priority(), election.epoch()));
        }
    }

    void peerSays(String node, PeerReport.Router theirs) {
        hand(() -> {
            if (theirs.phase() == Phase.ACTIVE) {
                boolean isAbove =
                        PeerWatch.isAbove(theirs, node, election.state().priority(), election.epoch(), "node" + index);
                election.activeElsewhere(node, theirs.priority(), isAbove, SILENCE_NS, localNs());
            } else {
                election.notActiveElsewhere(node);
            }
        });
    }

    void end(boolean isOrderly) {
        if (election == null) {
            return;
        }
        world.tell(this, isOrderly ? "stopped" : "killed");
        if (isOrderly && !isPaused) {
            election.on(new ElectionEvent.Stop(), localNs());
        }
        election = null;
        isPaused = false;
        wakeAtNs = FOREVER;
    }

    /** Somebody switches this machine off: what it had is gone with it. After a while it is on again. */
    void powerOff() {
        world.tell(this, "is fenced");
        end(false);
        holdsUntilNs = 0;
        world.at(world.nowNs() + RESTART_NS, this::start);
    }

    /** Whether its adverts come from that address. */
    boolean isAt(long low) {
        return Bytes.low(own) == low;
    }

    void pause() {
        isPaused = election != null;
    }

    void resume() {
        if (!isPaused) {
            return;
        }
        isPaused = false;
        look(() -> {});
    }

    void health(boolean isHealthy) {
        this.isHealthy = isHealthy;
        hand(() -> election.health(this.isHealthy, localNs()));
    }

    void receive(ElectionEvent.AdvertHeard advert) {
        hand(() -> {
            boolean isUsual = election.heardAsUsual(
                    advert.priority(),
                    advert.intervalCentiseconds(),
                    advert.sourceHigh(),
                    advert.sourceLow(),
                    localNs());
            if (!isUsual) {
                election.on(advert, localNs());
            }
        });
    }

    void answer(long askedLocalNs, LeaseTable.Answer answer) {
        var asker = election;
        hand(() -> {
            if (election == asker) {
                election.leaseAnswered(askedLocalNs, answer.isGranted(), answer.epoch(), answer.isWanted(), localNs());
            }
        });
    }

    void probeAnswered() {
        hand(() -> election.probeAnswered(own, localNs()));
    }

    /** Something arrives; a paused process finds it when it goes on. */
    private void hand(Runnable what) {
        if (election == null) {
            return;
        }
        if (isPaused) {
            inbox.add(what);
        } else {
            look(what);
        }
    }

    /** The loop: notice a pause, take what arrived, then look at the clock. */
    private void look(Runnable arrived) {
        long lateNs = watch.lateNs(election.nextNs(), localNs());
        if (lateNs > 0) {
            election.paused(lateNs, localNs());
        }
        while (!inbox.isEmpty()) {
            inbox.poll().run();
        }
        arrived.run();
        // As the shell does: most adverts go the short way.
        int priority = election.advertDue(localNs());
        if (priority != 0) {
            advertise(priority);
        }
        election.tick(localNs());
        plan();
    }

    private void plan() {
        if (election == null) {
            return;
        }
        long nextNs = election.nextNs();
        long atNs = nextNs == RouterState.NEVER ? FOREVER : Math.max(world.nowNs(), worldNs(nextNs));
        if (atNs != wakeAtNs) {
            wakeAtNs = atNs;
            if (atNs != FOREVER) {
                var planned = election;
                world.at(atNs, () -> {
                    if (wakeAtNs == atNs && election == planned) {
                        wakeAtNs = FOREVER;
                        if (!isPaused) {
                            look(() -> {});
                        }
                    }
                });
            }
        }
    }

    // ---- what the process does

    @Override
    public void carryOut(Effect effect, long nowNs) {
        if (effect instanceof Effect.SendAdvert advert) {
            advertise(advert.priority());
        } else if (effect instanceof Effect.Changed) {
            // As soon as it is over; then the election's state is the new one.
            world.at(world.nowNs(), () -> hand(this::report));
        } else if (effect instanceof Effect.Apply apply) {
            switch (apply.step()) {
                case ADD_ADDRESSES -> {
                    world.tell(this, "takes the address");
                    taken++;
                    holdsUntilNs = FOREVER;
                    world.took(this);
                }
                case REMOVE_ADDRESSES -> {
                    world.tell(this, "gives the address up");
                    holdsUntilNs = 0;
                }
                case REMOVE_LEFTOVERS -> holdsUntilNs = 0;
                default -> {
                    // Nothing that others could see.
                }
            }
        }
    }

    private void advertise(int priority) {
        world.broadcast(
                index,
                new ElectionEvent.AdvertHeard(
                        priority, (int) (router.advertInterval().toMillis() / 10), 0, Bytes.low(own)));
    }

    @Override
    public void keepAddresses(int seconds) {
        if (world.weakness == World.Weakness.KERNEL_KEEPS_ADDRESSES) {
            return;
        }
        if (!holds()) {
            // Told from within the election: the event comes by the network of the machine, a moment later.
            world.at(world.nowNs(), () -> hand(() -> election.on(new ElectionEvent.AddressLost(), localNs())));
            return;
        }
        holdsUntilNs = world.nowNs() + (long) Math.floor(seconds * 1e9 / rate);
    }

    @Override
    public void askReachability() {
        if (world.reachesGateway(index)) {
            world.at(world.nowNs() + 2 * World.MS, () -> hand(() -> election.reached(true, localNs())));
        }
    }

    @Override
    public void askLease(int priority, long leaseNs, long sequence, long heldEpoch) {
        world.askWitness(this, priority, leaseNs, sequence, heldEpoch, localNs());
    }

    @Override
    public void giveUpLease(long sequence) {
        world.giveUpLease(this, sequence);
    }

    @Override
    public void probeAddresses() {
        world.probe(this);
    }

    @Override
    public void fence(long formerHigh, long formerLow) {
        var asker = election;
        world.fence(
                this,
                formerLow,
                isDone -> hand(() -> {
                    if (election == asker) {
                        election.fenced(isDone, localNs());
                    }
                }));
    }

    @Override
    public void readyForGroup() {
        throw new IllegalStateException("there is no group here");
    }

    @Override
    public void report(Finding finding) {
        world.tell(this, finding);
    }
}
