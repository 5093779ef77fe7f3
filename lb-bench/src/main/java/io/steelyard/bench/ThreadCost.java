package io.steelyard.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Processor time and memory that one thread has used. Read by the thread that drives it, or by itself. */
public final class ThreadCost {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Set<Long> before;
    private long thread = -1;

    private ThreadCost(Set<Long> before) {
        this.before = before;
    }

    /** The cost of the calling thread. */
    public static ThreadCost ofThisThread() {
        var cost = new ThreadCost(Set.of());
        cost.thread = Thread.currentThread().threadId();
        return cost;
    }

    /** The cost of the loop that is started next. */
    public static ThreadCost ofTheNextLoop() {
        return new ThreadCost(loops());
    }

    /** Finds the loop, which works already. */
    public void findLoop() {
        var started = loops();
        started.removeAll(before);
        if (started.size() != 1) {
            throw new IllegalStateException("expected one new loop, found " + started.size());
        }
        thread = started.iterator().next();
    }

    private static Set<Long> loops() {
        return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().startsWith("lb-loop"))
                .map(thread -> thread.getThreadId())
                .collect(Collectors.toSet());
    }

    /** Processor time, in nanoseconds. */
    public long processorNs() {
        return THREADS.getThreadCpuTime(thread);
    }

    /** Memory allocated, in bytes. */
    public long allocatedBytes() {
        return THREADS.getThreadAllocatedBytes(thread);
    }
}
