package io.steelyard.schedulers.rotation;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The right to change a rotation's state, held by at most one thread. Trying takes a bounded time: whoever does not get it chooses a server
 * another way. Taken with compare-and-set, which acquires what the last holder wrote before {@link #release}.
 */
public final class Claim {
    private static final int SPINS = 200;
    private static final VarHandle HELD;

    static {
        try {
            HELD = MethodHandles.lookup().findVarHandle(Claim.class, "held", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    @SuppressWarnings("unused") // through its VarHandle
    private boolean held;

    /** Tries for about a microsecond. */
    public boolean tryTake() {
        for (int spin = 0; spin < SPINS; spin++) {
            if (!(boolean) HELD.getOpaque(this) && HELD.compareAndSet(this, false, true)) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** Tries for up to about a second: for the control thread only, which may wait. */
    @SuppressWarnings("ThreadPriorityCheck") // only how soon it gets the claim hangs on the scheduler, not whether
    public boolean tryTakePatiently() {
        for (int round = 0; round < 10_000; round++) {
            if (tryTake()) {
                return true;
            }
            Thread.yield();
        }
        return false;
    }

    public void release() {
        HELD.setRelease(this, false);
    }
}
