package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.SplitBrainDefence.HeartbeatPath;
import io.steelyard.vrrp.DefenceStatus;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.defence.ConfigFingerprint;
import io.steelyard.vrrp.defence.PeerReport;
import io.steelyard.vrrp.defence.PeerReportCodec;
import io.steelyard.vrrp.defence.PeerWatch;
import io.steelyard.vrrp.election.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The further paths of virtual routers that have the same: sends what this node is and whom it hears, at each advert interval and at each change, and
 * looks at what the others say. Used by the control thread.
 */
final class Heartbeats implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);
    private static final long LEAST_INTERVAL_NS = 20_000_000L;
    private static final int SILENT_INTERVALS = 3;

    private final String node;
    private final ControlThread control;
    private final List<Member> members = new ArrayList<>();
    private final List<HeartbeatSocket> sockets = new ArrayList<>();
    private final PeerReportCodec codec;
    private final PeerWatch watch;
    private final long intervalNs;
    private final Timers.Timer beat;
    private long sequence = System.currentTimeMillis() * 1_000_000L;
    private boolean isTwinTold;

    private record Member(RunningRouter running, ConfigFingerprint fingerprint) {
        static Member of(RunningRouter running) {
            return new Member(running, ConfigFingerprint.of(running.router()));
        }
    }

    private record Paths(List<HeartbeatPath> paths, Optional<String> key) {}

    /** One for all routers that have the same paths and key; none for those that have no further path. */
    static List<Heartbeats> of(
            List<RunningRouter> routers, String node, ControlThread control, InterfaceState interfaces) {
        Map<Paths, List<RunningRouter>> byPaths = new LinkedHashMap<>();
        for (var running : routers) {
            var defence = running.router().defence();
            if (!defence.paths().isEmpty()) {
                byPaths.computeIfAbsent(new Paths(defence.paths(), defence.pathKey()), paths -> new ArrayList<>())
                        .add(running);
            }
        }
        return byPaths.entrySet().stream()
                .map(each -> new Heartbeats(each.getKey(), each.getValue(), node, control, interfaces))
                .toList();
    }

    private Heartbeats(
            Paths shared, List<RunningRouter> routers, String node, ControlThread control, InterfaceState interfaces) {
        this.node = node;
        this.control = control;
        codec = new PeerReportCodec(shared.key());
        long least = Long.MAX_VALUE;
        for (var running : routers) {
            members.add(Member.of(running));
            least = Math.min(least, running.router().advertInterval().toNanos());
        }
        intervalNs = Math.max(LEAST_INTERVAL_NS, least);
        var names = shared.paths().stream().map(HeartbeatPath::name).toList();
        watch = new PeerWatch(
                node, names, SILENT_INTERVALS * intervalNs, shared.key().isPresent());
        for (var path : shared.paths()) {
            sockets.add(new HeartbeatSocket(path, control, interfaces, datagram -> heard(path.name(), datagram)));
        }
        beat = control.timer(this::beat);
        if (shared.key().isEmpty()) {
            LOG.warn("the heartbeat paths {} have no key: whoever reaches them is believed", names);
        }
    }

    /** Opens the paths, and begins to report. */
    void start() {
        interfacesChanged();
        beat();
    }

    void interfacesChanged() {
        sockets.forEach(HeartbeatSocket::look);
    }

    boolean contains(RunningRouter running) {
        return members.stream().anyMatch(member -> member.running() == running);
    }

    /** A router has taken another's place. */
    void replace(RunningRouter before, RunningRouter after) {
        members.replaceAll(each -> each.running() == before ? Member.of(after) : each);
    }

    private void beat() {
        report();
        look();
        beat.set(control.nowNs() + intervalNs);
    }

    /** Tells the others now, such as after a change. */
    void report() {
        var routers = members.stream()
                .map(member -> new PeerReport.Router(
                        member.fingerprint(),
                        member.running().state().phase(),
                        member.running().state().priority(),
                        member.running().election().epoch()))
                .toList();
        try {
            var datagram = codec.encode(new PeerReport(node, ++sequence, routers, watch.hears(control.nowNs())));
            sockets.forEach(socket -> socket.send(datagram));
        } catch (IllegalArgumentException tooLong) {
            LOG.error("this node's report: {}", tooLong.getMessage());
        }
    }

    private void heard(String path, byte[] datagram) {
        var report = codec.decode(datagram).orElse(null);
        if (report == null) {
            LOG.debug("heartbeat path '{}': a datagram that is no report, or is not signed with our key", path);
            return;
        }
        if (report.node().equals(node) && !isTwinTold) {
            isTwinTold = true;
            LOG.error("heartbeat path '{}': another node calls itself '{}', too; set the router ids", path, node);
        }
        long nowNs = control.nowNs();
        if (!watch.heard(report, path, nowNs)) {
            return;
        }
        for (var member : members) {
            var same = PeerWatch.same(member.fingerprint(), report);
            boolean isActive = same.isPresent() && same.get().router().phase() == Phase.ACTIVE;
            int priority = same.map(each -> each.router().priority()).orElse(0);
            boolean isAbove = same.isPresent()
                    && PeerWatch.isAbove(
                            same.get().router(),
                            report.node(),
                            member.running().state().priority(),
                            member.running().election().epoch(),
                            node);
            member.running().peerSays(report.node(), isActive, priority, isAbove, watch.silenceNs());
            if (member.running().router().defence().fingerprint()
                    && same.isPresent()
                    && !same.get().differences().isEmpty()) {
                member.running()
                        .warn(
                                RouterEvent.Kind.OTHER_CONFIGURATION,
                                "not as on " + report.node() + " (ours, theirs): "
                                        + String.join("; ", same.get().differences()));
            }
        }
    }

    private void look() {
        for (var remark : watch.look(control.nowNs())) {
            switch (remark) {
                case PeerWatch.Remark.PathSilent silent ->
                    warnAll(
                            RouterEvent.Kind.PATH_SILENT,
                            silent.node() + " is not heard on " + String.join(", ", silent.silentPaths())
                                    + ", but on another path: no reason to take over");
                case PeerWatch.Remark.PathBack back -> LOG.info("{} is heard on all paths again", back.node());
                case PeerWatch.Remark.OneWay oneWay ->
                    warnAll(
                            RouterEvent.Kind.ONE_WAY_HEARING,
                            oneWay.hears() + " hears " + oneWay.heard() + " and is not heard by it");
            }
        }
    }

    private void warnAll(RouterEvent.Kind kind, String text) {
        members.forEach(member -> member.running().warn(kind, text));
    }

    // ---- for who asks

    List<DefenceStatus.Peer> peers(RunningRouter running, long nowNs) {
        var ours = members.stream()
                .filter(member -> member.running() == running)
                .findFirst()
                .orElseThrow()
                .fingerprint();
        return watch.reports().stream()
                .map(report -> {
                    var same = PeerWatch.same(ours, report);
                    return new DefenceStatus.Peer(
                            report.node(),
                            same.map(each -> each.router().phase()),
                            same.map(each -> each.router().priority()).orElse(0),
                            paths(report.node(), nowNs),
                            same.map(PeerWatch.Same::differences).orElse(List.of()));
                })
                .toList();
    }

    private List<DefenceStatus.Path> paths(String peer, long nowNs) {
        var list = new ArrayList<DefenceStatus.Path>();
        watch.heardAgoNs(peer, nowNs)
                .forEach((name, agoNs) -> list.add(new DefenceStatus.Path(
                        name,
                        agoNs.isPresent() ? Optional.of(Duration.ofNanos(agoNs.getAsLong())) : Optional.empty(),
                        agoNs.isEmpty() || agoNs.getAsLong() > watch.silenceNs())));
        return list;
    }

    List<DefenceStatus.Hearing> hearing(long nowNs) {
        return watch.pairs(nowNs).stream()
                .map(pair -> new DefenceStatus.Hearing(pair.listener(), pair.speaker(), pair.isMutual()))
                .toList();
    }

    @Override
    public void close() {
        beat.stop();
        sockets.forEach(HeartbeatSocket::close);
    }
}
