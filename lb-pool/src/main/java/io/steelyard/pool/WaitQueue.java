package io.steelyard.pool;

import io.steelyard.api.schedule.Balancer.Waiter;
import io.steelyard.api.schedule.ServerLoad;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Flows that wait for room: those of the lowest class first, and within a class the one that is due first. Safe for all threads, without a lock.
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

        /** The server it waits for, until that goes down; null for any. */
        final @Nullable Member waitsFor;

        private final int priorityClass;
        private final long dueNs;
        private final long number = NUMBERS.getAndIncrement();
        private final AtomicInteger state = new AtomicInteger(WAITING);

        /** How many were let out of the queue that it counts for. Set before it is linked. */
        private @Nullable AtomicLong letOut;

        private long letOutBefore;

        /** Written by the one thread that claims it; read by its owner, which that thread calls afterwards, or which is that thread. */
        private int position;

        Place(
                Waiter waiter,
                @Nullable PoolSnapshot snapshot,
                long[] tried,
                int firstTier,
                @Nullable Member waitsFor,
                int priorityClass,
                long dueNs) {
            this.waiter = waiter;
            this.snapshot = snapshot;
            this.tried = tried;
            this.firstTier = firstTier;
            this.waitsFor = waitsFor;
            this.priorityClass = priorityClass;
            this.dueNs = dueNs;
        }

        private boolean claim() {
            boolean isOurs = state.compareAndSet(WAITING, LEFT);
            if (isOurs && waitsFor != null) {
                waitsFor.load.addQueued(-1);
            }
            return isOurs;
        }

        /** Which one it was of those that were let out since it came, from 1; 0 while it waits. */
        int position() {
            return position;
        }

        private void enters(AtomicLong counted) {
            letOut = counted;
            letOutBefore = counted.get();
        }

        /** @param isLetOut else it gave up, and only those before it count */
        private void leaves(boolean isLetOut) {
            var counted = letOut;
            if (counted != null) {
                long now = isLetOut ? counted.incrementAndGet() : counted.get() + 1;
                position = (int) Math.min(now - letOutBefore, Integer.MAX_VALUE);
            }
        }

        /** Times are compared by their difference, for the clock may wrap; places that are due together keep the order they came in. */
        private static int compare(Place one, Place other) {
            int byClass = Integer.compare(one.priorityClass, other.priorityClass);
            int byTime = byClass != 0 ? byClass : Long.signum(one.dueNs - other.dueNs);
            return byTime != 0 ? byTime : Long.compare(one.number, other.number);
        }
    }

    /** Numbers places, so that no two are equal; taken by whichever thread makes one. */
    private static final AtomicLong NUMBERS = new AtomicLong();

    private final ConcurrentSkipListSet<Place> places = new ConcurrentSkipListSet<>(Place::compare);
    private final AtomicInteger size = new AtomicInteger();

    /** Raised by any thread, for statistics. */
    private final AtomicInteger mostWaiting = new AtomicInteger();

    /** How many flows that waited for any server were let out. Counted by the threads that let them out. */
    private final AtomicLong letOut = new AtomicLong();

    /** The same for those that waited for one server, by its load, which it has as long as it is known. */
    private final Map<ServerLoad, AtomicLong> letOutByServer = new ConcurrentHashMap<>();

    /** The most places ever taken at once. */
    int mostWaiting() {
        return mostWaiting.getOpaque();
    }

    int size() {
        return size.get();
    }

    /**
     * Adds a place. Room freed before is not noticed by anybody else: the caller must look for it after this.
     *
     * @return false where {@code capacity} places are taken
     */
    boolean enter(Place place, int capacity) {
        int now = size.get();
        while (now < capacity) {
            int seen = size.compareAndExchange(now, now + 1);
            if (seen == now) {
                mostWaiting.accumulateAndGet(now + 1, Math::max);
                if (place.waitsFor != null) {
                    place.waitsFor.load.addQueued(1);
                    place.enters(letOutByServer.computeIfAbsent(place.waitsFor.load, first -> new AtomicLong()));
                } else {
                    place.enters(letOut);
                }
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
                place.leaves(true);
                place.waiter.onRoom();
                return true;
            }
        }
        return false;
    }

    /** A server is gone: nobody will wait for it. */
    void forget(ServerLoad load) {
        letOutByServer.remove(load);
    }

    /** Takes the waiter out. @return whether it was still waiting */
    boolean cancel(Waiter waiter) {
        for (var place : places) {
            if (place.waiter == waiter && place.claim()) {
                size.decrementAndGet();
                places.remove(place);
                place.leaves(false);
                return true;
            }
        }
        return false;
    }
}
