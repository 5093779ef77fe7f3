package io.steelyard.vrrp.defence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the other nodes by their reports, and what about them is worth a warning. A path that falls silent, or hearing that goes one way
 * only, is told when it has lasted for as long as silence takes to be noticed: nodes do not start at one moment. Deterministic; used by one thread
 * at a time.
 */
public final class PeerWatch {
    private static final long FORGOTTEN_NS = 600_000_000_000L;
    private static final int MOST_PEERS = 255;

    private final String self;
    private final List<String> paths;
    private final long silenceNs;
    private final boolean isSigned;
    private final HearingMatrix matrix;
    private final Map<String, Peer> peers = new TreeMap<>();
    private final Map<HearingMatrix.Asymmetry, Long> oneWaySinceNs = new HashMap<>();

    private static final class Peer {
        private final Map<String, Long> sequences = new HashMap<>();
        private final Map<String, Long> heardNs = new HashMap<>();
        private @Nullable PeerReport last;
        private long lastNs;
        private long suspectSinceNs = Long.MIN_VALUE;
        private boolean isToldSilent;
    }

    /** What should be told. */
    public sealed interface Remark {
        /** A node is silent on some paths, and heard on others. */
        record PathSilent(String node, List<String> silentPaths) implements Remark {}

        /** It is heard on all of them again. */
        record PathBack(String node) implements Remark {}

        /** One hears the other and is not heard by it. */
        record OneWay(String hears, String heard) implements Remark {}
    }

    /**
     * Nobody known yet.
     *
     * @param self this node's name
     * @param paths on which reports come
     * @param silenceNs after how long without a report a peer counts as silent on a path
     * @param isSigned whether reports are signed; then a number that was there is a replay for ever, else only while the peer is heard
     */
    public PeerWatch(String self, List<String> paths, long silenceNs, boolean isSigned) {
        this.self = self;
        this.paths = List.copyOf(paths);
        this.silenceNs = silenceNs;
        this.isSigned = isSigned;
        matrix = new HearingMatrix(self, paths, silenceNs);
    }

    /**
     * A report arrived.
     *
     * @return whether what it says counts: a replay does not, nor what is older than what came on another path, nor what this node itself sent or
     *     another of its name
     */
    public boolean heard(PeerReport report, String path, long nowNs) {
        if (report.node().equals(self) || peers.size() >= MOST_PEERS && !peers.containsKey(report.node())) {
            return false;
        }
        var peer = peers.computeIfAbsent(report.node(), node -> new Peer());
        var before = peer.sequences.get(path);
        boolean isOld = before != null && report.sequence() - before <= 0;
        boolean isAwayLong = nowNs - peer.heardNs.getOrDefault(path, nowNs) > 4 * silenceNs;
        if (isOld && (isSigned || !isAwayLong)) {
            return false;
        }
        peer.sequences.put(path, report.sequence());
        peer.heardNs.put(path, nowNs);
        matrix.heard(report.node(), path, nowNs);
        var last = peer.last;
        boolean isLatest = last == null || report.sequence() - last.sequence() >= 0 || isOld;
        if (isLatest) {
            peer.last = report;
            peer.lastNs = nowNs;
            matrix.says(report.node(), report.hears(), nowNs);
        }
        return isLatest;
    }

    /** Whom this node hears, for its own reports. */
    public List<String> hears(long nowNs) {
        return matrix.hears(nowNs);
    }

    /** What is to be told now; each thing once as long as it lasts. */
    public List<Remark> look(long nowNs) {
        var remarks = new ArrayList<Remark>();
        peers.entrySet().removeIf(peer -> {
            boolean isForgotten = nowNs - peer.getValue().lastNs > FORGOTTEN_NS;
            if (isForgotten) {
                matrix.forget(peer.getKey());
            }
            return isForgotten;
        });
        peers.forEach((node, peer) -> lookAtPaths(node, peer, nowNs, remarks));
        lookForOneWay(nowNs, remarks);
        return remarks;
    }

