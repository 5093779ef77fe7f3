package io.steelyard.launcher.vrrp;

import io.steelyard.vrrp.DefenceStatus;
import io.steelyard.vrrp.RouterStatus;
import io.steelyard.vrrp.election.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The picture of virtual routers as text for people: what each is, why, and whom it hears. Pure. */
final class StatusText {
    private final StringBuilder text = new StringBuilder();

    private StatusText() {}

    /** All of them, an empty line between two. */
    static String of(List<RouterStatus> routers) {
        return routers.stream().map(StatusText::of).collect(Collectors.joining("\n"));
    }

    private static String of(RouterStatus router) {
        var status = new StatusText();
        status.text
                .append("virtual router ")
                .append(router.name())
                .append(", id ")
                .append(router.virtualRouterId())
                .append(" on ")
                .append(router.interfaceName())
                .append('\n');
        status.state(router);
        status.addresses(router);
        status.heard(router);
        router.sessions().forEach(status::session);
        status.defences(router.defences());
        status.counters(router.counters());
        return status.text.toString();
    }

    private void line(String name, String value) {
        text.append(String.format(Locale.ROOT, "  %-10s %s%n", name, value));
    }

    private void state(RouterStatus router) {
        line(
                "state",
                router.phase() + " for " + time(router.inPhase())
                        + router.reason()
                                .map(reason -> ", because of " + words(reason))
                                .orElse(""));
        router.unhealthy().ifPresent(why -> line("unfit", why));
        line("priority", router.priority().text());
        var next = router.untilTimer()
                .map(left -> (router.phase() == Phase.ACTIVE ? "; the next in " : "; claims in ")
                        + time(left)
                        + (router.phase() == Phase.ACTIVE ? "" : " unless one is heard"))
                .orElse("");
        line(
                "adverts",
                "every " + time(router.advertInterval())
                        + router.sourceAddress().map(from -> " from " + from).orElse("") + next);
    }

    private void addresses(RouterStatus router) {
        for (var address : router.addresses()) {
            line(
                    "address",
                    address.address()
                            + (address.isHeld() ? " is here" : " is not here")
                            + (address.isAdvertised() ? "" : ", not advertised"));
        }
    }

    private void heard(RouterStatus router) {
        line(
                "active",
                router.phase() == Phase.ACTIVE
                        ? "this machine"
                        : router.active()
                                .map(active -> active.address() + " with priority " + active.priority())
                                .orElse("nobody is heard"));
        for (var advert : router.heard()) {
            line(
                    "heard",
                    advert.address() + ", priority " + advert.priority() + ", " + time(advert.ago()) + " ago, every "
                            + time(advert.interval()) + ", " + advert.count() + " in all");
        }
    }

    private void session(RouterStatus.TrackedSession session) {
        line(
                "BFD",
                session.tracker() + " with " + session.neighbour() + ": " + session.phase() + " for "
                        + time(session.since()) + ", " + words(session.diagnostic()) + "; the other says "
                        + session.remotePhase() + ", " + words(session.remoteDiagnostic()) + "; a packet every "
                        + time(session.sendInterval())
                        + session.detectionTime()
                                .map(limit -> ", silence is noticed after " + time(limit))
                                .orElse("")
                        + session.problem().map(problem -> "; " + problem).orElse("") + "; "
                        + nonZero(session.counters()));
    }

    private void defences(DefenceStatus defences) {
        line(
                "lifetime",
                defences.lifetime()
                        .map(lifetime -> "the kernel takes the addresses away after " + time(lifetime)
                                + " if this process stands still")
                        .orElse("the kernel keeps the addresses until they are taken away"));
        defences.pending().ifPresent(waits -> line("claim", "waits for " + waits));
        defences.lease().ifPresent(this::lease);
        defences.reachability().ifPresent(this::reachability);
        defences.peers().forEach(this::peer);
        for (var pair : defences.hearing()) {
            line(
                    "hearing",
                    pair.listener() + " hears " + pair.speaker() + (pair.isMutual() ? "" : ", not the other way"));
        }
        for (var decision : defences.decisions()) {
            line("decided", time(decision.ago()) + " ago: " + words(decision.kind()) + ": " + decision.text());
        }
    }

    private void lease(DefenceStatus.Lease lease) {
        line(
                "lease",
                lease.left().map(left -> "ours for " + time(left)).orElse("not ours") + ", epoch " + lease.epoch()
                        + ", witness " + lease.witness()
                        + ago(lease.answered(), " answered ", " never answered")
                        + lease.problem().map(problem -> "; " + problem).orElse(""));
    }

    private void reachability(DefenceStatus.Reachability reachability) {
        line(
                "network",
                (reachability.isIsolated() ? "isolated" : "reached") + "; at least " + reachability.leastAnswers()
                        + " must answer: "
                        + reachability.hosts().stream()
                                .map(host -> host.address() + ago(host.answered(), " answered ", " never answered"))
                                .collect(Collectors.joining(", ")));
    }

    private void peer(DefenceStatus.Peer peer) {
        line(
                "peer",
                peer.node()
                        + peer.phase()
                                .map(phase -> ": " + phase + " with priority " + peer.priority())
                                .orElse(": has no such router")
                        + peer.paths().stream()
                                .map(path -> "; " + path.name() + ago(path.heard(), " heard ", " never heard")
                                        + (path.isSilent() ? " (silent)" : ""))
                                .collect(Collectors.joining()));
        for (var difference : peer.differences()) {
            line("differs", peer.node() + ": " + difference);
        }
    }

    private void counters(Map<String, Long> counters) {
        line("counters", nonZero(counters));
    }

    private static String nonZero(Map<String, Long> counters) {
        var told = new TreeMap<>(counters);
        told.values().removeIf(count -> count == 0);
        return told.isEmpty()
                ? "all 0"
                : told.entrySet().stream()
                        .map(counter -> counter.getKey() + " " + counter.getValue())
                        .collect(Collectors.joining(", "));
    }

    private static String ago(Optional<Duration> time, String before, String never) {
        return time.map(passed -> before + time(passed) + " ago").orElse(never);
    }

    /** Of {@code NOBODY_HEARD}: {@code nobody heard}. */
    static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** With three decimals up to a minute, in whole seconds beyond. */
    static String time(Duration time) {
        return time.compareTo(Duration.ofMinutes(1)) < 0
                ? String.format(Locale.ROOT, "%.3f s", time.toNanos() / 1e9)
                : time.toSeconds() + " s";
    }
}
