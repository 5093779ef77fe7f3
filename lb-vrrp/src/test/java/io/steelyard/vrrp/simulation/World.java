package io.steelyard.vrrp.simulation;

import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.defence.LeaseTable;
import io.steelyard.vrrp.defence.PeerReport;
import io.steelyard.vrrp.election.ElectionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Some nodes, the links between them and a witness, in virtual time: what happens follows from the schedule alone. Whenever a node gets the address
 * the world looks whether another has it.
 */
final class World {
    static final long MS = 1_000_000L;
    private static final long LONGEST_LEASE_NS = 3_000 * MS;

    /** How the world can be made worse than the real one, to see what a defence is for. */
    enum Weakness {
        NONE,
        /** The kernel keeps addresses for ever. */
        KERNEL_KEEPS_ADDRESSES
    }

    private record Happening(long atNs, long order, Runnable what) implements Comparable<Happening> {
        @Override
        public int compareTo(Happening other) {
            int time = Long.compare(atNs, other.atNs);
            return time != 0 ? time : Long.compare(order, other.order);
        }
    }

    final Schedule schedule;
    final Weakness weakness;
    final Random random;
    private final int members;
    private final PriorityQueue<Happening> happenings = new PriorityQueue<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final List<String> story = new ArrayList<>();
    private LeaseTable witness = new LeaseTable(Long.MIN_VALUE, 1);
    private boolean isTold;
    private long order;
    private long nowNs;

    World(Schedule schedule, Weakness weakness, IntFunction<List<VirtualRouter>> routers) {
        this.schedule = schedule;
        this.weakness = weakness;
        random = new Random(schedule.seed());
        members = routers.apply(0).size();
        for (int i = 0; i < schedule.nodes(); i++) {
            var node = new Node(this, i, routers.apply(i), 0.996 + random.nextInt(9) / 1_000.0);
            nodes.add(node);
            at(random.nextInt(2_000) * MS, node::start);
        }
        schedule.faults().forEach(this::plan);
    }

    private void plan(Fault fault) {
        long beginNs = fault.atMs() * MS;
        long endNs = beginNs + fault.lastsMs() * MS;
        switch (fault.kind()) {
            case PAUSED -> {
                at(beginNs, () -> nodes.get(fault.node()).pause());
                at(endNs, () -> nodes.get(fault.node()).resume());
            }
            case KILLED, STOPPED -> {
                at(beginNs, () -> nodes.get(fault.node()).end(fault.kind() == Fault.Kind.STOPPED));
                at(endNs, () -> nodes.get(fault.node()).start());
            }
            case UNHEALTHY -> {
                int place = fault.lastsMs() % members;
                at(beginNs, () -> nodes.get(fault.node()).health(place, false));
                at(endNs, () -> nodes.get(fault.node()).health(place, true));
            }
            case WITNESS_RESTART ->
                at(
                        beginNs,
                        () -> witness = new LeaseTable(nowNs + LONGEST_LEASE_NS, 1_000_000L + nowNs / 1_000_000_000L));
            default -> {
                // Looked at when something is sent.
            }
        }
    }

    void run(long untilMs) {
        while (!happenings.isEmpty() && happenings.peek().atNs() <= untilMs * MS) {
            var next = happenings.poll();
            nowNs = next.atNs();
            next.what().run();
        }
        nowNs = untilMs * MS;
    }

    long nowNs() {
        return nowNs;
    }

    void at(long atNs, Runnable what) {
        happenings.add(new Happening(Math.max(atNs, nowNs), order++, what));
    }

    /** From now on the world remembers what happens, which takes its time. */
    World told() {
        isTold = true;
        return this;
    }

    void tell(Node node, Object what) {
        if (isTold) {
            story.add("%9.3f s  node %d %s".formatted(nowNs / 1e9, node.index, what));
        }
    }

    // ---- the network

    private boolean is(Fault.Kind kind, int node, int other) {
        for (var fault : schedule.faults()) {
            if (fault.kind() == kind
                    && fault.node() == node
                    && (fault.other() < 0 || fault.other() == other)
                    && nowNs >= fault.atMs() * MS
                    && nowNs < (fault.atMs() + fault.lastsMs()) * MS) {
                return true;
            }
        }
        return false;
    }

    private boolean isCut(int from, int to, int place) {
        return is(Fault.Kind.ISOLATED, from, -1)
                || is(Fault.Kind.ISOLATED, to, -1)
                || isOnNetworkOf(place, from, to) && isLinkCut(from, to);
    }

    /** Each router of a group is on a network of its own, and a link between two nodes is bad in one of them, or in both. */
    private boolean isOnNetworkOf(int place, int from, int to) {
        int which = (int) ((schedule.seed() + 7L * from + 3L * to) % (members + 1));
        return which == members || which == place;
    }

