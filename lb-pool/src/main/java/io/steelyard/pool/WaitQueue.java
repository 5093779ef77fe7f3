package io.steelyard.pool;

import io.steelyard.api.schedule.Balancer.Waiter;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Flows that wait for room, first come, first served. Safe for all threads, without a lock.
 *
 * <p>A place is WAITING until exactly one thread moves it by compare-and-set, to WOKEN or CANCELLED; only that thread runs the waiter or
 * tells its owner that it left. {@link #size} counts WAITING places; it grows before a place is linked, so a thread that frees room and
 * sees 0 may be sure that whoever enters later looks for room itself.
 */
final class WaitQueue {
    /** A waiting flow, with what is needed to know whether a server's room is any use to it. */
    static final class Place {
        private static final int WAITING = 0;
        private static final int LEFT = 1;

        final Waiter waiter;
        /** The snapshot its next pick uses; null for the newest. */
        final @Nullable PoolSnapshot snapshot;

        /** The positions it has tried, one bit each. */
        final long[] tried;

        final int firstTier;
        private final AtomicInteger state = new AtomicInteger(WAITING);

        Place(Waiter waiter, @Nullable PoolSnapshot snapshot, long[] tried, int firstTier) {
            this.waiter = waiter;
            this.snapshot = snapshot;
            this.tried = tried;
            this.firstTier = firstTier;
        }

        private boolean claim() {
            return state.compareAndSet(WAITING, LEFT);
        }
    }

    private final ConcurrentLinkedQueue<Place> places = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();

    int size() {
        return size.get();
    }

    /**
     * Adds a place at the end. Room freed before is not noticed by anybody else: the caller must look for it after this.
     *
     * @return false where {@code capacity} places are taken
     */
    boolean enter(Place place, int capacity) {
        int now = size.get();
        while (now < capacity) {
            int seen = size.compareAndExchange(now, now + 1);
            if (seen == now) {
                places.add(place);
                // Pairs with the atomic decrement of a server's flows: either that thread sees our size or we see its
                // room.
                VarHandle.fullFence();
                return true;
            }
            now = seen;
        }
        return false;
    }

    /** Takes the first place that {@code canUse} accepts out and runs its waiter. @return whether there was one */
    boolean wakeFirst(Predicate<Place> canUse) {
        if (size.get() == 0) {
            return false;
        }
        for (var place : places) {
            if (canUse.test(place) && place.claim()) {
                size.decrementAndGet();
                places.remove(place);
                place.waiter.onRoom();
                return true;
            }
        }
        return false;
    }

    /** Takes the waiter out. @return whether it was still waiting */
    boolean cancel(Waiter waiter) {
        for (var place : places) {
            if (place.waiter == waiter && place.claim()) {
                size.decrementAndGet();
                places.remove(place);
                return true;
            }
        }
        return false;
    }
}
