package io.steelyard.schedulers.rotation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A counter of picks, alone on its cache lines: every loop writes it at every pick. Safe for all threads.
 *
 * <p>Written by pickers with atomic additions, and with compare-and-set or exchange where a rotation changes its mode; an addition is
 * also an acquire read, so that whoever draws a position sees the order that was published with it.
 */
public final class Position {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Value.class, "value", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final Value cell = new PaddedValue();

    public Position(long value) {
        VALUE.setRelease(cell, value);
    }

    /** The value, perhaps a moment old. */
    public long valueOpaque() {
        return (long) VALUE.getOpaque(cell);
    }

    public long getAndAdd(long delta) {
        return (long) VALUE.getAndAdd(cell, delta);
    }

    public long getAndSet(long value) {
        return (long) VALUE.getAndSet(cell, value);
    }

    public boolean compareAndSet(long expected, long value) {
        return VALUE.compareAndSet(cell, expected, value);
    }

    /** Publishes the value and everything written before it. */
    public void setRelease(long value) {
        VALUE.setRelease(cell, value);
    }

    @SuppressWarnings("unused") // padding; the value through its VarHandle
    private static class Value {
        long before0, before1, before2, before3, before4, before5, before6, before7;
        long value;
    }

    @SuppressWarnings("unused") // padding
    private static final class PaddedValue extends Value {
        long after0, after1, after2, after3, after4, after5, after6, after7;
    }
}