    private void lookAtPaths(String node, Peer peer, long nowNs, List<Remark> remarks) {
        var verdict = matrix.verdict(node, nowNs);
        if (verdict != HearingMatrix.Verdict.SUSPECT) {
            if (peer.isToldSilent && verdict == HearingMatrix.Verdict.HEARD) {
                remarks.add(new Remark.PathBack(node));
            }
            peer.suspectSinceNs = Long.MIN_VALUE;
            peer.isToldSilent = false;
        } else if (peer.suspectSinceNs == Long.MIN_VALUE) {
            peer.suspectSinceNs = nowNs;
        } else if (!peer.isToldSilent && nowNs - peer.suspectSinceNs >= silenceNs) {
            peer.isToldSilent = true;
            remarks.add(new Remark.PathSilent(node, matrix.silentPaths(node, nowNs)));
        }
    }

    private void lookForOneWay(long nowNs, List<Remark> remarks) {
        var now = matrix.asymmetries(nowNs);
        oneWaySinceNs.keySet().retainAll(now);
        for (var oneWay : now) {
            var sinceNs = oneWaySinceNs.putIfAbsent(oneWay, nowNs);
            if (sinceNs != null && sinceNs != Long.MAX_VALUE && nowNs - sinceNs >= silenceNs) {
                oneWaySinceNs.put(oneWay, Long.MAX_VALUE);
                remarks.add(new Remark.OneWay(oneWay.hears(), oneWay.heard()));
            }
        }
    }

    int size() {
        return peers.size() + matrix.size();
    }

    // ---- what the peers say of one router

    /**
     * What a node says of the router that is ours: the one of our id and family that is most like it, or else one with an address of ours.
     *
     * @param router as the node has it
     * @param differences from ours
     */
    public record Same(PeerReport.Router router, List<String> differences) {}

    /** The same router on another node; absent where it has none. */
    public static Optional<Same> same(ConfigFingerprint ours, PeerReport report) {
        var sameId = report.routers().stream()
                .filter(router -> router.configuration().virtualRouterId() == ours.virtualRouterId()
                        && isSameFamily(ours, router.configuration()))
                .toList();
        var candidates = sameId.isEmpty()
                ? report.routers().stream()
                        .filter(router -> sharesAddress(ours, router.configuration()))
                        .toList()
                : sameId;
        return candidates.stream()
                .map(router -> new Same(router, ours.differences(router.configuration())))
                .min(Comparator.comparingInt(same -> same.differences().size()));
    }

    /**
     * Whether a peer's router wins against ours where both are active. Who was given the lease later has it; without a witness the priority decides,
     * and then the name of the node.
     *
     * @param ourPriority of our router
     * @param ourEpoch of its lease; 0 without one
     * @param ourNode this machine's name
     */
    public static boolean isAbove(
            PeerReport.Router theirs, String theirNode, int ourPriority, long ourEpoch, String ourNode) {
        if (theirs.epoch() != 0 && ourEpoch != 0 && theirs.epoch() != ourEpoch) {
            return theirs.epoch() > ourEpoch;
        }
        int order = Integer.compare(theirs.priority(), ourPriority);
        return order != 0 ? order > 0 : theirNode.compareTo(ourNode) > 0;
    }

    private static boolean isSameFamily(ConfigFingerprint ours, ConfigFingerprint theirs) {
        return ours.addresses().isEmpty()
                || theirs.addresses().isEmpty()
                || ours.addresses().contains(":") == theirs.addresses().contains(":");
    }

    private static boolean sharesAddress(ConfigFingerprint ours, ConfigFingerprint theirs) {
        var own = List.of(ours.addresses().split(" "));
        return !ours.addresses().isEmpty()
                && List.of(theirs.addresses().split(" ")).stream().anyMatch(own::contains);
    }

    // ---- for who asks

    /** The last report of each node. */
    public List<PeerReport> reports() {
        return peers.values().stream()
                .map(peer -> peer.last)
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    /** When a node was heard last on each path, in nanoseconds ago; empty where it never was. */
    public Map<String, OptionalLong> heardAgoNs(String node, long nowNs) {
        var ago = new LinkedHashMap<String, OptionalLong>();
        var peer = peers.get(node);
        for (var path : paths) {
            var atNs = peer == null ? null : peer.heardNs.get(path);
            ago.put(path, atNs == null ? OptionalLong.empty() : OptionalLong.of(nowNs - atNs));
        }
        return ago;
    }

    /** After how long without a report a peer counts as silent. */
    public long silenceNs() {
        return silenceNs;
    }

    /** Who hears whom, as far as each is heard itself. */
    public List<HearingMatrix.Pair> pairs(long nowNs) {
        return matrix.pairs(nowNs);
    }
}
