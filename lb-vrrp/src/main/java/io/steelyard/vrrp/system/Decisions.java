package io.steelyard.vrrp.system;

import io.steelyard.vrrp.DefenceStatus;
import io.steelyard.vrrp.RouterEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;

/** What a router's defences reported lately. One thread. */
final class Decisions {
    private static final int MOST = 32;
    private static final long QUIET_NS = 10_000_000_000L;

    private final ArrayDeque<Entry> entries = new ArrayDeque<>();

    private record Entry(long atNs, RouterEvent.Kind kind, String text) {}

    /** Remembers it. @return whether it is news: the same was not reported in the last ten seconds */
    boolean add(RouterEvent.Kind kind, String text, long nowNs) {
        for (var entry : entries) {
            if (entry.kind() == kind
                    && nowNs - entry.atNs() < QUIET_NS
                    && entry.text().equals(text)) {
                return false;
            }
        }
        entries.addFirst(new Entry(nowNs, kind, text));
        if (entries.size() > MOST) {
            entries.removeLast();
        }
        return true;
    }

    /** The latest first. */
    List<DefenceStatus.Decision> list(long nowNs) {
        return entries.stream()
                .map(entry ->
                        new DefenceStatus.Decision(Duration.ofNanos(nowNs - entry.atNs()), entry.kind(), entry.text()))
                .toList();
    }
}
