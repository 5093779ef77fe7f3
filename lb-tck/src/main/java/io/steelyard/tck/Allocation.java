package io.steelyard.tck;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

/** Measures what threads allocate. */
public final class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 40;
    private static final int CALM_ROUNDS = 2;

    private Allocation() {}

    /** What each living thread whose name begins so has allocated since it began, in bytes, by its number. */
    public static Map<Long, Long> byThread(String namePrefix) {
        var found = new HashMap<Long, Long>();
        for (var thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().startsWith(namePrefix)) {
                found.put(thread.getThreadId(), THREADS.getThreadAllocatedBytes(thread.getThreadId()));
            }
        }
        return found;
    }

    /**
     * The bytes the calling thread allocates while it runs {@code work} {@code times} over, once the code is compiled: repeated until two
     * rounds running allocate nothing, up to forty rounds, and the least of them given.
     */
    public static long bytes(int times, Runnable work) {
        long least = Long.MAX_VALUE;
        for (int round = 0, calm = 0; round < ROUNDS && calm < CALM_ROUNDS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < times; i++) {
                work.run();
            }
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            least = Math.min(least, allocated);
            calm = allocated == 0 ? calm + 1 : 0;
        }
        return least;
    }
}
