package io.steelyard.schedulers.rotation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Turns that servers took before they were due. A thread that finds a rotation claimed by another gives its flow to any server and notes it
 * here; when that server's turn comes it is passed over, so that shares stay right. Safe for all threads: counts change by atomic
 * additions and compare-and-set, and publish nothing else.
 */
final class TurnsAhead {
    private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle TOTAL;

    static {
        try {
            TOTAL = MethodHandles.lookup().findVarHandle(TurnsAhead.class, "total", int.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final int[] counts;

    @SuppressWarnings("unused") // through its VarHandle
    private int total;

    TurnsAhead(int servers) {
        counts = new int[servers];
    }

    boolean isEmpty() {
        return (int) TOTAL.getOpaque(this) == 0;
    }

    void take(int index) {
        COUNTS.getAndAdd(counts, index, 1);
        TOTAL.getAndAdd(this, 1);
    }

    /** Whether this turn of the server is one it already had; it is then settled. */
    boolean settle(int index) {
        int count = (int) COUNTS.getOpaque(counts, index);
        if (count > 0 && COUNTS.compareAndSet(counts, index, count, count - 1)) {
            TOTAL.getAndAdd(this, -1);
            return true;
        }
        return false;
    }
}
