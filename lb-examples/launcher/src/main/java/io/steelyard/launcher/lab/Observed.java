package io.steelyard.launcher.lab;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What is known of the hosts: the state each says it has, and which of them have the floating address. Safe for all threads. */
final class Observed {
    private final Map<String, String> states = new HashMap<>();
    private final Set<String> holders = new TreeSet<>();

    /** Time in which two hosts had the address, in nanoseconds, without what is open. */
    private long sharedNs;

    private long sharedSinceNs;

    synchronized void state(String host, String state) {
        states.put(host, state);
        notifyAll();
    }

    /** @return whether that is news */
    synchronized boolean holds(String host, boolean isHolder, long nowNs) {
        boolean wasShared = holders.size() > 1;
        boolean isNews = isHolder ? holders.add(host) : holders.remove(host);
        if (!wasShared && holders.size() > 1) {
            sharedSinceNs = nowNs;
        } else if (wasShared && holders.size() < 2) {
            sharedNs += nowNs - sharedSinceNs;
        }
        notifyAll();
        return isNews;
    }

    synchronized String state(String host) {
        return states.getOrDefault(host, "");
    }

    synchronized Set<String> holders() {
        return Set.copyOf(holders);
    }

    /** For how long two hosts had the address at once, so far. */
    synchronized long sharedNs(long nowNs) {
        return sharedNs + (holders.size() > 1 ? nowNs - sharedSinceNs : 0);
    }

    /** Waits until something is so. @return false where the limit passed first */
    synchronized boolean await(Predicate<Observed> condition, Duration limit) throws InterruptedException {
        long deadlineNs = System.nanoTime() + limit.toNanos();
        while (!condition.test(this)) {
            long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000L;
            if (leftMs <= 0) {
                return false;
            }
            wait(leftMs);
        }
        return true;
    }

    /** Lets waiting threads look again at something that is not in here. */
    synchronized void changed() {
        notifyAll();
    }
}