    private boolean isLinkCut(int from, int to) {
        return is(Fault.Kind.CUT_ONE_WAY, from, to) || is(Fault.Kind.LOSSY, from, to) && random.nextBoolean();
    }

    /** Whether a node reaches the gateway now. */
    boolean reachesGateway(int node) {
        return !is(Fault.Kind.ISOLATED, node, -1) && !is(Fault.Kind.NO_GATEWAY, node, -1);
    }

    private long delayNs(int from, int to) {
        return (is(Fault.Kind.SLOW, from, to) ? random.nextInt(400) : random.nextInt(10)) * MS + random.nextInt(1_000);
    }

    void broadcast(int from, int place, ElectionEvent.AdvertHeard advert) {
        boolean isOff = is(Fault.Kind.CLOCK_JUMP, from, -1);
        for (var node : nodes) {
            if (node.index == from
                    || isCut(from, node.index, place)
                    || isOff != is(Fault.Kind.CLOCK_JUMP, node.index, -1)) {
                continue;
            }
            deliver(from, node.index, () -> node.receive(place, advert));
        }
    }

    /** Once or, on a link that repeats, more often; each time after a while of its own. */
    private void deliver(int from, int to, Runnable what) {
        int copies = is(Fault.Kind.DUPLICATED, from, to) ? 2 + random.nextInt(2) : 1;
        for (int i = 0; i < copies; i++) {
            at(nowNs + delayNs(from, to), what);
        }
    }

    /** A node's report on the further path, which is another network. */
    void report(Node from, int place, PeerReport.Router router) {
        for (var node : nodes) {
            if (node != from && !is(Fault.Kind.PATH_CUT, from.index, node.index)) {
                at(nowNs + random.nextInt(5) * MS, () -> node.peerSays(place, "node" + from.index, router));
            }
        }
    }

    void askWitness(
            Node node, Member asker, int priority, long leaseNs, long sequence, long heldEpoch, long askedLocalNs) {
        toWitness(node, () -> {
            var answer = witness.ask(
                    asker.router.name(), "node" + node.index, priority, leaseNs, sequence, heldEpoch, nowNs);
            if (!is(Fault.Kind.CUT_FROM_WITNESS, node.index, -1) && !isLinkCut(Fault.WITNESS, node.index)) {
                deliver(Fault.WITNESS, node.index, () -> node.answer(asker, askedLocalNs, answer));
            }
        });
    }

    void giveUpLease(Node node, String router, long sequence) {
        toWitness(node, () -> witness.giveUp(router, "node" + node.index, sequence, nowNs));
    }

    private void toWitness(Node node, Runnable message) {
        if (!is(Fault.Kind.CUT_FROM_WITNESS, node.index, -1) && !isLinkCut(node.index, Fault.WITNESS)) {
            deliver(node.index, Fault.WITNESS, message);
        }
    }

    void probe(Node asker, int place, Runnable answered) {
        for (var node : nodes) {
            if (node != asker && !isCut(asker.index, node.index, place) && !isCut(node.index, asker.index, place)) {
                at(nowNs + delayNs(asker.index, node.index), () -> {
                    if (node.holds(place)) {
                        at(nowNs + delayNs(node.index, asker.index), answered);
                    }
                });
            }
        }
    }

    /** A power switch that every node reaches which is not isolated. Who does not reach it hears nothing. */
    void fence(Node asker, long formerLow, Consumer<Boolean> answer) {
        if (is(Fault.Kind.ISOLATED, asker.index, -1)) {
            return;
        }
        at(nowNs + (50 + random.nextInt(250)) * MS, () -> {
            var former = nodes.stream().filter(node -> node.isAt(formerLow)).findFirst();
            former.ifPresent(Node::powerOff);
            answer.accept(former.isPresent());
        });
    }

    // ---- what must hold

    void took(Node taker, int place) {
        for (var node : nodes) {
            if (node != taker && node.holds(place)) {
                violations.add("at %.6f s node %d took the address while node %d had it"
                        .formatted(nowNs / 1e9, taker.index, node.index));
            }
        }
    }

    List<String> violations() {
        return violations;
    }

    /** Who has the address of the first router, or of the only one. */
    List<Integer> holders() {
        return holders(0);
    }

    List<Integer> holders(int place) {
        return nodes.stream()
                .filter(node -> node.holds(place))
                .map(node -> node.index)
                .toList();
    }

    /** How often the address changed hands since the world began. */
    int changes() {
        return nodes.stream().mapToInt(Node::taken).sum();
    }

    @Override
    public String toString() {
        return schedule + "story:\n  " + String.join("\n  ", story) + "\n";
    }
}
