package io.steelyard.vrrp.simulation;

import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.defence.LeaseTable;
import io.steelyard.vrrp.defence.PauseWatch;
import io.steelyard.vrrp.defence.PeerReport;
import io.steelyard.vrrp.election.ElectionEvent;
import io.steelyard.vrrp.election.GroupElection;
import io.steelyard.vrrp.election.Outcome;
import io.steelyard.vrrp.election.RouterState;
import io.steelyard.vrrp.wire.Bytes;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * A machine: its kernel, which may have addresses, and its process, which may be paused or dead. Several virtual routers of it are a sync group. Its
 * clock runs at a speed of its own.
 */
final class Node {
    static final long FOREVER = Long.MAX_VALUE;
    private static final long INTERVAL_NS = 1_000 * World.MS;
    private static final int FALL = 3;
    private static final long RESTART_NS = 2_000 * World.MS;

    final int index;
    final World world;
    final double rate;
    final InetAddress own;
    private final List<VirtualRouter> routers;
    private final List<Member.Kernel> kernel = new ArrayList<>();
    private final List<Boolean> isHealthy = new ArrayList<>();
    private final Queue<Runnable> inbox = new ArrayDeque<>();
    private PauseWatch watch = new PauseWatch();

    /** Those of the process that runs; none while none does. */
    private List<Member> members = List.of();

    private int silentRounds;
    private boolean isPaused;
    private long wakeAtNs = FOREVER;

    Node(World world, int index, List<VirtualRouter> routers, double rate) {
        this.world = world;
        this.index = index;
        this.routers = routers;
        this.rate = rate;
        own = Bytes.address(0, Bytes.MAPPED | 0xC000_020AL + index);
        for (int i = 0; i < routers.size(); i++) {
            kernel.add(new Member.Kernel());
            isHealthy.add(true);
        }
    }

    // ---- the machine

    boolean isGroup() {
        return routers.size() > 1;
    }

    boolean holds(int place) {
        return world.nowNs() < kernel.get(place).holdsUntilNs;
    }

    int taken() {
        return kernel.stream().mapToInt(each -> each.taken).sum();
    }

    long localNs() {
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

    /** Whether its adverts come from that address. */
    boolean isAt(long low) {
        return Bytes.low(own) == low;
    }

    // ---- the process

    void start() {
        if (!members.isEmpty()) {
            return;
        }
        isPaused = false;
        watch = new PauseWatch();
        inbox.clear();
        silentRounds = 0;
        var begun = new ArrayList<Member>();
        for (int i = 0; i < routers.size(); i++) {
            // Two processes of one node are never in the same millisecond.
            begun.add(new Member(this, i, routers.get(i), kernel.get(i), world.nowNs() + 1));
        }
        members = List.copyOf(begun);
        for (var member : members) {
            member.start(isHealthy.get(member.place));
        }
        plan();
        beatLater(members);
    }

    private void beatLater(List<Member> of) {
        world.at(world.nowNs() + INTERVAL_NS, () -> beat(of));
    }

    /** Each second of this process: a report to the others, and a round of the vote on the gateway. */
    private void beat(List<Member> of) {
        if (members != of) {
            return;
        }
        hand(of.getFirst(), () -> {
            silentRounds = world.reachesGateway(index) ? 0 : silentRounds + 1;
            for (var member : of) {
                member.report();
                if (member.router.defence().reachability().isPresent()) {
                    member.perform(() -> member.election.isolated(silentRounds >= FALL, localNs()));
                }
            }
        });
        beatLater(of);
    }

    void end(boolean isOrderly) {
        if (members.isEmpty()) {
            return;
        }
        world.tell(this, isOrderly ? "stopped" : "killed");
        if (isOrderly && !isPaused) {
            // What the group makes of it is no matter of anybody's any more.
            members.forEach(member -> member.election.on(new ElectionEvent.Stop(), localNs()));
        }
        members = List.of();
        isPaused = false;
        wakeAtNs = FOREVER;
    }

    /** Somebody switches this machine off: what it had is gone with it. After a while it is on again. */
    void powerOff() {
        world.tell(this, "is fenced");
        end(false);
        kernel.forEach(each -> each.holdsUntilNs = 0);
        world.at(world.nowNs() + RESTART_NS, this::start);
    }

    void pause() {
        isPaused = !members.isEmpty();
    }

    void resume() {
        if (!isPaused) {
            return;
        }
        isPaused = false;
        look(() -> {});
    }

    /** @param place whose tracker it is */
    void health(int place, boolean healthy) {
        isHealthy.set(place, healthy);
        toMember(place, member -> member.perform(() -> member.election.health(isHealthy.get(place), localNs())));
    }

    void receive(int place, ElectionEvent.AdvertHeard advert) {
        toMember(place, member -> member.receive(advert));
    }

    void peerSays(int place, String node, PeerReport.Router theirs) {
        toMember(place, member -> member.peerSays(node, theirs));
    }

    void answer(Member asker, long askedLocalNs, LeaseTable.Answer answer) {
        hand(asker, () -> asker.answer(askedLocalNs, answer));
    }

    private void toMember(int place, Consumer<Member> what) {
        if (!members.isEmpty()) {
            var member = members.get(place);
            hand(member, () -> what.accept(member));
        }
    }

    /** Something arrives for a router of this process; a paused process finds it when it goes on. */
    void hand(Member member, Runnable what) {
        if (!members.contains(member)) {
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
        long lateNs = watch.lateNs(nextNs(), localNs());
        if (lateNs > 0) {
            members.forEach(member -> member.perform(() -> member.election.paused(lateNs, localNs())));
        }
        while (!inbox.isEmpty()) {
            inbox.poll().run();
        }
        arrived.run();
        members.forEach(Member::due);
        plan();
    }

    private long nextNs() {
        return members.stream()
                .mapToLong(member -> member.election.nextNs())
                .min()
                .orElse(RouterState.NEVER);
    }

    private void plan() {
        long nextNs = nextNs();
        long atNs = nextNs == RouterState.NEVER ? FOREVER : Math.max(world.nowNs(), worldNs(nextNs));
        if (atNs != wakeAtNs) {
            wakeAtNs = atNs;
            if (atNs != FOREVER) {
                var planned = members;
                world.at(atNs, () -> {
                    if (wakeAtNs == atNs && members == planned) {
                        wakeAtNs = FOREVER;
                        if (!isPaused) {
                            look(() -> {});
                        }
                    }
                });
            }
        }
    }

    // ---- the sync group

    /** A member waits for the others alone. */
    void claimed() {
        boolean isReady = isGroup()
                && members.stream()
                        .allMatch(each -> each.election.isReadyForGroup()
                                || each.election.state().isActive());
        if (isReady) {
            members.forEach(member -> member.perform(() -> member.election.groupMayClaim(localNs())));
        }
    }

    /** Something came of an event of a member. */
    void did(Member member, Outcome outcome) {
        if (!members.contains(member)) {
            return;
        }
        var states = members.stream().map(each -> each.election.state()).toList();
        for (var message : GroupElection.after(states, member.place, outcome)) {
            members.get(message.member()).on(message.event());
        }
    }
}
