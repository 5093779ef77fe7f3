package io.steelyard.vrrp.defence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Who hears whom, and on which path. Each node says in its reports whom it heard lately; that makes a path that is cut one way visible before it
 * matters. Used by one thread at a time.
 */
public final class HearingMatrix {
    /** What the silence of a peer means. */
    public enum Verdict {
        /** Heard on every path. */
        HEARD,
        /** Silent on some: a warning, and no reason to take over. */
        SUSPECT,
        /** Silent on all. */
        SILENT
    }

    /**
     * One hears the other and is not heard by it.
     *
     * @param hears who hears the other and is not heard by it
     * @param heard the other
     */
    public record Asymmetry(String hears, String heard) {}

    /**
     * One hears the other.
     *
     * @param isMutual and is heard by it
     */
    public record Pair(String listener, String speaker, boolean isMutual) {}

    private record Link(String listener, String speaker) {}

    private final String self;
    private final List<String> paths;
    private final long silenceNs;
    private final Map<String, Map<String, Long>> lastByPeer = new HashMap<>();
    private final Map<Link, Long> said = new HashMap<>();

    /**
     * Nobody heard yet.
     *
     * @param self this node's name
     * @param paths all ways on which peers can be heard
     * @param silenceNs after how long a peer counts as silent on a path
     */
    public HearingMatrix(String self, List<String> paths, long silenceNs) {
        this.self = self;
        this.paths = List.copyOf(paths);
        this.silenceNs = silenceNs;
    }

    /** A peer was heard on a path. */
    public void heard(String peer, String path, long nowNs) {
        lastByPeer.computeIfAbsent(peer, name -> new HashMap<>()).put(path, nowNs);
        said.put(new Link(self, peer), nowNs);
    }

    /** A peer says whom it hears. */
    public void says(String peer, List<String> hears, long nowNs) {
        said.keySet().removeIf(link -> link.listener().equals(peer));
        hears.forEach(other -> said.put(new Link(peer, other), nowNs));
        said.putIfAbsent(new Link(peer, peer), nowNs);
    }

    /** A peer is not known any more. */
    public void forget(String peer) {
        lastByPeer.remove(peer);
        said.keySet()
                .removeIf(link -> link.listener().equals(peer) || link.speaker().equals(peer));
    }

    /** How much is remembered: paths of peers, and who said that it hears whom. */
    int size() {
        return lastByPeer.size() + said.size();
    }

    /** Whom we say we hear. */
    public List<String> hears(long nowNs) {
        return lastByPeer.keySet().stream()
                .filter(peer -> verdict(peer, nowNs) != Verdict.SILENT)
                .sorted()
                .toList();
    }

    public Verdict verdict(String peer, long nowNs) {
        var last = lastByPeer.getOrDefault(peer, Map.of());
        long alive = paths.stream()
                .filter(path -> last.containsKey(path) && nowNs - last.get(path) <= silenceNs)
                .count();
        if (alive == 0) {
            return Verdict.SILENT;
        }
        return alive == paths.size() ? Verdict.HEARD : Verdict.SUSPECT;
    }

    /** The paths on which a peer is silent. */
    public List<String> silentPaths(String peer, long nowNs) {
        var last = lastByPeer.getOrDefault(peer, Map.of());
        return paths.stream()
                .filter(path -> !last.containsKey(path) || nowNs - last.get(path) > silenceNs)
                .toList();
    }

    /** Every pair of which one hears the other only, among those that told whom they hear. */
    public List<Asymmetry> asymmetries(long nowNs) {
        var fresh = new TreeSet<String>();
        said.forEach((link, atNs) -> {
            if (nowNs - atNs <= silenceNs) {
                fresh.add(link.listener());
            }
        });
        var found = new ArrayList<Asymmetry>();
        for (var listener : fresh) {
            for (var speaker : fresh) {
                if (!listener.equals(speaker) && hears(listener, speaker, nowNs) && !hears(speaker, listener, nowNs)) {
                    found.add(new Asymmetry(listener, speaker));
                }
            }
        }
        return found;
    }

    /** Whoever hears somebody, among those that told it lately. */
    public List<Pair> pairs(long nowNs) {
        return said.keySet().stream()
                .filter(link -> !link.listener().equals(link.speaker()))
                .filter(link -> hears(link.listener(), link.speaker(), nowNs))
                .map(link -> new Pair(link.listener(), link.speaker(), hears(link.speaker(), link.listener(), nowNs)))
                .sorted(Comparator.comparing(Pair::listener).thenComparing(Pair::speaker))
                .toList();
    }

    private boolean hears(String listener, String speaker, long nowNs) {
        var atNs = said.get(new Link(listener, speaker));
        return atNs != null && nowNs - atNs <= silenceNs;
    }
}
