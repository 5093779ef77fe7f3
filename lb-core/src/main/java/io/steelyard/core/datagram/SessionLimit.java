package io.steelyard.core.datagram;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * How many sessions there are over all loops, and how many there may be: clients that forge addresses can begin as many as they like, and
 * each takes a descriptor. Sessions that exist go on; those that would be too many do not begin. Safe for all threads; loops may pass the
 * limit by one each.
 */
final class SessionLimit {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files\\s+(\\d+)");

    /** Written by the loops, read by them: an exact count, as each change is one atomic addition. */
    private final AtomicInteger open = new AtomicInteger();

    /** Written by the control thread, read by the loops; any of two limits will do while one takes the place of the other. */
    private volatile int most;

    SessionLimit() {
        most(0);
    }

    /** @param value at least 1; 0 for half of the descriptors this process may have, so that connections and logs keep the other half */
    void most(int value) {
        most = value == 0 ? halfOfDescriptors(limits()) : value;
    }

    int most() {
        return most;
    }

    boolean isReached() {
        return open.getOpaque() >= most;
    }

    void onBegun() {
        open.incrementAndGet();
    }

    void onEnded() {
        open.decrementAndGet();
    }

    /** Half of the soft limit that a process's limits (proc(5)) tell; no limit where they do not. */
    static int halfOfDescriptors(String limits) {
        var found = OPEN_FILES.matcher(limits);
        if (!found.find() || found.group(1).length() > 10) {
            return Integer.MAX_VALUE;
        }
        return (int) Math.clamp(Long.parseLong(found.group(1)) / 2, 1, Integer.MAX_VALUE);
    }

    private static String limits() {
        try {
            return Files.readString(LIMITS);
        } catch (IOException unreadable) {
            return "";
        }
    }
}
